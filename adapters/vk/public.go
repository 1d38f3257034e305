package vk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/SevereCloud/vksdk/v2/api"

	"spravka/engine"
	"spravka/engine/channel"
	"spravka/engine/host"
)

const maxPublic = 2000 // characters of an answer that everybody can read

// readComment reads a comment below a post.
func (a *Adapter) readComment(id string, object []byte) (action, error) {
	var o struct {
		ID      int64  `json:"id"`
		From    int64  `json:"from_id"`
		Post    int64  `json:"post_id"`
		Owner   int64  `json:"post_owner_id"`
		Text    string `json:"text"`
		Deleted any    `json:"deleted"`
	}
	if err := decode(object, &o); err != nil {
		return action{}, err
	}
	switch {
	case o.From <= 0:
		return action{}, errNothing // communities, and above all ourselves
	case o.ID <= 0 || o.Post <= 0:
		return action{}, errors.New("its id or post_id is missing or wrong")
	case o.Owner != 0 && o.Owner != -a.config.Group:
		return action{}, errNothing // under a post of somebody else
	}
	text := cleanText(o.Text)
	if !a.config.Comments || text == "" || o.Deleted == true {
		return action{}, errNothing
	}
	// Each comment is a conversation of its own: nothing of another one, nor of private messages, can get into its answer.
	in := host.Inbound{Peer: host.Peer{Channel: WallChannel, ID: itoa(o.Post) + "_" + itoa(o.ID)}, Update: "wall:" + itoa(o.Post) + "_" + itoa(o.ID),
		Event: engine.Commented{Text: text}}
	return action{line: -o.ID, do: func(ctx context.Context) error {
		return a.hand(ctx, in)
	}}, nil
}

// WallChannel is the name of the channel by which comments below posts are answered.
const WallChannel = "vk-wall"

// Wall answers comments below the community's posts, where everybody reads.
type Wall struct{ a *Adapter }

// Wall returns the channel of comments.
func (a *Adapter) Wall() Wall { return Wall{a} }

// Name implements [host.Channel].
func (Wall) Name() string { return WallChannel }

// Idempotent implements [host.Channel]: VK knows a comment by its guid and makes it once.
func (Wall) Idempotent() bool { return true }

// Send implements [host.Channel]. Only words go out: buttons and files have no place below a post.
func (w Wall) Send(ctx context.Context, m host.Outgoing) error {
	post, comment, ok := strings.Cut(m.Peer.ID, "_")
	if !ok {
		return fmt.Errorf("%q is no comment of VK: %w", m.Peer.ID, host.ErrPermanent)
	}
	var msg engine.Message
	if err := json.Unmarshal(m.Body, &msg); err != nil {
		return fmt.Errorf("the message can't be read: %w", host.ErrPermanent)
	}
	text := strings.TrimSpace(cutRunes(cleanText(channel.Parse(msg.Text).Plain()), maxPublic))
	if text == "" {
		return fmt.Errorf("a comment needs words: %w", host.ErrPermanent)
	}
	return w.a.call(ctx, "wall.createComment", api.Params{"owner_id": -w.a.config.Group, "post_id": post, "from_group": w.a.config.Group, "reply_to_comment": comment,
		"message": text, "guid": fmt.Sprintf("spravka-%s-%s-%d", post, comment, m.Seq)}, nil)
}

// public asks for a public answer and bounds it.
func (a *Adapter) public(text string) string {
	return strings.TrimSpace(cutRunes(cleanText(a.config.PublicAnswer(text)), maxPublic))
}

// mention is a mention of a community as VK writes it: [club1|@name], [public1|name], @club1.
var mention = regexp.MustCompile(`\[(?:club|public|event)(\d{1,18})\|[^\]\n]{0,200}\],?|[@*](?:club|public|event)(\d{1,18})\b(?: ?\([^()\n]{0,200}\))?,?`)

// mentioned takes the mentions of us out of a text and reports whether there were any.
func (a *Adapter) mentioned(text string) (rest string, ok bool) {
	us := itoa(a.config.Group)
	rest = mention.ReplaceAllStringFunc(text, func(found string) string {
		m := mention.FindStringSubmatch(found)
		if m[1]+m[2] != us {
			return found
		}
		ok = true
		return ""
	})
	return strings.TrimSpace(rest), ok
}

// readChat reads a message in a chat of many. There everybody reads along, so no dialogue is held: who mentions us or
// replies to us gets one public answer and an invitation to private messages.
func (a *Adapter) readChat(s said, reply json.RawMessage) (action, error) {
	var to struct {
		From int64 `json:"from_id"`
	}
	text, ok := a.mentioned(s.text)
	if json.Unmarshal(reply, &to) == nil && to.From == -a.config.Group {
		ok = true
	}
	if !ok {
		return action{}, errNothing
	}
	return action{line: s.peer, do: func(ctx context.Context) error {
		answer := ""
		if a.config.PublicAnswer != nil && text != "" {
			answer = a.public(text)
		}
		if answer == "" {
			answer = words(s.locale).invite + "https://vk.me/club" + itoa(a.config.Group)
		}
		return a.tell(ctx, s.peer, "chat:"+s.id, answer)
	}}, nil
}

// tell says something beside the conversation, once per key: VK drops what it has seen.
func (a *Adapter) tell(ctx context.Context, peer int64, key, text string) error {
	return a.whenever(ctx, "messages.send", api.Params{"peer_id": peer, "message": text, "disable_mentions": 1, "random_id": hashID(key)})
}

// whenever makes an idempotent call that an update demands. It gives up on what VK refuses for good, and after a while
// on what VK does not take: a notice must not hold up what the citizen writes.
func (a *Adapter) whenever(ctx context.Context, method string, p api.Params) error {
	var err error
	for try := range 4 {
		if try > 0 && pause(ctx, delay(err)) != nil {
			break
		}
		if err = a.call(ctx, method, p, nil); err == nil {
			return nil
		}
		if errors.Is(err, host.ErrPermanent) || errors.Is(err, host.ErrCitizenLeft) || errors.Is(err, errPaused) {
			break
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	a.config.Log.Warn("VK: a notice was not sent", "method", method, "error", err)
	return nil
}

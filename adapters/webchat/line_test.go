package webchat_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"spravka/adapters/channeltest"
	"spravka/adapters/webchat"
	"spravka/engine"
	"spravka/engine/channel"
	"spravka/engine/host"
	"spravka/engine/scenario"
)

// overWeb is the web chat for the suite of all channels: its API over HTTP.
func overWeb() channeltest.Channel {
	return channeltest.Channel{
		Name: "web",
		Open: func(*channeltest.World) (host.Channel, error) { return nil, nil },
		Begin: func(w *channeltest.World, _ host.Channel, locale string) (channeltest.Line, error) {
			chat, err := webchat.New(w.Host, w.Store, webchat.Config{VisitorRate: 1e6, VisitorBurst: 1e6, IPRate: 1e6, IPBurst: 1e6, Now: w.Clock.Now, Log: w.Log,
				Greeting: func(locale string) engine.Message { return engine.Greeting(w.Content, locale) }})
			if err != nil {
				return nil, err
			}
			l := &browser{chat: chat, server: httptest.NewServer(chat.Handler()), locale: locale}
			var session struct{ Token string }
			if err := l.ask(context.Background(), "POST", "session", nil, &session); err != nil {
				return nil, err
			}
			l.token = session.Token
			return l, nil
		},
	}
}

// browser is a citizen's browser.
type browser struct {
	chat   *webchat.Chat
	server *httptest.Server
	locale string
	token  string
	after  int64
	last   []byte // message as it was sent
}

func (l *browser) Peer() host.Peer {
	secret, _ := base64.RawURLEncoding.DecodeString(l.token)
	sum := sha256.Sum256(append([]byte("spravka web visitor\x00"), secret...))
	return host.Peer{Channel: "web", ID: base64.RawURLEncoding.EncodeToString(sum[:])}
}

func (l *browser) Close() {
	l.chat.Close()
	l.server.Close()
}

func (l *browser) ask(ctx context.Context, method, path string, body []byte, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, l.server.URL+api+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if l.token != "" {
		req.Header.Set("Authorization", "Bearer "+l.token)
	}
	req.Header.Set("Accept-Language", l.locale)
	resp, err := l.server.Client().Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode == http.StatusUnprocessableEntity {
		var told struct{ Error struct{ Message string } }
		if err := json.Unmarshal(data, &told); err != nil {
			return err
		}
		return channeltest.Refusal(told.Error.Message)
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %w: %s", method, path, refusedStatus(resp.StatusCode), data)
	}
	return json.Unmarshal(data, out)
}

func (l *browser) post(ctx context.Context, frame map[string]any) error {
	frame["id"], frame["locale"] = uuid.NewString(), l.locale
	var err error
	if l.last, err = json.Marshal(frame); err != nil {
		return err
	}
	return l.Again(ctx)
}

// Again sends the newest message once more under its id, as a browser does that has no answer.
func (l *browser) Again(ctx context.Context) error {
	var ack struct{ Type string }
	if err := l.ask(ctx, "POST", "messages", l.last, &ack); err != nil {
		return err
	}
	if ack.Type != "ack" {
		return fmt.Errorf("the answer is a frame %q", ack.Type)
	}
	return nil
}

func (l *browser) Burst(ctx context.Context, texts []string) error {
	for _, text := range texts { // a browser sends one after another
		if err := l.Write(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

func (l *browser) Garbage(ctx context.Context, words string) error {
	err := l.ask(ctx, "POST", "messages", []byte(`{"type":"message","text":"`+words), &struct{}{})
	if status, ok := errors.AsType[refusedStatus](err); ok {
		return channeltest.Refusal(strconv.Itoa(int(status)))
	}
	return err
}

// refusedStatus is an HTTP status of 300 or more.
type refusedStatus int

func (s refusedStatus) Error() string { return fmt.Sprint("the chat answers ", int(s)) }

func (l *browser) Write(ctx context.Context, text string) error {
	return l.post(ctx, map[string]any{"type": "message", "text": text})
}

func (l *browser) Press(ctx context.Context, payload string) error {
	return l.post(ctx, map[string]any{"type": "press", "payload": payload})
}

func (l *browser) Send(ctx context.Context, f channeltest.File) error {
	var up struct{ File struct{ ID string } }
	if err := l.ask(ctx, "POST", "files?name="+url.QueryEscape(f.Name), f.Content, &up); err != nil {
		return err
	}
	return l.post(ctx, map[string]any{"type": "message", "files": []string{up.File.ID}})
}

func (l *browser) Seen(ctx context.Context) ([]channeltest.Shown, error) {
	var out []channeltest.Shown
	for more := true; more; {
		var page struct {
			Entries []struct {
				Seq     int64
				Author  engine.Author
				Text    string
				Buttons []engine.Button
				Files   []struct{ Name string }
			}
			More bool
			Seq  int64
		}
		if err := l.ask(ctx, "GET", fmt.Sprint("messages?after=", l.after), nil, &page); err != nil {
			return nil, err
		}
		for _, e := range page.Entries {
			if e.Seq != l.after+1 {
				return nil, fmt.Errorf("entry %d follows %d", e.Seq, l.after)
			}
			l.after = e.Seq
			if e.Author == engine.Citizen {
				continue
			}
			text := channel.Parse(e.Text)
			m := channeltest.Shown{Text: text.Visible(), Buttons: e.Buttons}
			for _, block := range text {
				for _, line := range block.Lines {
					for _, span := range line {
						if strings.HasPrefix(span.Link, "https://") {
							m.Links = append(m.Links, span.Link)
						}
					}
				}
			}
			for _, f := range e.Files {
				m.Files = append(m.Files, f.Name)
			}
			out = append(out, m)
		}
		more = page.More
	}
	return out, nil
}

func TestContract(t *testing.T) {
	channeltest.Contract(t, overWeb(), channel.Abilities{Name: "web"})
}

func TestScenarios(t *testing.T) {
	channeltest.Scenarios(t, overWeb(), "../..", map[string]channeltest.Exception{
		"repairs: a message that is too long is not half read": {
			Reason: "the chat itself refuses more than 4,000 characters with 422 too_long, in words of its own",
			Change: func(s *scenario.Scenario) {
				s.Turns[0].Bot.Says = []string{"Сообщение длиннее 4000 знаков"}
			},
		},
		"repairs: an unknown payload: 🙂": {
			Reason: "the chat itself refuses a payload that is no printable ASCII with 422 bad_payload (TestBadMessages): played with one that could be a button's",
			Change: func(s *scenario.Scenario) { s.Turns[0].Payload = "zzzz" },
		},
	})
}

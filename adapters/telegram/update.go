package telegram

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/go-telegram/bot/models"
)

// kinds are the updates that Telegram is asked for.
var kinds = []string{"message", "edited_message", "callback_query", "my_chat_member"}

// maxUpdateID bounds an update's identifier: Telegram's are 32 bits today, and JSON keeps 53 exactly.
const maxUpdateID = 1 << 53

// update is what the channel reads of an update. The library's own type is not used for the whole: it knows every
// field, and an unknown value in one that nobody needs here makes it fail.
type update struct {
	ID       int64
	Message  *message `json:"message"`
	Edited   *message `json:"edited_message"`
	Press    *press   `json:"callback_query"`
	Standing *member  `json:"my_chat_member"`
}

type message struct {
	ID              int                    `json:"message_id"`
	Chat            models.Chat            `json:"chat"`
	From            *models.User           `json:"from"`
	Text            string                 `json:"text"`
	Entities        []models.MessageEntity `json:"entities"`
	Caption         string                 `json:"caption"`
	CaptionEntities []models.MessageEntity `json:"caption_entities"`
	Photo           []models.PhotoSize     `json:"photo"`
	Document        *models.Document       `json:"document"`
	Contact         *models.Contact        `json:"contact"`
	MigratedTo      int64                  `json:"migrate_to_chat_id"`
	ReplyTo         *struct {
		From *models.User `json:"from"`
	} `json:"reply_to_message"`

	// What can't be taken in, and is only known to be there.
	Sticker, Voice, Video, Audio, Animation, Location, Venue, Poll, Dice, Story, Checklist json.RawMessage
	VideoNote                                                                              json.RawMessage `json:"video_note"`
}

type press struct {
	ID      string       `json:"id"`
	From    *models.User `json:"from"`
	Data    string       `json:"data"`
	Message *struct {
		ID   int         `json:"message_id"`
		Chat models.Chat `json:"chat"`
	} `json:"message"`
}

type member struct {
	Chat models.Chat  `json:"chat"`
	From *models.User `json:"from"`
	New  struct {
		Status string `json:"status"`
	} `json:"new_chat_member"`
}

// identify reads an update's identifier, the one thing without which it can't be confirmed.
func identify(raw []byte) (int64, error) {
	var head struct {
		ID *int64 `json:"update_id"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return 0, fmt.Errorf("its identifier is unreadable: %w", plain(err))
	}
	if head.ID == nil || *head.ID <= 0 || *head.ID >= maxUpdateID {
		return 0, fmt.Errorf("it has no identifier, or an impossible one")
	}
	return *head.ID, nil
}

// decode reads an update. Its error quotes nothing of the content; an update that breaks a decoder is one that can't be
// read, or it would end the program again after every restart.
func decode(id int64, raw []byte) (u update, err error) {
	defer func() {
		if p := recover(); p != nil {
			u, err = update{}, fmt.Errorf("reading it panics: %T", p)
		}
	}()
	if err := json.Unmarshal(raw, &u); err != nil {
		return update{}, plain(err)
	}
	u.ID = id
	return u, nil
}

// plain names what is wrong with JSON without repeating any of it.
func plain(err error) error {
	switch e := err.(type) {
	case *json.UnmarshalTypeError:
		return fmt.Errorf("%s is a %s where another type belongs", e.Field, strings.SplitN(e.Value, " ", 2)[0])
	case *json.SyntaxError:
		return fmt.Errorf("broken JSON at byte %d", e.Offset)
	}
	return fmt.Errorf("%T", err)
}

// skeleton shows what an update is made of, without anything that a citizen wrote or is called: names of fields, types
// and sizes, at most 2,000 bytes.
func skeleton(raw []byte) string {
	var out strings.Builder
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	key := false
	var objects []bool // of the values that are open: whether each is an object
	for out.Len() < 1900 {
		t, err := d.Token()
		if err == io.EOF {
			return out.String()
		}
		if err != nil {
			return out.String() + " broken"
		}
		inObject := len(objects) > 0 && objects[len(objects)-1]
		switch t := t.(type) {
		case json.Delim:
			switch t {
			case '{', '[':
				objects = append(objects, t == '{')
				key = t == '{'
			default:
				objects = objects[:len(objects)-1]
				key = len(objects) > 0 && objects[len(objects)-1]
			}
			out.WriteString(t.String())
			continue
		case string:
			if key {
				out.WriteString(fieldName(t) + ":")
				key = false
				continue
			}
			out.WriteString("text" + strconv.Itoa(len(t)))
		case json.Number:
			out.WriteString("number")
		case bool:
			out.WriteString("bool")
		case nil:
			out.WriteString("null")
		}
		out.WriteByte(' ')
		key = inObject
	}
	return out.String() + "…"
}

func fieldName(s string) string {
	if len(s) <= 40 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_") == "" {
		return s
	}
	return "?"
}

// strange reports whether a message holds what can't be taken in.
func (m *message) strange() bool {
	return slices.ContainsFunc([]json.RawMessage{m.Sticker, m.Voice, m.Video, m.Audio, m.Animation, m.Location, m.Venue, m.Poll, m.Dice, m.Story, m.Checklist, m.VideoNote},
		func(raw json.RawMessage) bool { return len(raw) > 0 && !bytes.Equal(raw, []byte("null")) })
}

// words returns what is written in the message, and what is marked in it.
func (m *message) words() (string, []models.MessageEntity) {
	if m.Text != "" {
		return m.Text, m.Entities
	}
	return m.Caption, m.CaptionEntities
}

// part cuts what an entity marks out of a text: Telegram counts in UTF-16. Rest is the text without it; ok is false if
// the entity does not lie within the text.
func part(text string, e models.MessageEntity) (marked, rest string, ok bool) {
	units := utf16.Encode([]rune(text))
	if e.Offset < 0 || e.Length <= 0 || e.Offset > len(units) || e.Length > len(units)-e.Offset {
		return "", text, false
	}
	marked = string(utf16.Decode(units[e.Offset : e.Offset+e.Length]))
	rest = string(utf16.Decode(slices.Concat(units[:e.Offset], units[e.Offset+e.Length:])))
	return marked, rest, true
}

package webchat

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"spravka/engine"
)

// The limits of what a client may send.
const (
	maxFrame   = 64 << 10 // bytes of a frame or a JSON body
	maxText    = 4000     // characters
	maxFiles   = 5        // per message
	maxPayload = 64       // bytes
	maxFileID  = 64       // bytes
)

// inFrame is what a client sends, over a socket or as the body of a POST.
type inFrame struct {
	Type    string   `json:"type"`
	Token   string   `json:"token"`
	After   int64    `json:"after"`
	Locale  string   `json:"locale"`
	ID      string   `json:"id"`
	Text    string   `json:"text"`
	Files   []string `json:"files"`
	Payload string   `json:"payload"`
}

// outFrame is what a client receives, over a socket or an event stream.
type outFrame struct {
	Type      string `json:"type"`
	Entry     *entry `json:"entry,omitempty"`
	State     *state `json:"state,omitempty"`
	ID        string `json:"id,omitempty"`  // of the client's frame that this answers
	Seq       int64  `json:"seq,omitempty"` // the newest entry
	Duplicate bool   `json:"duplicate,omitempty"`
	Error     *told  `json:"error,omitempty"`
}

// parseFrame reads a frame and checks all that can be checked without looking anything up. The frame's ID is set even
// if something else is wrong with it, so that the client learns which one was refused.
func parseFrame(data []byte) (inFrame, error) {
	var f inFrame
	if len(data) > maxFrame {
		return f, faulty("too_large")
	}
	if !utf8.Valid(data) {
		return f, faulty("invalid_utf8")
	}
	if err := json.Unmarshal(data, &f); err != nil {
		return inFrame{}, faulty("bad_json")
	}
	id, err := parseID(f.ID)
	f.ID = id
	switch f.Type {
	case "ping", "typing":
		return f, nil
	case "hello":
		if _, ok := knownVisitor(f.Token); !ok {
			return f, faulty("bad_token")
		}
		return f, nil
	case "message":
		if err != nil {
			return f, err
		}
		f.Text, err = cleanText(f.Text, len(f.Files) > 0)
		if err != nil {
			return f, err
		}
		return f, checkFiles(f.Files)
	case "press":
		if err != nil {
			return f, err
		}
		return f, checkPayload(f.Payload)
	}
	return f, faulty("unknown_type")
}

// parseID accepts UUIDs in their usual form and no other, so that one id has one spelling.
func parseID(id string) (string, error) {
	if len(id) != 36 || uuid.Validate(id) != nil {
		return "", faulty("bad_id")
	}
	return strings.ToLower(id), nil
}

// cleanText brings line ends into one form, drops control characters and checks the length.
func cleanText(text string, files bool) (string, error) {
	if !utf8.ValidString(text) {
		return "", faulty("invalid_utf8")
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return '\n'
		case r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0:
			return -1
		}
		return r
	}, text)
	text = strings.TrimSpace(text)
	if text == "" && !files {
		return "", faulty("empty")
	}
	if utf8.RuneCountInString(text) > maxText {
		return "", faulty("too_long")
	}
	return text, nil
}

func checkFiles(ids []string) error {
	if len(ids) > maxFiles {
		return faulty("too_many_files")
	}
	for i, id := range ids {
		if !fileID(id) {
			return faulty("no_file")
		}
		for _, other := range ids[:i] {
			if id == other {
				return faulty("bad_request")
			}
		}
	}
	return nil
}

// fileID reports whether the text can be the identifier of a file at all.
func fileID(id string) bool {
	if id == "" || len(id) > maxFileID {
		return false
	}
	return strings.IndexFunc(id, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	}) < 0
}

func checkPayload(payload string) error {
	if payload == "" || len(payload) > maxPayload {
		return faulty("bad_payload")
	}
	for i := range len(payload) {
		if payload[i] < ' ' || payload[i] > '~' {
			return faulty("bad_payload")
		}
	}
	return nil
}

// event is what the frame means to the engine.
func (f inFrame) event(files []engine.File) engine.Event {
	if f.Type == "press" {
		return engine.Pressed{Payload: f.Payload}
	}
	return engine.Said{Text: f.Text, Files: files}
}

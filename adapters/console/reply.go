package console

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"

	"spravka/engine"
)

// Bounds of a reply.
const (
	textMost      = 4000 // characters
	passedMost    = 1000 // characters of the note for whoever gets a ticket
	filesMost     = 5
	fileBytes     = 10 << 20
	filesBytes    = 30 << 20 // of all files together
	requestBytes  = 64 << 20 // of a request: more than may be kept, so that a refusal can still be a page
	uploadsAtOnce = 4        // requests with files in memory at once
)

// fileTypes are the types that may be attached, by what the file begins with and not by what its name says.
var fileTypes = map[string]string{"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf"}

// replyForm is the form of a ticket.
type replyForm struct {
	Key        string
	Action     engine.Action
	Text       string
	Over       int64  // from whom a ticket is to be taken, as confirmed
	Fence      int64  // of the ticket, as the page has seen it
	To         string // to whom it is passed on: "queue:" and a queue, or "operator:" and an identifier
	Note       string // for whoever gets it
	Resolution string
	Into       string // the number under which it goes on
	Flow       string // into which the citizen is sent
	Slots      map[string]string
	Canned     int64 // the reply to insert
	Files      []attachment

	release func()
}

// says is everything that makes one form differ from another.
func (f *replyForm) says() []string {
	all := append(f.digests(), string(f.Action), f.Text, f.To, f.Note, f.Resolution, f.Into, f.Flow)
	for _, name := range slices.Sorted(maps.Keys(f.Slots)) {
		all = append(all, name, f.Slots[name])
	}
	return all
}

type attachment struct {
	name, mime string
	content    []byte
	digest     string
}

func (f *replyForm) digests() []string {
	var all []string
	for _, a := range f.Files {
		all = append(all, a.digest)
	}
	return all
}

var actions = []engine.Action{
	engine.Take, engine.Release, engine.Transfer, engine.Reply, engine.Ask, engine.RequestFile, engine.Return, engine.Resolve,
	engine.Merge, engine.Reopen, insertCanned,
}

// insertCanned puts a canned reply into the box; nothing is sent.
const insertCanned engine.Action = "canned"

// slotMost bounds an answer that an operator fills in, in bytes.
const slotMost = 2000

// readReply reads the form, with files or without. Where it returns a form and a fault, the form holds what was
// written, to be shown again.
func (c *Console) readReply(w http.ResponseWriter, r *http.Request) (*replyForm, error) {
	form := &replyForm{release: func() {}}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	fields := map[string]string{}
	var wrong error
	if kind == "multipart/form-data" {
		select {
		case c.uploads <- struct{}{}:
			form.release = func() { <-c.uploads }
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
		r.Body = http.MaxBytesReader(w, r.Body, requestBytes)
		var err error
		if wrong, err = form.readParts(r, fields); err != nil {
			form.release()
			return nil, readProblem(err)
		}
	} else {
		values, err := readFormOf(w, r, wordyBytes)
		if err != nil {
			return nil, err
		}
		for name := range values {
			fields[name] = values.Get(name)
		}
	}
	form.Key, form.Action = fields["key"], engine.Action(fields["action"])
	form.Text = plain(fields["text"])
	form.Over, _ = strconv.ParseInt(fields["over"], 10, 64) // what is no number names nobody
	form.Fence, _ = strconv.ParseInt(fields["fence"], 10, 64)
	form.Canned, _ = strconv.ParseInt(fields["canned"], 10, 64)
	if form.Canned != 0 && fields["action"] == "" {
		form.Action = insertCanned
	}
	form.To, form.Resolution, form.Into, form.Flow = fields["to"], fields["resolution"], fields["into"], fields["flow"]
	form.Note = plain(fields["note"])
	for name, value := range fields {
		if slot, ok := strings.CutPrefix(name, "slot."); ok && len(value) <= slotMost && plain(value) != "" {
			if form.Slots == nil {
				form.Slots = map[string]string{}
			}
			form.Slots[slot] = plain(value)
		}
	}
	if !keyPattern.MatchString(form.Key) || !slices.Contains(actions, form.Action) {
		form.release()
		return nil, problem(http.StatusBadRequest, "problem.form")
	}
	if n := utf8.RuneCountInString(form.Text); wrong == nil && n > textMost {
		wrong = problem(http.StatusUnprocessableEntity, "act.long", "count", n, "most", textMost)
	}
	if n := utf8.RuneCountInString(form.Note); wrong == nil && n > passedMost {
		wrong = problem(http.StatusUnprocessableEntity, "act.long_note", "count", n, "most", passedMost)
	}
	if wrong != nil {
		form.release()
	}
	return form, wrong
}

// readParts reads a multipart form. wrong is what the operator can mend; err is a form that can't be read.
func (f *replyForm) readParts(r *http.Request, fields map[string]string) (wrong, err error) {
	reader, err := r.MultipartReader()
	if err != nil {
		return nil, err
	}
	total, text := 0, 0
	for parts := 0; ; parts++ {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return wrong, nil
		}
		if err != nil {
			return nil, err
		}
		if parts > 60+filesMost {
			return nil, errors.New("too many parts")
		}
		if part.FormName() != "files" {
			value, err := io.ReadAll(io.LimitReader(part, wordyBytes+1))
			if text += len(value); err != nil || text > wordyBytes {
				return nil, errors.Join(err, errors.New("a field is too long"))
			}
			fields[part.FormName()] = string(value)
			continue
		}
		a, fault, err := readAttachment(part)
		if err != nil {
			return nil, err
		}
		if a == nil && fault == nil { // the box was left empty
			continue
		}
		if total += len(a.bytes()); fault == nil && (len(f.Files) == filesMost || total > filesBytes) {
			fault = problem(http.StatusUnprocessableEntity, "file.many", "most", filesMost, "megabytes", filesBytes>>20)
		}
		if fault != nil {
			wrong = fault
			f.Files = nil
			continue
		}
		if wrong == nil {
			f.Files = append(f.Files, *a)
		}
	}
}

func (a *attachment) bytes() []byte {
	if a == nil {
		return nil
	}
	return a.content
}

// readAttachment reads one file and looks at what it is.
func readAttachment(part *multipart.Part) (a *attachment, wrong error, err error) {
	name := part.FileName()
	content, err := io.ReadAll(io.LimitReader(part, fileBytes+1))
	if err != nil {
		return nil, nil, err
	}
	if name == "" && len(content) == 0 {
		return nil, nil, nil
	}
	shown := fileName(name, "")
	switch {
	case len(content) == 0:
		return nil, problem(http.StatusUnprocessableEntity, "file.empty", "name", shown), nil
	case len(content) > fileBytes:
		return nil, problem(http.StatusUnprocessableEntity, "file.big", "name", shown, "megabytes", fileBytes>>20), nil
	}
	kind := mimetype.Detect(content).String()
	extension, ok := fileTypes[kind]
	if !ok {
		return nil, problem(http.StatusUnprocessableEntity, "file.kind", "name", shown), nil
	}
	sum := sha256.Sum256(content)
	return &attachment{fileName(name, extension), kind, content, hex.EncodeToString(sum[:])}, nil, nil
}

// fileName keeps of a name what is harmless, and gives it the extension of what the file is.
func fileName(name, extension string) string {
	name = path.Base(strings.ReplaceAll(plain(name), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || strings.ContainsRune(`"<>:|?*/`, r) {
			return '_'
		}
		return r
	}, name)
	if strings.Trim(name, "._ ") == "" {
		name = "file"
	}
	if extension != "" {
		if e := strings.ToLower(path.Ext(name)); e != extension && !(e == ".jpeg" && extension == ".jpg") {
			name += extension
		}
	}
	if n := utf8.RuneCountInString(name); n > 100 {
		runes := []rune(name)
		name = string(runes[:60]) + "…" + string(runes[n-30:])
	}
	return name
}

// plain makes text out of what was sent: valid UTF-8, one kind of line end, no control characters, no outer space.
func plain(text string) string {
	text = strings.ToValidUTF8(text, "�")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text))
}

package webchat

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"time"
)

// maxForm bounds the whole form: five files of the greatest size, and the text.
const maxForm = maxFiles*maxFile + maxFrame

// form is what the page without a script sends.
type form struct {
	id, press, text string
	files           []formFile
}

type formFile struct {
	name    string
	content []byte
}

// submit answers POST /chat. It stores the message and leads back to the page, so that reloading sends nothing again.
func (c *Chat) submit(w http.ResponseWriter, r *http.Request) {
	if ok, wait := c.origins.allow(c.address(r)); !ok {
		c.refuse(w, r, faultyIn("too_many", wait))
		return
	}
	f, err := c.readForm(w, r)
	if err == nil {
		err = c.takeForm(w, r, f)
	}
	if err != nil {
		c.show(w, r, f.text, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, "/chat?lang="+c.locale(r)+"#end", http.StatusSeeOther)
}

// takeForm stores what the form says: the message, then the button if both were sent.
func (c *Chat) takeForm(w http.ResponseWriter, r *http.Request, f form) error {
	id, err := parseID(f.id)
	if err != nil {
		return err
	}
	text, err := cleanText(f.text, len(f.files) > 0 || f.press != "")
	if err != nil {
		return err
	}
	if f.press != "" {
		if err := checkPayload(f.press); err != nil {
			return err
		}
	}
	v, ok := ofCookie(r)
	if !ok {
		v = newVisitor()
		c.remember(w, r, v)
		r.AddCookie(&http.Cookie{Name: cookieName, Value: v.token}) // for the page, if something goes wrong below
	}
	in := inFrame{Type: "message", ID: id, Text: text, Locale: c.locale(r)}
	for _, file := range f.files {
		kept, err := c.keep(r.Context(), v, file.name, file.content)
		if err != nil {
			return err
		}
		in.Files = append(in.Files, kept.ID)
	}
	if text != "" || len(in.Files) > 0 {
		if _, err := c.take(r.Context(), v, in); err != nil {
			return err
		}
		in.ID += ".press" // a second update from one form
	}
	if f.press == "" {
		return nil
	}
	_, err = c.take(r.Context(), v, inFrame{Type: "press", ID: in.ID, Payload: f.press, Locale: in.Locale})
	return err
}

// readForm reads a form part by part, each within its bound. What is too large is read to its end and dropped, because a
// browser shows no answer before it has sent everything.
func (c *Chat) readForm(w http.ResponseWriter, r *http.Request) (f form, err error) {
	if r.ContentLength < 0 {
		return f, faulty("length_required")
	}
	if r.ContentLength > maxForm {
		return f, faulty("file_too_large")
	}
	release, ok := c.uploads.take(c.address(r), r.ContentLength)
	if !ok {
		return f, faultyIn("busy", 10*time.Second)
	}
	defer release()
	defer deadlines(w, patience(r.ContentLength))()
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	parts, err := r.MultipartReader()
	if err != nil {
		return f, faulty("bad_request")
	}
	for n := 0; ; n++ {
		part, err2 := parts.NextPart()
		if errors.Is(err2, io.EOF) {
			return f, err
		}
		if err2 != nil || n > 20 {
			return f, faulty("bad_request")
		}
		if e := f.add(part); err == nil {
			err = e
		}
		io.Copy(io.Discard, part) // the next NextPart tells if it fails
	}
}

// add takes one field.
func (f *form) add(part *multipart.Part) error {
	switch part.FormName() {
	case "id":
		return field(part, 64, &f.id)
	case "press":
		return field(part, maxPayload, &f.press)
	case "text":
		return field(part, maxFrame, &f.text)
	case "files":
		if part.FileName() == "" {
			return nil // nothing was chosen
		}
		if len(f.files) == maxFiles {
			return faulty("too_many_files")
		}
		content, err := io.ReadAll(io.LimitReader(part, maxFile+1))
		if err != nil {
			return faulty("bad_request")
		}
		if len(content) > maxFile {
			return faulty("file_too_large")
		}
		f.files = append(f.files, formFile{name: part.FileName(), content: content})
	}
	return nil
}

// field reads a short field. A text that is too long is kept as far as it goes, so that the page can show it again.
func field(part io.Reader, most int64, into *string) error {
	content, err := io.ReadAll(io.LimitReader(part, most+1))
	if err != nil {
		return faulty("bad_request")
	}
	if int64(len(content)) > most {
		*into = string(content[:most])
		return faulty("too_large")
	}
	*into = string(content)
	return nil
}

package vk

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spravka/engine"
	"spravka/engine/host"
)

const (
	png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"
	pdf = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"
	jpg = "\xff\xd8\xff\xe0\x00\x10JFIF\x00"
	exe = "MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff"
)

func serve(content string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(content)) }
}

func docAt(path, title string, size int) string {
	return fmt.Sprintf(`{"type":"doc","doc":{"id":1,"owner_id":5,"title":%s,"size":%d,"ext":"pdf","url":"http://files.test%s"}}`, quote(title), size, path)
}

func withFiles(text string, attachments ...string) string {
	return strings.Replace(message(5, 1, text, ""), `"attachments":[]`, `"attachments":[`+strings.Join(attachments, ",")+`]`, 1)
}

func TestReceivedFiles(t *testing.T) {
	photo := `{"type":"photo","photo":{"id":1,"owner_id":5,"sizes":[{"type":"x","url":"http://files.test/big","width":600,"height":400},{"type":"s","url":"http://files.test/small","width":75,"height":50}]}}`
	for name, c := range map[string]struct {
		object string
		files  map[string]func(http.ResponseWriter, *http.Request)
		want   []string // name, type and size of the files handed over
		said   string   // the text handed over
		told   refusal  // -1: nothing
	}{
		"photo":          {withFiles("", photo), map[string]func(http.ResponseWriter, *http.Request){"/big": serve(jpg)}, []string{"photo.jpg image/jpeg 11"}, "", -1},
		"document":       {withFiles("вот", docAt("/d", "паспорт.pdf", 0)), map[string]func(http.ResponseWriter, *http.Request){"/d": serve(pdf)}, []string{"паспорт.pdf application/pdf 29"}, "вот", -1},
		"two":            {withFiles("", photo, docAt("/d", "a", 5)), map[string]func(http.ResponseWriter, *http.Request){"/big": serve(png), "/d": serve(pdf)}, []string{"photo.png image/png 29", "a.pdf application/pdf 29"}, "", -1},
		"lying name":     {withFiles("", docAt("/d", "../../x\u202e.exe", 5)), map[string]func(http.ResponseWriter, *http.Request){"/d": serve(pdf)}, []string{"x.exe.pdf application/pdf 29"}, "", -1},
		"program":        {withFiles("смотрите", docAt("/d", "паспорт.pdf", 5)), map[string]func(http.ResponseWriter, *http.Request){"/d": serve(exe)}, nil, "смотрите", refuseKind},
		"PDF within zip": {withFiles("", docAt("/d", "a.pdf", 5)), map[string]func(http.ResponseWriter, *http.Request){"/d": serve("PK\x03\x04" + pdf)}, nil, "", refuseKind},
		"empty":          {withFiles("", docAt("/d", "a.pdf", 5)), map[string]func(http.ResponseWriter, *http.Request){"/d": serve("")}, nil, "", refuseEmpty},
		"too large, VK says so": {withFiles("", docAt("/d", "a.pdf", 11<<20)), map[string]func(http.ResponseWriter, *http.Request){"/d": func(http.ResponseWriter, *http.Request) {
			panic("fetched")
		}}, nil, "", refuseSize},
		"too large, the server says so": {withFiles("", docAt("/d", "a.pdf", 5)), map[string]func(http.ResponseWriter, *http.Request){"/d": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(11<<20))
			w.Write([]byte(pdf))
		}}, nil, "", refuseSize},
		"too large, nobody says so": {withFiles("", docAt("/d", "a.pdf", 5)), map[string]func(http.ResponseWriter, *http.Request){"/d": serve(pdf + strings.Repeat("x", 10<<20))}, nil, "", refuseSize},
		"as large as allowed":       {withFiles("", docAt("/d", "a.pdf", 5)), map[string]func(http.ResponseWriter, *http.Request){"/d": serve(pdf + strings.Repeat("x", 10<<20-len(pdf)))}, []string{"a.pdf application/pdf 10485760"}, "", -1},
		"gone":                      {withFiles("", docAt("/none", "a.pdf", 5)), nil, nil, "", refuseLost},
		"cut": {withFiles("", docAt("/d", "a.pdf", 5)), map[string]func(http.ResponseWriter, *http.Request){"/d": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.Write([]byte(pdf))
		}}, nil, "", refuseLost},
		"broken connection":   {withFiles("", docAt("/d", "a.pdf", 5)), map[string]func(http.ResponseWriter, *http.Request){"/d": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }}, nil, "", refuseLost},
		"no address":          {withFiles("", `{"type":"doc","doc":{"title":"a"}}`), nil, nil, "", refuseKind},
		"odd address":         {withFiles("", `{"type":"doc","doc":{"title":"a","url":"file:///etc/passwd"}}`), nil, nil, "", refuseKind},
		"sticker":             {withFiles("", `{"type":"sticker","sticker":{}}`), nil, nil, "", refuseKind},
		"voice":               {withFiles("", `{"type":"audio_message","audio_message":{}}`), nil, nil, "", refuseKind},
		"nothing at all":      {message(5, 1, "", ""), nil, nil, "", refuseKind},
		"forwarded":           {message(5, 1, "", `,"fwd_messages":[{"text":"x"}]`), nil, nil, "", refuseKind},
		"text with a sticker": {withFiles("привет", `{"type":"sticker","sticker":{}}`), nil, nil, "привет", -1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, nil)
				w.vk.files = c.files
				w.start()
				synctest.Wait()
				w.vk.event("message_new", c.object)
				time.Sleep(5 * time.Minute)
				w.stop()
				var got []string
				text := ""
				for _, in := range w.host.Heard() {
					said := in.Event.(engine.Said)
					text = said.Text
					for _, f := range said.Files {
						got = append(got, fmt.Sprintf("%s %s %d", f.Name, f.MIME, f.Size))
						if kept, content, _ := w.files.Kept(f.ID); kept.Peer.ID != "5" || int64(len(content)) != f.Size {
							t.Errorf("kept as %+v with %d bytes", kept, len(content))
						}
					}
				}
				if fmt.Sprint(got) != fmt.Sprint(c.want) || text != c.said {
					t.Errorf("got %v %q, want %v %q", got, text, c.want, c.said)
				}
				told := joined(w.vk.messages())
				if want := words("ru").refused[c.told]; told != want {
					t.Errorf("told %q, want %q", told, want)
				}
				if w.cursor.now() != "1" {
					t.Errorf("the cursor is at %s", w.cursor.now())
				}
			})
		})
	}
}

// A crash between fetching and storing the turn does not fetch again, and a repetition tells nothing twice.
func TestFilesOverARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		fetched := 0
		w.vk.files["/d"] = func(rw http.ResponseWriter, r *http.Request) { fetched++; serve(pdf)(rw, r) }
		w.host.Fail(func(host.Inbound) error { return errors.New("down") })
		w.start()
		synctest.Wait()
		w.vk.event("message_new", withFiles("вот", docAt("/d", "a.pdf", 5), `{"type":"sticker"}`))
		time.Sleep(time.Minute)
		w.stop()
		w.host.Fail(nil)
		for range 2 {
			w.cursor.ts = "0"
			w.build(nil)
			w.start()
			time.Sleep(time.Minute)
			w.stop()
		}
		if fetched != 1 || len(w.host.Heard()) != 1 || len(w.vk.messages()) != 1 {
			t.Errorf("fetched %d times, %d turns, %d notices", fetched, len(w.host.Heard()), len(w.vk.messages()))
		}
	})
}

func TestFilesADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) { c.FilesPerDay = 3 })
		w.vk.files["/d"] = serve(pdf)
		w.start()
		synctest.Wait()
		for range 5 {
			w.vk.event("message_new", withFiles("", docAt("/d", "a.pdf", 5)))
		}
		time.Sleep(time.Minute)
		if got := w.files.Count(); got != 3 {
			t.Errorf("%d files were kept", got)
		}
		if told := joined(w.vk.messages()); told != strings.Repeat(words("ru").refused[refuseQuota], 2) {
			t.Errorf("%q", told)
		}
		time.Sleep(24 * time.Hour)
		w.vk.event("message_new", withFiles("", docAt("/d", "a.pdf", 5)))
		time.Sleep(time.Minute)
		w.stop()
		if got := w.files.Count(); got != 4 {
			t.Errorf("%d files were kept on the next day", got)
		}
	})
}

// What an update names must not reach into our own network.
func TestLocalAddressesAreRefused(t *testing.T) {
	reached := false
	inside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { reached = true; w.Write([]byte(pdf)) }))
	defer inside.Close()
	w := newWorld(t, func(c *Config) { c.Transport = nil; c.AllowLocal = false; c.MethodURL = "" })
	for _, address := range []string{inside.URL, "https://" + strings.TrimPrefix(inside.URL, "http://"), "https://localhost:1/", "https://[::1]:1/", "https://10.0.0.1:1/", "https://169.254.169.254/", "https://100.64.0.1:1/", "https://[::ffff:127.0.0.1]:1/"} {
		if _, _, _, why, ok := w.downloadOnce(t.Context(), address); ok || why != refuseLost {
			t.Errorf("%s: %v", address, why)
		}
	}
	if reached {
		t.Error("a local server was reached")
	}
}

func sendFile(w *world, seq int64, text, id, kind, content string) error {
	f := engine.File{ID: id, Name: id, MIME: kind, Size: int64(len(content))}
	if _, _, stored := w.files.Kept(id); !stored {
		if err := w.files.SaveFile(w.t.Context(), host.File{File: f}, []byte(content)); err != nil {
			return err
		}
	}
	return w.Send(w.t.Context(), outgoing(1, seq, 5, engine.Message{Text: text, Files: []engine.File{f}}))
}

func TestSentFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		for seq, f := range [][3]string{{"a.jpg", "image/jpeg", jpg}, {"b.pdf", "application/pdf", pdf}, {"a.jpg", "image/jpeg", jpg}} {
			if err := sendFile(w, int64(seq+1), "вот", f[0], f[1], f[2]); err != nil {
				t.Fatal(err)
			}
		}
		if got := strings.Join(w.vk.uploads, "|"); got != jpg+"|"+pdf {
			t.Errorf("uploaded %q: the third was known already", got)
		}
		for i, want := range []string{"photo-1001_7_secret", "doc-1001_8_secret", "photo-1001_7_secret"} {
			if c := w.vk.messages()[i].values; c.Get("attachment") != want || c.Get("message") != "вот" {
				t.Errorf("%v", c)
			}
		}
	})
}

func TestUploadTrouble(t *testing.T) {
	for name, c := range map[string]struct {
		answer string // of the upload server, the first time
		fault  string // method that fails the first time
		code   int
		lost   bool // the file is given up: the words arrive
	}{
		"reset half way":    {answer: "reset"},
		"nonsense":          {answer: "<html>"},
		"server is full":    {fault: "photos.getMessagesUploadServer", code: 10},
		"saving fails":      {fault: "photos.saveMessagesPhoto", code: 10},
		"saving is refused": {fault: "photos.saveMessagesPhoto", code: 100, lost: true},
		"not a picture":     {answer: `{"server":1,"photo":"[]","hash":""}`, lost: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, nil)
				first := true
				w.vk.upload = func(field, content string) string {
					if first && c.answer != "" {
						first = false
						return c.answer
					}
					return `{"server":1,"photo":"[1]","hash":"h"}`
				}
				w.vk.fault = func(made called) any {
					if first && made.method == c.fault {
						first = false
						return &vkError{c.code}
					}
					return nil
				}
				err := sendFile(w, 1, "вот", "a.jpg", "image/jpeg", jpg)
				if !c.lost {
					if err == nil || errors.Is(err, host.ErrPermanent) {
						t.Fatalf("%v", err)
					}
					err = sendFile(w, 1, "вот", "a.jpg", "image/jpeg", jpg)
				}
				if err != nil || len(w.vk.messages()) != 1 {
					t.Fatalf("%v, %d messages", err, len(w.vk.messages()))
				}
				want := "вот"
				if c.lost {
					want = "вот\n\n" + words("ru").file + "a.jpg"
				}
				if got := w.vk.messages()[0].values; got.Get("message") != want || (got.Get("attachment") == "") != c.lost {
					t.Errorf("%v", got)
				}
			})
		})
	}
}

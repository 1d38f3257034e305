package telegram

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"spravka/adapters/sniff"
	"spravka/engine"
)

var (
	pdf  = []byte("%PDF-1.7\n1 0 obj\n")
	jpeg = []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01")
	png  = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
)

func documentOf(more string) string {
	return `{"update_id":ID,"message":{"message_id":9,"from":{"id":5,"first_name":"Пётр"},"chat":{"id":5,"type":"private"},` + more + `}}`
}

func TestFilesIn(t *testing.T) {
	for _, c := range []struct {
		name, body, path string
		content          []byte
		trouble          func(string, map[string]string) *trouble
		want             *engine.Said // what the engine hears; the identifier is left out
		word             string       // what the citizen is told
	}{
		{name: "document", body: `"document":{"file_id":"F","file_name":"скан паспорта.PDF","mime_type":"text/html","file_size":1},"caption":"вот"`, path: "documents/1.pdf", content: pdf,
			want: &engine.Said{Text: "вот", Files: []engine.File{{Name: "скан паспорта.pdf", MIME: "application/pdf", Size: int64(len(pdf))}}}},
		{name: "photo", body: `"photo":[{"file_id":"S","file_size":1000},{"file_id":"F","file_size":200000},{"file_id":"H","file_size":99999999}]`, path: "photos/1.jpg", content: jpeg,
			want: &engine.Said{Files: []engine.File{{Name: "photo-9.jpg", MIME: "image/jpeg", Size: int64(len(jpeg))}}}},
		{name: "name that lies", body: `"document":{"file_id":"F","file_name":"../../etc/<passwd>\u202e.pdf"}`, path: "d/1", content: png,
			want: &engine.Said{Files: []engine.File{{Name: "passwd.pdf.png", MIME: "image/png", Size: int64(len(png))}}}},
		{name: "no name", body: `"document":{"file_id":"F"}`, path: "d/1", content: png, want: &engine.Said{Files: []engine.File{{Name: "file.png", MIME: "image/png", Size: int64(len(png))}}}},
		{name: "type that lies", body: `"document":{"file_id":"F","file_name":"a.pdf","mime_type":"application/pdf"}`, path: "d/1", content: []byte("MZ\x90\x00 a program"), word: "file_type"},
		{name: "type that lies, with words", body: `"document":{"file_id":"F","file_name":"a.pdf"},"caption":"вот"`, path: "d/1", content: []byte("<html>"), word: "file_type", want: &engine.Said{Text: "вот"}},
		{name: "PDF within", body: `"document":{"file_id":"F","file_name":"a.pdf"}`, path: "d/1", content: []byte("#!/bin/sh\nrm -rf /\n%PDF-1.7"), word: "file_type"},
		{name: "too large", body: `"document":{"file_id":"F","file_name":"a.pdf","file_size":10485761}`, word: "file_large"},
		{name: "size that lies", body: `"document":{"file_id":"F","file_name":"a.pdf","file_size":-7}`, path: "d/1", content: append(append([]byte{}, pdf...), make([]byte, maxFile)...), word: "file_large"},
		{name: "empty", body: `"document":{"file_id":"F","file_name":"a.pdf"}`, path: "d/1", content: []byte{}, word: "file_empty"},
		{name: "unknown to Telegram", body: `"document":{"file_id":"Q","file_name":"a.pdf"}`, word: "file_failed"},
		{name: "without identifier", body: `"document":{}`, word: "file_failed"},
		{name: "with a huge identifier", body: `"document":{"file_id":"` + strings.Repeat("x", 1000) + `"}`, word: "file_failed"},
		{name: "path that leads away", body: `"document":{"file_id":"F"}`, path: "../bot1:x/getMe", content: pdf, word: "file_failed"},
		{name: "path from the root", body: `"document":{"file_id":"F"}`, path: "/etc/passwd", content: pdf, word: "file_failed"},
		{name: "too big for a bot", body: `"document":{"file_id":"F"}`, path: "d/1", trouble: times(1, "getFile", refuse(400, "Bad Request: file is too big", "")), word: "file_large"},
		{name: "a bad connection", body: `"document":{"file_id":"F"}`, path: "d/1", content: png, trouble: times(2, "file", &trouble{status: 502}),
			want: &engine.Said{Files: []engine.File{{Name: "file.png", MIME: "image/png", Size: int64(len(png))}}}},
		{name: "no connection", body: `"document":{"file_id":"F"}`, path: "d/1", content: png, trouble: times(9, "getFile", &trouble{before: true}), word: "file_failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSetting(t, nil)
				s.fake.paths["F"], s.fake.paths["S"] = c.path, "wrong/size"
				if c.content != nil {
					s.fake.files[c.path] = c.content
				}
				s.fake.setTrouble(c.trouble)
				s.fake.push(documentOf(c.body))
				s.run(func(context.Context) { time.Sleep(time.Minute) })
				var want []in
				if c.want != nil {
					want = []in{{Peer: "5", Event: *c.want}}
				}
				got := s.ins()
				for i := range got {
					said := got[i].Event.(engine.Said)
					for n := range said.Files {
						if _, content, _ := s.files.Kept(said.Files[n].ID); len(said.Files[n].ID) != 24 || string(content) != string(c.content) {
							t.Errorf("file %q is stored as %q", said.Files[n].ID, content)
						}
						said.Files[n].ID = ""
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
				var told []string
				for _, m := range s.fake.out() {
					told = append(told, m.text)
				}
				if c.word == "" && len(told) > 0 || c.word != "" && (len(told) != 1 || told[0] != words["ru"][c.word]) {
					t.Errorf("told %q, want %q", told, c.word)
				}
			})
		})
	}
}

// A file whose storing failed is got again; one that is stored is not, however often its update comes.
func TestFileAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, hooked)
		s.fake.paths["F"], s.fake.files["d/1"] = "d/1", png
		body := strings.ReplaceAll(documentOf(`"document":{"file_id":"F"}`), "ID", "7")
		s.files.Break(errors.New("disk full"))
		s.run(func(context.Context) {
			time.Sleep(time.Second)
			if got := s.post(hookSecret, body); got != 503 {
				t.Errorf("store down: %d", got)
			}
			s.files.Break(nil)
			for range 3 {
				if got := s.post(hookSecret, body); got != 200 {
					t.Errorf("store up: %d", got)
				}
			}
		})
		if len(s.ear.Heard()) != 1 || s.files.Count() != 1 || s.fake.count("file") != 2 {
			t.Errorf("heard %d times, %d files, got %d times", len(s.ear.Heard()), s.files.Count(), s.fake.count("file"))
		}
	})
}

func TestFileQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, func(c *Config) { c.FilesPerDay, c.BytesPerDay = 3, int64(4*len(png)) })
		s.fake.paths["F"], s.fake.files["d/1"] = "d/1", png
		s.run(func(context.Context) {
			for range 5 {
				s.fake.push(documentOf(`"document":{"file_id":"F"}`))
			}
			time.Sleep(time.Minute)
			if s.files.Count() != 3 || len(s.fake.out()) != 2 || s.fake.out()[0].text != words["ru"]["file_quota"] {
				t.Errorf("%d files, told %v", s.files.Count(), s.fake.out())
			}
			time.Sleep(25 * time.Hour)
			s.fake.push(documentOf(`"document":{"file_id":"F"}`))
			time.Sleep(time.Minute)
			if s.files.Count() != 4 {
				t.Errorf("a day later there are %d files", s.files.Count())
			}
		})
	})
}

// Downloads of one chat do not hold up the words of another.
func TestSlowDownload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, nil)
		s.fake.paths["F"] = "d/1"
		s.fake.setTrouble(func(method string, _ map[string]string) *trouble {
			if method == "getFile" {
				return &trouble{hang: true}
			}
			return nil
		})
		s.run(func(context.Context) {
			for i := range 10 {
				s.fake.push(fmt.Sprintf(`{"update_id":ID,"message":{"message_id":9,"from":{"id":%d},"chat":{"id":%d,"type":"private"},"document":{"file_id":"F"}}}`, 10+i, 10+i))
			}
			time.Sleep(2 * time.Second)
			s.fake.say(1, "слово")
			time.Sleep(3 * time.Second)
			if diff := cmp.Diff(map[string][]string{"1": {"слово"}}, s.ear.Texts()); diff != "" {
				t.Error(diff)
			}
		})
	})
}

func TestUnitNames(t *testing.T) {
	for name, want := range map[string]string{
		"a.jpeg": "a.jpeg", `C:\x\b.JPG`: "b.jpg", "": "file.jpg", "...": "file.jpg", "con\x00\n.pdf": "con.pdf.jpg", strings.Repeat("я", 300): strings.Repeat("я", 100) + ".jpg", "a/": "a.jpg",
	} {
		if got := sniff.Name(name, ".jpg"); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

package webchat_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"spravka/adapters/webchat"
	"spravka/adapters/webchat/internal/fakehost"
)

func pngFile(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func jpegFile(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func pdfFile() []byte { return []byte("%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n") }

// bomb is a PDF with a stream of a few kilobytes that unpacks to 32 MiB.
func bomb(t *testing.T) []byte {
	t.Helper()
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	if _, err := io.Copy(z, io.LimitReader(zeros{}, 32<<20)); err != nil {
		t.Fatal(err)
	}
	z.Close()
	return fmt.Appendf(nil, "%%PDF-1.7\n1 0 obj<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream endobj\n%%%%EOF\n", packed.Len(), packed.Bytes())
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func zipFile(t *testing.T, inside string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	f, err := z.CreateHeader(&zip.FileHeader{Name: "a.pdf", Method: zip.Store})
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, inside)
	z.Close()
	return out.Bytes()
}

type uploaded struct {
	File struct {
		ID, Name, MIME string
		Size           int64
	}
}

func (w *world) upload(token, name string, content []byte) (int, uploaded, []byte) {
	w.t.Helper()
	status, body := w.call("POST", api+"files?name="+url.QueryEscape(name), token, content, func(r *http.Request) { r.Header.Set("Content-Type", "image/png") })
	var u uploaded
	if status == 201 {
		decode(w.t, body, &u)
	}
	return status, u, body
}

func TestFilesAreKnownByTheirContent(t *testing.T) {
	w := serve(t)
	token := w.token()
	for _, test := range []struct {
		name    string
		content []byte
		mime    string
		want    string // the name, or the code of the refusal
	}{
		{"фото.png", pngFile(t), "image/png", "фото.png"},
		{"фото.JPEG", jpegFile(t), "image/jpeg", "фото.jpeg"},
		{"скан.pdf", pdfFile(), "application/pdf", "скан.pdf"},
		{"bomb.pdf", bomb(t), "application/pdf", "bomb.pdf"},
		{"virus.exe", pngFile(t), "image/png", "virus.exe.png"},
		{`C:\Users\я\..\паспорт.png`, pngFile(t), "image/png", "паспорт.png"},
		{"../../etc/passwd", pdfFile(), "application/pdf", "passwd.pdf"},
		{"a\u202egpj.\x00\r\n\"<b>.jpg", jpegFile(t), "image/jpeg", "agpj.b.jpg"},
		{"", pdfFile(), "application/pdf", "file.pdf"},
		{".pdf", pdfFile(), "application/pdf", "file.pdf"},
		{strings.Repeat("ж", 300) + ".pdf", pdfFile(), "application/pdf", strings.Repeat("ж", 100) + ".pdf"},
		{"архив.pdf", zipFile(t, "x"), "", "file_type"},
		{"хитрый архив.pdf", zipFile(t, "%PDF-1.7"), "", "file_type"},
		{"page.pdf", []byte("<html><script>alert(1)</script>%PDF-1.7"), "", "file_type"},
		{"image.png", []byte("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"), "", "file_type"},
		{"text.png", []byte("просто текст"), "", "file_type"},
		{"gif.png", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), "", "file_type"},
		{"empty.png", []byte{}, "", "file_empty"},
		{"big.pdf", append(pdfFile(), make([]byte, 10<<20)...), "", "file_too_large"},
	} {
		status, u, body := w.upload(token, test.name, test.content)
		if test.mime == "" {
			if status < 400 || refusal(t, body) != test.want {
				t.Errorf("%q: %d %s, want %s", test.name, status, body, test.want)
			}
			continue
		}
		if status != 201 || u.File.Name != test.want || u.File.MIME != test.mime || u.File.Size != int64(len(test.content)) {
			t.Errorf("%q: %d %s, want %s", test.name, status, body, test.want)
		}
	}
}

func TestAFileIsSentAndFetched(t *testing.T) {
	w := serve(t)
	anna, boris := w.token(), w.token()
	_, u, _ := w.upload(anna, "паспорт.png", pngFile(t))
	m := message("")
	m["files"] = []string{u.File.ID}
	if status, body := w.call("POST", api+"messages", boris, m); status != 404 || refusal(t, body) != "no_file" {
		t.Errorf("another visitor sends it: %d %s", status, body)
	}
	if status, body := w.call("POST", api+"messages", anna, m); status != 200 {
		t.Errorf("%d %s", status, body)
	}
	got := w.messages(anna, "")
	if diff := cmp.Diff([]string{"citizen: ", "bot: Файлов получено: 1"}, got.texts()); diff != "" || len(got.Entries[0].Files) != 1 || got.Entries[0].Files[0].Name != "паспорт.png" {
		t.Errorf("%+v\n%s", got, diff)
	}
	if status, body := w.call("GET", api+"files/"+u.File.ID, boris, nil); status != 404 || refusal(t, body) != "no_file" {
		t.Errorf("another visitor reads it: %d %s", status, body)
	}
	res := w.do("GET", api+"files/"+u.File.ID, anna, nil)
	content, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err != nil || !bytes.Equal(content, pngFile(t)) {
		t.Errorf("%v, %d bytes", err, len(content))
	}
	for name, want := range map[string]string{
		"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "no-store",
		"Content-Disposition": "attachment; filename*=utf-8''%D0%BF%D0%B0%D1%81%D0%BF%D0%BE%D1%80%D1%82.png",
	} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestTheDailyLimitOfFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := serveInBubble(t, fakehost.New())
		anna, boris := w.token(), w.token()
		for i := range 20 {
			if status, _, body := w.upload(anna, "a.pdf", pdfFile()); status != 201 {
				t.Fatalf("file %d: %d %s", i, status, body)
			}
		}
		if status, _, body := w.upload(anna, "a.pdf", pdfFile()); status != 429 || refusal(t, body) != "file_quota" {
			t.Errorf("file 21: %d %s", status, body)
		}
		big := append(pdfFile(), make([]byte, 10<<20-len(pdfFile()))...)
		for i := range 6 {
			if status, _, body := w.upload(boris, "b.pdf", big); status != 201 {
				t.Fatalf("10 MiB number %d: %d %s", i, status, body)
			}
		}
		if status, _, body := w.upload(boris, "b.pdf", pdfFile()); status != 429 || refusal(t, body) != "file_quota" {
			t.Errorf("beyond 60 MiB: %d %s", status, body)
		}
		time.Sleep(24*time.Hour + time.Minute)
		if status, _, body := w.upload(anna, "a.pdf", pdfFile()); status != 201 {
			t.Errorf("the next day: %d %s", status, body)
		}
	})
}

func TestTheDailyLimitHoldsForUploadsAtTheSameTime(t *testing.T) {
	w := serve(t, func(c *webchat.Config) { c.FilesPerDay = 5 })
	token := w.token()
	statuses := make(chan int)
	for range 20 {
		go func() {
			status, _, _ := w.upload(token, "a.pdf", pdfFile())
			statuses <- status
		}()
	}
	count := map[int]int{}
	for range 20 {
		count[<-statuses]++
	}
	if count[201] != 5 || count[429] != 15 {
		t.Errorf("got %v", count)
	}
}

func TestStrangeUploads(t *testing.T) {
	w := serve(t)
	token := w.token()
	status, body := w.call("POST", api+"files", "", pdfFile())
	if status != 401 || refusal(t, body) != "no_token" {
		t.Errorf("without a token: %d %s", status, body)
	}
	status, body = w.call("POST", api+"files", token, pdfFile(), func(r *http.Request) { r.ContentLength = -1 })
	if status != 411 || refusal(t, body) != "length_required" {
		t.Errorf("without a length: %d %s", status, body)
	}
	status, body = w.call("POST", api+"files", token, pdfFile(), func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") })
	if status != 415 || refusal(t, body) != "encoding" {
		t.Errorf("compressed: %d %s", status, body)
	}
	status, _, _ = w.upload(token, string([]byte{0xff, 0xfe, 'a'}), pdfFile())
	if status != 201 {
		t.Errorf("a name that is no UTF-8: %d", status)
	}
	for _, id := range []string{"nothing", "..%2f..%2fetc%2fpasswd", strings.Repeat("a", 65), "%00"} {
		if status, body := w.call("GET", api+"files/"+id, token, nil); status != 404 || refusal(t, body) != "no_file" {
			t.Errorf("file %s: %d %s", id, status, body)
		}
	}
}

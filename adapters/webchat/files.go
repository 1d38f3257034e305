package webchat

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"hash/fnv"
	"io"
	"mime"
	"net/http"
	"strconv"
	"sync"
	"time"

	"spravka/adapters/sniff"
	"spravka/engine"
	"spravka/engine/host"
)

const (
	maxFile = 10 << 20 // bytes
	slowest = 32 << 10 // bytes a second that an upload must at least reach
)

// upload answers POST files?name=: the body is the file itself.
func (c *Chat) upload(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := bearer(r)
	switch {
	case err != nil:
		return err
	case !ok:
		return faulty("no_token")
	case r.ContentLength < 0:
		return faulty("length_required")
	case r.ContentLength > maxFile:
		return faulty("file_too_large")
	case r.Header.Get("Content-Encoding") != "":
		return faulty("encoding")
	}
	if ok, wait := c.visits.allow(v.peer.ID); !ok {
		return faultyIn("too_many", wait)
	}
	release, ok := c.uploads.take(c.address(r), r.ContentLength)
	if !ok {
		return faultyIn("busy", 10*time.Second)
	}
	defer release()
	defer deadlines(w, patience(r.ContentLength))()
	content, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxFile))
	if err != nil {
		return faulty("bad_request")
	}
	f, err := c.keep(r.Context(), v, r.URL.Query().Get("name"), content)
	if err != nil {
		return err
	}
	return answer(w, http.StatusCreated, map[string]engine.File{"file": f})
}

// patience is how long an upload of so many bytes may take.
func patience(bytes int64) time.Duration {
	return 30*time.Second + time.Duration(bytes/slowest)*time.Second
}

// deadlines gives a request its own time in place of the server's; the returned function takes it back, because the
// connection may serve other requests afterwards. A server that can't do it has its own.
func deadlines(w http.ResponseWriter, wait time.Duration) (reset func()) {
	c := http.NewResponseController(w)
	c.SetReadDeadline(time.Now().Add(wait))
	c.SetWriteDeadline(time.Now().Add(wait + writeWait))
	return func() {
		c.SetReadDeadline(time.Time{})
		c.SetWriteDeadline(time.Time{})
	}
}

// keep checks a file and stores it. Files are never opened or unpacked: what is inside can do no harm here.
func (c *Chat) keep(ctx context.Context, v visitor, name string, content []byte) (engine.File, error) {
	if len(content) == 0 {
		return engine.File{}, faulty("file_empty")
	}
	if len(content) > maxFile {
		return engine.File{}, faulty("file_too_large")
	}
	kind, ext, ok := sniff.Kind(content)
	if !ok {
		return engine.File{}, faulty("file_type")
	}
	lock := c.turnstile(v)
	lock.Lock()
	defer lock.Unlock()

	now := c.config.Now()
	count, size, err := c.files.FilesOf(ctx, v.peer, now.Add(-24*time.Hour))
	if err != nil {
		return engine.File{}, c.notStored(err)
	}
	if count >= c.config.FilesPerDay || size+int64(len(content)) > c.config.BytesPerDay {
		return engine.File{}, faulty("file_quota")
	}
	var id [16]byte
	rand.Read(id[:])
	f := engine.File{ID: base64.RawURLEncoding.EncodeToString(id[:]), Name: sniff.Name(name, ext), MIME: kind, Size: int64(len(content))}
	if err := c.files.SaveFile(ctx, host.File{File: f, Peer: v.peer, At: now}, content); err != nil {
		return engine.File{}, c.notStored(err)
	}
	return f, nil
}

// turnstile is the lock that lets one upload of a visitor at a time be counted, so that the daily limit holds.
func (c *Chat) turnstile(v visitor) sync.Locker {
	sum := fnv.New32a()
	io.WriteString(sum, v.peer.ID)
	return &c.saving[sum.Sum32()%uint32(len(c.saving))]
}

// fileOf returns a file of the visitor.
func (c *Chat) fileOf(ctx context.Context, v visitor, id string) (engine.File, error) {
	f, body, err := c.openFile(ctx, v, id)
	if err != nil {
		return engine.File{}, err
	}
	body.Close()
	return f.File, nil
}

func (c *Chat) openFile(ctx context.Context, v visitor, id string) (host.File, io.ReadCloser, error) {
	if !fileID(id) {
		return host.File{}, nil, faulty("no_file")
	}
	f, body, err := c.files.OpenFile(ctx, id)
	if errors.Is(err, host.ErrNotFound) {
		return host.File{}, nil, faulty("no_file")
	}
	if err != nil {
		return host.File{}, nil, err
	}
	if f.Peer != v.peer {
		body.Close()
		return host.File{}, nil, faulty("no_file")
	}
	return f, body, nil
}

// download answers GET files/{id}. The browser may save the file but never show it as a page of this origin.
func (c *Chat) download(w http.ResponseWriter, r *http.Request) error {
	v, err := c.looker(r)
	if err != nil {
		return err
	}
	f, body, err := c.openFile(r.Context(), v, r.PathValue("id"))
	if err != nil {
		return err
	}
	defer body.Close()
	attach(w, f.Name, f.MIME)
	w.Header().Set("Content-Length", strconv.FormatInt(f.Size, 10))
	io.Copy(w, body) // a client that has left is no error
	return nil
}

// attach makes the response a file to be saved.
func attach(w http.ResponseWriter, name, kind string) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
}

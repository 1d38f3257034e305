package vk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/SevereCloud/vksdk/v2/api"

	"spravka/engine"
	"spravka/engine/host"
)

const (
	uploadWait   = 50 * time.Second // the host gives a message a minute
	maxUploadSay = 1 << 20          // bytes of the upload server's answer
)

// upload brings a file to VK and returns what a message names it by. A file is brought once: its name holds the access
// key, so that it is valid in every dialogue.
func (a *Adapter) upload(ctx context.Context, peer int64, f engine.File) (string, error) {
	if at, ok := a.kept.get(f.ID); ok {
		return at, nil
	}
	ctx, cancel := context.WithTimeout(ctx, uploadWait)
	defer cancel()
	known, body, err := a.config.Files.OpenFile(ctx, f.ID)
	if err != nil {
		return "", fmt.Errorf("opening file %s: %w", f.ID, err)
	}
	defer body.Close()
	if known.Size <= 0 || known.Size > abilities.MaxFile {
		return "", fmt.Errorf("file %s has %d bytes: %w", f.ID, known.Size, host.ErrPermanent)
	}
	var at string
	if (known.MIME == "image/jpeg" || known.MIME == "image/png") && known.Size <= abilities.MaxPhoto {
		at, err = a.uploadPhoto(ctx, peer, known, body)
	} else {
		at, err = a.uploadDoc(ctx, peer, known, body)
	}
	if err == nil {
		a.kept.set(f.ID, at)
	}
	return at, err
}

func (a *Adapter) uploadPhoto(ctx context.Context, peer int64, f host.File, body io.Reader) (string, error) {
	var to api.PhotosGetMessagesUploadServerResponse
	if err := a.call(ctx, "photos.getMessagesUploadServer", api.Params{"peer_id": peer}, &to); err != nil {
		return "", err
	}
	var got struct {
		Server json.RawMessage `json:"server"`
		Photo  string          `json:"photo"`
		Hash   string          `json:"hash"`
	}
	if err := a.post(ctx, to.UploadURL, "photo", f, body, &got); err != nil {
		return "", err
	}
	if got.Photo == "" || got.Photo == "[]" {
		return "", fmt.Errorf("VK can't read picture %s: %w", f.ID, host.ErrPermanent)
	}
	var saved []savedFile
	p := api.Params{"photo": got.Photo, "server": strings.Trim(string(got.Server), `"`), "hash": got.Hash}
	if err := a.call(ctx, "photos.saveMessagesPhoto", p, &saved); err != nil {
		return "", err
	}
	if len(saved) == 0 {
		return "", errors.New("photos.saveMessagesPhoto: the answer is empty")
	}
	return saved[0].attachment("photo")
}

func (a *Adapter) uploadDoc(ctx context.Context, peer int64, f host.File, body io.Reader) (string, error) {
	var to api.DocsGetMessagesUploadServerResponse
	if err := a.call(ctx, "docs.getMessagesUploadServer", api.Params{"peer_id": peer, "type": "doc"}, &to); err != nil {
		return "", err
	}
	var got struct {
		File string `json:"file"`
	}
	if err := a.post(ctx, to.UploadURL, "file", f, body, &got); err != nil {
		return "", err
	}
	if got.File == "" {
		return "", fmt.Errorf("VK refuses document %s: %w", f.ID, host.ErrPermanent)
	}
	var saved struct {
		Doc savedFile `json:"doc"`
	}
	if err := a.call(ctx, "docs.save", api.Params{"file": got.File, "title": f.Name}, &saved); err != nil {
		return "", err
	}
	return saved.Doc.attachment("doc")
}

// savedFile is what is needed of VK's photos and documents. The library's own form drops the access key, without which
// a file is valid in one dialogue only.
type savedFile struct {
	ID    int64  `json:"id"`
	Owner int64  `json:"owner_id"`
	Key   string `json:"access_key"`
}

func (s savedFile) attachment(kind string) (string, error) {
	if s.ID == 0 || s.Owner == 0 {
		return "", fmt.Errorf("saving a %s: the answer names no file", kind)
	}
	at := fmt.Sprintf("%s%d_%d", kind, s.Owner, s.ID)
	if s.Key != "" {
		at += "_" + s.Key
	}
	return at, nil
}

// post sends a file as a form of one field: streamed, and with its length, since not every server takes chunks.
func (a *Adapter) post(ctx context.Context, address, field string, f host.File, body io.Reader, out any) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && !a.config.AllowLocal {
		return errors.New("uploading: VK names no address")
	}
	var frame bytes.Buffer
	form := multipart.NewWriter(&frame)
	if _, err := form.CreateFormFile(field, f.Name); err != nil {
		return err
	}
	head := frame.Len()
	form.Close()
	all := io.MultiReader(bytes.NewReader(frame.Bytes()[:head]), io.LimitReader(body, f.Size), bytes.NewReader(frame.Bytes()[head:]))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, all)
	if err != nil {
		return errors.New("uploading: VK names no address")
	}
	req.ContentLength = int64(frame.Len()) + f.Size
	req.Header.Set("Content-Type", form.FormDataContentType())
	resp, err := a.http.Do(req)
	if err != nil {
		return fmt.Errorf("uploading: %w", secretless(err))
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxUploadSay))
	switch {
	case err != nil:
		return fmt.Errorf("uploading: %w", secretless(err))
	case resp.StatusCode == http.StatusRequestEntityTooLarge:
		return fmt.Errorf("uploading: file %s is too large for VK: %w", f.ID, host.ErrPermanent)
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("uploading: the server answers %d", resp.StatusCode)
	case json.Unmarshal(answer, out) != nil:
		return errors.New("uploading: the answer has an unknown form")
	}
	return nil
}

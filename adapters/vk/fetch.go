package vk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"spravka/adapters/sniff"
	"spravka/engine"
	"spravka/engine/host"
)

const (
	maxFile    = 10 << 20 // bytes
	sniffed    = 3072     // bytes that tell what a file is
	fetchTries = 3
	fetchWait  = time.Minute // of one try
)

// fetchAll loads a message's files into the store. What is refused is not an error; an error is the store's, and the
// message must be tried again. A second try finds the files of the first.
func (a *Adapter) fetchAll(ctx context.Context, s said) (files []engine.File, refused []refusal, err error) {
	if s.strange && (s.text == "" || len(s.found) > 0) {
		refused = append(refused, refuseKind)
	}
	for i, at := range s.found {
		f, why, err := a.fetch(ctx, s, i, at)
		switch {
		case err != nil:
			return nil, nil, err
		case f == nil:
			refused = append(refused, why)
		default:
			files = append(files, *f)
		}
	}
	return files, refused, nil
}

// fetch loads one file. Without an error, f is nil if it was refused.
func (a *Adapter) fetch(ctx context.Context, s said, i int, at attachment) (f *engine.File, why refusal, err error) {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\n%s\n%d", a.config.Group, s.id, i))
	id := "vk" + base64.RawURLEncoding.EncodeToString(sum[:18])
	known, body, err := a.config.Files.OpenFile(ctx, id)
	if err == nil {
		body.Close()
		return &known.File, 0, nil
	}
	if !errors.Is(err, host.ErrNotFound) {
		return nil, 0, err
	}
	peer := a.peer(s.peer)
	count, size, err := a.config.Files.FilesOf(ctx, peer, a.config.Now().Add(-24*time.Hour))
	switch {
	case err != nil:
		return nil, 0, err
	case count >= a.config.FilesPerDay || size+at.size > a.config.BytesPerDay:
		return nil, refuseQuota, nil
	case at.size > maxFile:
		return nil, refuseSize, nil
	}
	select {
	case a.downs <- struct{}{}:
		defer func() { <-a.downs }()
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	}
	content, kind, ext, why, ok := a.download(ctx, at.address)
	switch {
	case ctx.Err() != nil:
		return nil, 0, ctx.Err()
	case !ok:
		return nil, why, nil
	case size+int64(len(content)) > a.config.BytesPerDay:
		return nil, refuseQuota, nil
	}
	file := engine.File{ID: id, Name: sniff.Name(at.name, ext), MIME: kind, Size: int64(len(content))}
	if err := a.config.Files.SaveFile(ctx, host.File{File: file, Peer: peer, At: a.config.Now()}, content); err != nil {
		return nil, 0, err
	}
	return &file, 0, nil
}

// download reads a file, trying again what may pass.
func (a *Adapter) download(ctx context.Context, address string) (content []byte, kind, ext string, why refusal, ok bool) {
	for try := 1; ; try++ {
		content, kind, ext, why, ok = a.downloadOnce(ctx, address)
		if ok || why != refuseLost || try == fetchTries || pause(ctx, time.Second<<(try-1)) != nil {
			return content, kind, ext, why, ok
		}
	}
}

// downloadOnce reads a file as a stream: its type is known from the first bytes, and nothing after the limit is read.
func (a *Adapter) downloadOnce(ctx context.Context, address string) (content []byte, kind, ext string, why refusal, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, fetchWait)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil || req.URL.Scheme != "https" && !a.config.AllowLocal {
		return nil, "", "", refuseLost, false
	}
	resp, err := a.http.Do(req)
	if err != nil {
		return nil, "", "", refuseLost, false
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, "", "", refuseLost, false
	}
	if resp.ContentLength > maxFile {
		return nil, "", "", refuseSize, false
	}
	var buffer bytes.Buffer
	switch n, err := io.CopyN(&buffer, resp.Body, sniffed); {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, "", "", refuseLost, false
	case n == 0:
		return nil, "", "", refuseEmpty, false
	}
	kind, ext, ok = sniff.Kind(buffer.Bytes())
	if !ok {
		return nil, "", "", refuseKind, false
	}
	_, err = io.Copy(&buffer, io.LimitReader(resp.Body, maxFile+1-int64(buffer.Len())))
	switch {
	case err != nil, resp.ContentLength > 0 && int64(buffer.Len()) < resp.ContentLength:
		return nil, "", "", refuseLost, false
	case buffer.Len() > maxFile:
		return nil, "", "", refuseSize, false
	}
	return buffer.Bytes(), kind, ext, 0, true
}

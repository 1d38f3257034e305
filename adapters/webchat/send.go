package webchat

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"spravka/engine"
	"spravka/engine/host"
)

// take hands a checked frame of the visitor to the host. Once it has begun, the citizen's leaving does not end it: the
// turn is stored or it is not, and the client finds out by sending the same id again.
func (c *Chat) take(ctx context.Context, v visitor, f inFrame) (host.Receipt, error) {
	if ok, wait := c.visits.allow(v.peer.ID); !ok {
		return host.Receipt{}, faultyIn("too_many", wait)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), turnWait)
	defer cancel()
	files, err := c.attached(ctx, v, f.Files)
	if err != nil {
		return host.Receipt{}, err
	}
	in := host.Inbound{Peer: v.peer, Locale: known(f.Locale)}
	if err := c.open(ctx, v, in); err != nil {
		return host.Receipt{}, c.notStored(err)
	}
	in.Update, in.Event = v.update(f.ID), f.event(files)
	got, err := c.host.Receive(ctx, in)
	if err != nil {
		return host.Receipt{}, c.notStored(err)
	}
	return got, nil
}

// open lets the conversation begin with the greeting that the visitor has seen.
func (c *Chat) open(ctx context.Context, v visitor, in host.Inbound) error {
	if c.config.Greeting == nil {
		return nil
	}
	_, err := c.host.Find(ctx, v.peer)
	if !errors.Is(err, host.ErrNotFound) {
		return err
	}
	in.Update, in.Event = v.update("open"), engine.Opened{}
	_, err = c.host.Receive(ctx, in)
	return err
}

func (c *Chat) notStored(err error) error {
	if errors.Is(err, host.ErrBusy) {
		return faultyIn("busy", time.Second) // one conversation's updates pile up: whoever sends them has to slow down
	}
	c.config.Log.Error("web chat: a message could not be stored", "error", err)
	return faulty("unavailable")
}

// attached looks the message's files up. A file of another visitor does not exist.
func (c *Chat) attached(ctx context.Context, v visitor, ids []string) ([]engine.File, error) {
	var files []engine.File
	for _, id := range ids {
		f, err := c.fileOf(ctx, v, id)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// post answers POST messages: it takes one frame of type message or press.
func (c *Chat) post(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := bearer(r)
	if err != nil {
		return err
	}
	if !ok {
		return faulty("no_token")
	}
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	f, err := parseFrame(body)
	if err != nil {
		return err
	}
	if f.Type != "message" && f.Type != "press" {
		return faulty("unknown_type")
	}
	if f.Locale == "" {
		f.Locale = c.locale(r)
	}
	got, err := c.take(r.Context(), v, f)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, outFrame{Type: "ack", ID: f.ID, Seq: got.Seq, Duplicate: got.Duplicate})
}

// readBody reads a JSON body of at most maxFrame bytes.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return nil, faulty("encoding")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxFrame))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, faulty("too_large")
	}
	if err != nil {
		return nil, faulty("bad_request")
	}
	return body, nil
}

package webchat

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"spravka/engine"
	"spravka/engine/host"
)

// hello answers GET hello: what a widget shows before anything is said.
func (c *Chat) hello(w http.ResponseWriter, r *http.Request) error {
	locale := c.locale(r)
	out := struct {
		Name     string          `json:"name"`
		Locale   string          `json:"locale"`
		Greeting *engine.Message `json:"greeting,omitempty"`
	}{Name: c.config.name(locale), Locale: locale}
	if m, ok := c.config.greeting(locale); ok {
		out.Greeting = &m
	}
	return answer(w, http.StatusOK, out)
}

// session answers GET and POST session. Only a POST without any token makes a new one; nothing is stored for it.
// On the chat's own origin the page's cookie and the widget's token are made the same.
func (c *Chat) session(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := bearer(r)
	if err != nil {
		return err
	}
	own := sameOrigin(r)
	if !ok && own {
		v, ok = ofCookie(r)
	}
	if !ok && r.Method == http.MethodPost {
		v, ok = newVisitor(), true
	}
	if ok && own {
		c.remember(w, r, v)
	}
	return answer(w, http.StatusOK, map[string]string{"token": v.token})
}

// forget answers DELETE session: the browser's cookie goes; the conversation stays with the help line.
func (c *Chat) forget(w http.ResponseWriter, r *http.Request) error {
	if sameOrigin(r) {
		c.remember(w, r, visitor{})
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// batch is the answer to GET messages.
type batch struct {
	Entries []entry `json:"entries"`
	State   state   `json:"state"`
	Seq     int64   `json:"seq"`             // the cursor for the next request
	More    bool    `json:"more,omitempty"`  // ask again at once
	Reset   bool    `json:"reset,omitempty"` // forget what was received before
}

// messages answers GET messages?after=&limit=&wait=.
func (c *Chat) messages(w http.ResponseWriter, r *http.Request) error {
	v, err := c.looker(r)
	if err != nil {
		return err
	}
	after, err := number(r, "after", 0, math.MinInt32, math.MaxInt64)
	if err != nil {
		return err
	}
	limit, err := number(r, "limit", historyPage, 1, historyPage)
	if err != nil {
		return err
	}
	seconds, err := number(r, "wait", 0, 0, int64(pollWait.Seconds()))
	if err != nil {
		return err
	}
	if seconds > 0 { // it holds a connection like a stream does
		leave, err := c.seat(v)
		if err != nil {
			return err
		}
		defer leave()
		defer deadlines(w, pollWait+writeWait)()
	}
	b, err := c.after(r.Context(), v, after, int(limit), time.Duration(seconds)*time.Second)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, b)
}

// looker returns the visitor of a request that reads.
func (c *Chat) looker(r *http.Request) (visitor, error) {
	v, err := caller(r)
	if err != nil {
		return v, err
	}
	if ok, wait := c.looks.allow(v.peer.ID); !ok {
		return v, faultyIn("too_many", wait)
	}
	return v, nil
}

// after collects what follows the cursor. If that is nothing, it waits for a change, but no longer than the given time.
func (c *Chat) after(ctx context.Context, v visitor, after int64, limit int, wait time.Duration) (batch, error) {
	rec, err := c.host.Find(ctx, v.peer)
	if errors.Is(err, host.ErrNotFound) {
		return batch{Entries: []entry{}, State: c.stateOf(ctx, rec), Reset: after > 0}, nil
	}
	if err != nil {
		return batch{}, err
	}
	if wait > 0 && after == rec.Seq {
		changed, stop := c.host.Watch(rec.ID)
		defer stop()
		if rec, err = c.host.Find(ctx, v.peer); err != nil {
			return batch{}, err
		}
		if after == rec.Seq {
			c.pause(ctx, changed, wait)
			if rec, err = c.host.Find(ctx, v.peer); err != nil {
				return batch{}, err
			}
		}
	}
	out := batch{Entries: []entry{}}
	out.Seq, out.Reset = start(after, rec.Seq)
	page, err := c.host.History(ctx, rec.ID, out.Seq, limit)
	if err != nil {
		return batch{}, err
	}
	for _, e := range page {
		out.Entries = append(out.Entries, c.shown(e))
		out.Seq = e.Seq
	}
	out.More = len(page) == limit
	out.State = c.stateOf(ctx, rec)
	return out, nil
}

func (c *Chat) pause(ctx context.Context, changed <-chan struct{}, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
	case <-ctx.Done():
	case <-c.closing:
	}
}

// number reads a whole number from the query.
func number(r *http.Request, name string, otherwise, least, most int64) (int64, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least || n > most {
		return 0, faulty("bad_cursor")
	}
	return n, nil
}

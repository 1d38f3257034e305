package vk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/SevereCloud/vksdk/v2/api"
)

// server is where polls go. Its ts is the newest one of VK.
type server struct{ address, key, ts string }

func (a *Adapter) findServer(ctx context.Context) (server, error) {
	var s struct {
		Key    string          `json:"key"`
		Server string          `json:"server"`
		TS     json.RawMessage `json:"ts"`
	}
	if err := a.call(ctx, "groups.getLongPollServer", api.Params{"group_id": a.config.Group}, &s); err != nil {
		return server{}, err
	}
	if !strings.Contains(s.Server, "://") {
		s.Server = "https://" + s.Server
	}
	u, err := url.Parse(s.Server)
	ts := readTS(s.TS)
	if err != nil || u.Host == "" || u.Scheme != "https" && !a.config.AllowLocal || s.Key == "" || ts == "" {
		return server{}, errors.New("groups.getLongPollServer: VK's answer names no server, key or ts")
	}
	return server{address: s.Server, key: s.Key, ts: ts}, nil
}

// readTS reads a cursor, which VK writes as a string in some answers and as a number in others. "" means that there is none.
func readTS(raw json.RawMessage) string {
	ts := strings.Trim(strings.TrimSpace(string(raw)), `"`)
	if !validTS(ts) || ts == "null" {
		return ""
	}
	return ts
}

// polled is the answer of one poll.
type polled struct {
	failed  int
	ts      string
	updates []json.RawMessage
}

// ask polls once.
func (a *Adapter) ask(ctx context.Context, s server, ts string) (polled, error) {
	ctx, cancel := context.WithTimeout(ctx, a.config.Wait+15*time.Second)
	defer cancel()
	q := url.Values{"act": {"a_check"}, "key": {s.key}, "ts": {ts}, "wait": {itoa(int64(a.config.Wait / time.Second))}}
	sep := "?"
	if strings.Contains(s.address, "?") {
		sep = "&"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.address+sep+q.Encode(), nil)
	if err != nil {
		return polled{}, errors.New("the server's address is wrong")
	}
	resp, err := a.http.Do(req)
	if err != nil {
		return polled{}, secretless(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return polled{}, secretless(err)
	}
	if resp.StatusCode != http.StatusOK {
		return polled{}, fmt.Errorf("the server answers %d", resp.StatusCode)
	}
	if len(body) == maxAnswer {
		return a.salvage(body)
	}
	return readPolled(body)
}

// salvage takes out of an answer that is longer than any may be what came whole. The same answer would come again and again
// otherwise, and nothing behind it.
func (a *Adapter) salvage(body []byte) (polled, error) {
	p := polled{}
	d := json.NewDecoder(bytes.NewReader(body))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return p, errors.New("the answer is too large and has an unknown form")
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			break
		}
		if key != "updates" {
			var v json.RawMessage
			if d.Decode(&v) != nil {
				break
			}
			if key == "ts" {
				p.ts = readTS(v)
			}
			continue
		}
		if t, err := d.Token(); err != nil || t != json.Delim('[') {
			break
		}
		for d.More() {
			var one json.RawMessage
			if d.Decode(&one) != nil {
				break
			}
			p.updates = append(p.updates, one)
		}
		break
	}
	if p.ts == "" {
		return polled{}, errors.New("the answer is too large, and its ts can't be found")
	}
	a.alarm(AlarmGap, fmt.Sprintf("an answer of VK is longer than %d bytes: %d updates of it were taken, the rest is lost: look through the community's unread messages", maxAnswer, len(p.updates)))
	rest := body
	if n := d.InputOffset(); n > 0 && n < int64(len(body)) {
		rest = body[n:]
	}
	a.keep("", rest)
	return p, nil
}

// secretless takes the address out of an error: it holds the key.
func secretless(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

func readPolled(body []byte) (polled, error) {
	var raw struct {
		Failed  int               `json:"failed"`
		TS      json.RawMessage   `json:"ts"`
		Updates []json.RawMessage `json:"updates"`
	}
	if err := json.Unmarshal(body, &raw); err != nil {
		return polled{}, fmt.Errorf("the answer of %d bytes has an unknown form", len(body))
	}
	p := polled{failed: raw.Failed, ts: readTS(raw.TS), updates: raw.Updates}
	if p.failed == 0 && p.ts == "" {
		return polled{}, errors.New("the answer has no ts")
	}
	return p, nil
}

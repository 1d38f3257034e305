package vk

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	group = 1001
	token = "vktoken"
)

// called is a call of the API that the fake has got.
type called struct {
	method string
	values url.Values
	at     time.Time
}

// fake is a small VK: enough of the API, the long poll and the file servers for the tests of this package.
type fake struct {
	mu      sync.Mutex
	bell    chan struct{}
	events  []string // bodies of updates as JSON
	key     int
	calls   []called
	sent    []called // messages.send that were new
	known   map[string]int
	fault   func(c called) any                                  // answers in place of a method: a failure, a *vkError, or nil for none
	trouble func(polls int) (answer string, ok bool)            // answers in place of a poll
	polls   []time.Time                                         //
	files   map[string]func(http.ResponseWriter, *http.Request) // what can be downloaded, by path
	uploads []string                                            // content that was uploaded
	upload  func(field, content string) string                  // the upload server's answer
	servers []map[string]any                                    // callback servers
}

type vkError struct{ code int }

// failure breaks the connection after the call was handled, or before.
type failure struct{ after bool }

func newFake() *fake {
	return &fake{bell: make(chan struct{}), known: map[string]int{}, key: 1, files: map[string]func(http.ResponseWriter, *http.Request){}}
}

// event lets something happen in the community; body is JSON without the envelope.
func (f *fake) event(kind, object string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := fmt.Sprintf("event%d", len(f.events)+1)
	f.add(fmt.Sprintf(`{"type":%q,"object":%s,"group_id":%d,"event_id":%q,"v":"5.131"}`, kind, object, group, id))
	return id
}

func (f *fake) raw(body string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.add(body)
}

func (f *fake) add(body string) {
	f.events = append(f.events, body)
	close(f.bell)
	f.bell = make(chan struct{})
}

// say is a private message of a citizen.
func (f *fake) say(peer, number int64, text string) string {
	return f.event("message_new", message(peer, number, text, ""))
}

func message(peer, number int64, text, more string) string {
	return fmt.Sprintf(`{"message":{"id":%d,"date":1,"out":0,"peer_id":%d,"from_id":%d,"conversation_message_id":%d,"text":%s,"attachments":[]%s},"client_info":{"button_actions":["text","callback"],"lang_id":0}}`,
		number, peer, peer, number, quote(text), more)
}

func quote(s string) string {
	data, _ := json.Marshal(s)
	return string(data)
}

// RoundTrip implements http.RoundTripper without a network, so that tests can run in a bubble of time.
func (f *fake) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	defer func() {
		if p := recover(); p != nil {
			resp, err = nil, errors.New("connection reset by peer")
		}
	}()
	rec := httptest.NewRecorder()
	f.ServeHTTP(rec, r)
	if r.Context().Err() != nil {
		return nil, r.Context().Err()
	}
	resp = rec.Result()
	resp.ContentLength = -1
	if n, err := strconv.ParseInt(rec.Header().Get("Content-Length"), 10, 64); err == nil {
		resp.ContentLength = n
	}
	resp.Request = r
	return resp, nil
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case strings.HasPrefix(path, "/method/"):
		f.method(w, r, strings.TrimPrefix(path, "/method/"))
	case path == "/lp":
		f.poll(w, r)
	case strings.HasPrefix(path, "/upload/"):
		f.takeUpload(w, r)
	default:
		f.mu.Lock()
		h := f.files[path]
		f.mu.Unlock()
		if h == nil {
			http.NotFound(w, r)
			return
		}
		h(w, r)
	}
}

func (f *fake) method(w http.ResponseWriter, r *http.Request, name string) {
	body, _ := io.ReadAll(r.Body)
	values, _ := url.ParseQuery(string(body))
	c := called{name, values, time.Now()}
	f.mu.Lock()
	f.calls = append(f.calls, c)
	fault := f.fault
	f.mu.Unlock()
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if r.Header.Get("Authorization") != "Bearer "+token {
		fault = func(called) any { return &vkError{5} }
	}
	if fault != nil {
		switch e := fault(c).(type) {
		case *vkError:
			fmt.Fprintf(w, `{"error":{"error_code":%d,"error_msg":"refused","request_params":[{"key":"message","value":%s}]}}`, e.code, quote(values.Get("message")))
			return
		case failure:
			if e.after {
				f.answer(httptest.NewRecorder(), c, "vk.test")
			}
			panic(http.ErrAbortHandler)
		case string:
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusBadGateway)
			io.WriteString(w, e)
			return
		}
	}
	f.answer(w, c, r.Host)
}

func (f *fake) answer(w http.ResponseWriter, c called, at string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out any = 1
	switch c.method {
	case "groups.getLongPollServer":
		out = map[string]any{"key": fmt.Sprint("k", f.key), "server": "http://" + at + "/lp", "ts": strconv.Itoa(len(f.events))}
	case "groups.getCallbackServers":
		out = map[string]any{"count": len(f.servers), "items": append([]map[string]any{}, f.servers...)}
	case "groups.getCallbackConfirmationCode":
		out = map[string]any{"code": "c0ffee"}
	case "messages.send":
		key := c.values.Get("peer_id") + ":" + c.values.Get("random_id")
		id, repeated := f.known[key]
		if !repeated {
			id = len(f.sent) + 1
			f.known[key] = id
			f.sent = append(f.sent, c)
		}
		out = id
	case "photos.getMessagesUploadServer", "docs.getMessagesUploadServer":
		out = map[string]any{"upload_url": "http://" + at + "/upload/" + c.method[:4]}
	case "photos.saveMessagesPhoto":
		out = []map[string]any{{"id": 7, "owner_id": -group, "access_key": "secret"}}
	case "docs.save":
		out = map[string]any{"type": "doc", "doc": map[string]any{"id": 8, "owner_id": -group, "access_key": "secret"}}
	case "wall.createComment":
		out = map[string]any{"comment_id": 5}
	}
	json.NewEncoder(w).Encode(map[string]any{"response": out})
}

func (f *fake) poll(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	wait, _ := strconv.Atoi(q.Get("wait"))
	timer := time.NewTimer(time.Duration(wait) * time.Second)
	defer timer.Stop()
	f.mu.Lock()
	f.polls = append(f.polls, time.Now())
	n, trouble := len(f.polls), f.trouble
	f.mu.Unlock()
	if trouble != nil {
		switch answer, ok := trouble(n); {
		case ok && answer == "reset":
			panic(http.ErrAbortHandler)
		case ok && answer == "502":
			w.WriteHeader(http.StatusBadGateway)
			io.WriteString(w, "<html>")
			return
		case ok:
			io.WriteString(w, answer)
			return
		}
	}
	for over := false; ; {
		f.mu.Lock()
		ts, err := strconv.Atoi(q.Get("ts"))
		answer := ""
		switch {
		case err != nil || ts > len(f.events):
			answer = fmt.Sprintf(`{"failed":1,"ts":%d}`, len(f.events))
		case q.Get("key") != fmt.Sprint("k", f.key):
			answer = `{"failed":2}`
		case ts < len(f.events) || over:
			to := min(ts+100, len(f.events))
			answer = fmt.Sprintf(`{"ts":"%d","updates":[%s]}`, to, strings.Join(f.events[ts:to], ","))
		}
		bell := f.bell
		f.mu.Unlock()
		if answer != "" {
			io.WriteString(w, answer)
			return
		}
		select {
		case <-bell:
		case <-timer.C:
			over = true
		case <-r.Context().Done():
			return
		}
	}
}

func (f *fake) takeUpload(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		http.Error(w, "broken form", http.StatusBadRequest)
		return
	}
	for field := range r.MultipartForm.File {
		file, _, _ := r.FormFile(field)
		content, _ := io.ReadAll(file)
		f.mu.Lock()
		f.uploads = append(f.uploads, string(content))
		upload := f.upload
		f.mu.Unlock()
		answer := map[string]string{"photo": `{"server":1,"photo":"[1]","hash":"h"}`, "file": `{"file":"doc1"}`}[field]
		if upload != nil {
			answer = upload(field, string(content))
		}
		if answer == "reset" {
			panic(http.ErrAbortHandler)
		}
		io.WriteString(w, answer)
	}
}

// made lists the calls of a method; "" means all.
func (f *fake) made(method string) []called {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []called
	for _, c := range f.calls {
		if method == "" || c.method == method {
			out = append(out, c)
		}
	}
	return out
}

func (f *fake) messages() []called {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.sent)
}

func (f *fake) polled() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.polls)
}

func (f *fake) listed() []map[string]any {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.servers)
}

func (f *fake) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"time"
)

const token = "123456:TEST-secret_part"

// fake is a small Telegram: the queue of updates with its confirmation, sending, files, webhooks, and whatever goes
// wrong.
type fake struct {
	mu      sync.Mutex
	bell    chan struct{} // closed and replaced when the queue changes
	nextID  int64
	queue   []queued
	sent    []sent
	calls   []called
	files   map[string][]byte // by path
	paths   map[string]string // of getFile, by identifier
	hook    map[string]string // parameters of setWebhook
	trouble func(method string, form map[string]string) *trouble
}

type queued struct {
	id   int64
	body string
}

type sent struct {
	method, chat, text, mode, markup, reply string
	file, name, fileID                      string
	at                                      time.Time
}

type called struct {
	method string
	form   map[string]string
	at     time.Time
}

// trouble is what happens to a call instead of its answer.
type trouble struct {
	status int
	body   string
	before bool // the connection breaks before anything is written
	after  bool // the call is carried out and its answer lost
	hang   bool // no answer comes
}

func refuse(code int, description, parameters string) *trouble {
	if parameters == "" {
		parameters = "{}"
	}
	return &trouble{status: code, body: fmt.Sprintf(`{"ok":false,"error_code":%d,"description":%q,"parameters":%s}`, code, description, parameters)}
}

func newFake() *fake {
	return &fake{bell: make(chan struct{}), nextID: 100, files: map[string][]byte{}, paths: map[string]string{}}
}

// push queues an update whose body has the placeholder ID.
func (f *fake) push(body string) int64 {
	return f.make(func(id int64) string { return strings.ReplaceAll(body, "ID", fmt.Sprint(id)) })
}

// make queues an update that is made for its identifier.
func (f *fake) make(body func(id int64) string) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.nextID++
	f.queue = append(f.queue, queued{f.nextID, body(f.nextID)})
	f.ring()
	return f.nextID
}

func (f *fake) ring() {
	close(f.bell)
	f.bell = make(chan struct{})
}

// confirmed waits until an update is not asked for any more.
func (f *fake) confirmed(ctx context.Context, id int64) error {
	for {
		f.mu.Lock()
		bell, open := f.bell, slices.ContainsFunc(f.queue, func(q queued) bool { return q.id <= id })
		f.mu.Unlock()
		if !open {
			return nil
		}
		select {
		case <-bell:
		case <-ctx.Done():
			return fmt.Errorf("update %d is not confirmed: %w", id, ctx.Err())
		}
	}
}

// say queues a message of a citizen in their private chat.
func (f *fake) say(chat int, text string) int64 {
	return f.push(fmt.Sprintf(`{"update_id":ID,"message":{"message_id":ID,"date":1,"from":{"id":%d,"is_bot":false,"first_name":"Пётр","language_code":"ru"},"chat":{"id":%d,"type":"private"},"text":%q}}`, chat, chat, text))
}

func (f *fake) waiting() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.queue)
}

func (f *fake) out() []sent {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]sent(nil), f.sent...)
}

// count returns how often a method was called; "" stands for all.
func (f *fake) count(method string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.calls {
		if method == "" || c.method == method {
			n++
		}
	}
	return n
}

func (f *fake) setTrouble(t func(method string, form map[string]string) *trouble) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.trouble = t
}

func (f *fake) call(ctx context.Context, method string, form map[string]string, uploads map[string][2]string) (int, string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch method {
	case "getUpdates":
		return f.updates(ctx, form)
	case "getMe":
		return 200, `{"id":123456,"is_bot":true,"first_name":"Справка","username":"Spravka_Bot"}`
	case "setWebhook":
		f.hook = form
		return 200, "true"
	case "deleteWebhook":
		f.hook = nil
		return 200, "true"
	case "getWebhookInfo":
		return 200, fmt.Sprintf(`{"url":%q,"pending_update_count":0}`, f.hook["url"])
	case "getFile":
		path, ok := f.paths[form["file_id"]]
		if !ok {
			return 400, "Bad Request: wrong file_id"
		}
		return 200, fmt.Sprintf(`{"file_id":"x","file_unique_id":"x","file_path":%q}`, path)
	case "sendMessage", "sendPhoto", "sendDocument":
		s := sent{method: method, chat: form["chat_id"], text: form["text"] + form["caption"], mode: form["parse_mode"], markup: form["reply_markup"], reply: form["reply_parameters"], at: time.Now()}
		kind := strings.ToLower(strings.TrimPrefix(method, "send"))
		s.fileID = form[kind]
		if up, ok := uploads[kind]; ok {
			s.name, s.file = up[0], up[1]
		}
		f.sent = append(f.sent, s)
		id := fmt.Sprintf("tgfile%d", len(f.sent))
		extra := map[string]string{"sendPhoto": `,"photo":[{"file_id":"` + id + `"}]`, "sendDocument": `,"document":{"file_id":"` + id + `"}`}[method]
		return 200, fmt.Sprintf(`{"message_id":%d,"date":1,"chat":{"id":1,"type":"private"}%s}`, len(f.sent), extra)
	}
	return 200, "true"
}

func (f *fake) updates(ctx context.Context, form map[string]string) (int, string) {
	if f.hook != nil {
		return 409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
	}
	var offset int64
	var seconds int
	fmt.Sscan(form["offset"], &offset)
	fmt.Sscan(form["timeout"], &seconds)
	rest := f.queue[:0:0]
	for _, q := range f.queue {
		if q.id >= offset {
			rest = append(rest, q)
		}
	}
	if len(rest) < len(f.queue) {
		f.queue = rest
		f.ring()
	}
	end := time.NewTimer(time.Duration(seconds) * time.Second)
	defer end.Stop()
	for len(f.queue) == 0 && seconds > 0 {
		bell := f.bell
		f.mu.Unlock()
		done := false
		select {
		case <-bell:
		case <-end.C:
			done = true
		case <-ctx.Done():
			done = true
		}
		f.mu.Lock()
		if done {
			break
		}
	}
	var out []string
	for _, q := range f.queue[:min(len(f.queue), 100)] {
		out = append(out, q.body)
	}
	return 200, "[" + strings.Join(out, ",") + "]"
}

// ServeHTTP serves the Bot API.
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if path, ok := strings.CutPrefix(r.URL.Path, "/file/bot"+token+"/"); ok {
		f.mu.Lock()
		content, ok := f.files[path]
		f.calls = append(f.calls, called{"file", map[string]string{"path": path}, time.Now()})
		var t *trouble
		if f.trouble != nil {
			t = f.trouble("file", nil)
		}
		f.mu.Unlock()
		if t != nil {
			w.WriteHeader(t.status)
			return
		}
		if !ok {
			w.WriteHeader(404)
			return
		}
		w.Write(content)
		return
	}
	method, ok := strings.CutPrefix(r.URL.Path, "/bot"+token+"/")
	if !ok {
		w.WriteHeader(401)
		io.WriteString(w, `{"ok":false,"error_code":401,"description":"Unauthorized"}`)
		return
	}
	form, uploads := readForm(r)
	f.mu.Lock()
	f.calls = append(f.calls, called{method, form, time.Now()})
	var t *trouble
	if f.trouble != nil {
		t = f.trouble(method, form)
	}
	f.mu.Unlock()
	switch {
	case t == nil:
	case t.hang:
		<-r.Context().Done()
		return
	case t.after:
		f.call(r.Context(), method, form, uploads)
		panic(http.ErrAbortHandler)
	default:
		w.WriteHeader(t.status)
		io.WriteString(w, t.body)
		return
	}
	status, result := f.call(r.Context(), method, form, uploads)
	w.WriteHeader(status)
	if status == 200 {
		io.WriteString(w, `{"ok":true,"result":`+result+`}`)
	} else {
		fmt.Fprintf(w, `{"ok":false,"error_code":%d,"description":%q}`, status, result)
	}
}

func readForm(r *http.Request) (form map[string]string, uploads map[string][2]string) {
	form, uploads = map[string]string{}, map[string][2]string{}
	if strings.Contains(r.Header.Get("Content-Type"), "json") {
		var in map[string]json.RawMessage
		json.NewDecoder(r.Body).Decode(&in)
		for k, v := range in {
			form[k] = strings.Trim(string(v), `"`)
		}
		return form, uploads
	}
	if r.ParseMultipartForm(64<<20) == nil {
		for k, v := range r.MultipartForm.Value {
			form[k] = v[0]
		}
		for k, v := range r.MultipartForm.File {
			file, _ := v[0].Open()
			data, _ := io.ReadAll(file)
			uploads[k] = [2]string{v[0].Filename, string(data)}
		}
	}
	return form, uploads
}

// RoundTrip carries a request to the fake without a network, so that time can be played with (testing/synctest).
func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body.Close()
	}
	probe := r.Clone(r.Context())
	probe.Body = io.NopCloser(bytes.NewReader(body))
	probe.RequestURI = ""
	method := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	f.mu.Lock()
	breaks := false
	if f.trouble != nil {
		t := f.trouble(method, map[string]string{"peek": "1"})
		breaks = t != nil && t.before
	}
	f.mu.Unlock()
	if breaks {
		return nil, errors.New("connection refused")
	}
	if t := httptrace.ContextClientTrace(r.Context()); t != nil && t.WroteRequest != nil {
		t.WroteRequest(httptrace.WroteRequestInfo{})
	}
	rec := httptest.NewRecorder()
	lost := make(chan bool, 1)
	go func() {
		defer func() { lost <- recover() != nil }()
		f.ServeHTTP(rec, probe)
	}()
	select {
	case gone := <-lost:
		if gone {
			return nil, errors.New("connection reset by peer")
		}
		if err := r.Context().Err(); err != nil {
			return nil, err
		}
		return rec.Result(), nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

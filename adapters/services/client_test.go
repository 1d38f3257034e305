package services

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spravka/engine"
	"spravka/engine/host"
)

func TestCallIsWhatTheContractSays(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "POST" || r.URL.Path != "/registers/v1/application.find" || r.URL.RawQuery != "" {
			t.Errorf("asked with %s %s", r.Method, r.URL)
		}
		for name, want := range map[string]string{"Authorization": "Bearer secret-token", "Content-Type": "application/json",
			"Accept": "application/json", "Idempotency-Key": "test/42/call-7"} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		body, _ := io.ReadAll(r.Body)
		var got map[string]string
		if err := json.Unmarshal(body, &got); err != nil {
			t.Error(err)
		}
		want := map[string]string{"number": "1000000011", "name": "Иванова Мария Петровна", "born": "1958-03-12", "contact": ""}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("body (- want, + got):\n%s", diff)
		}
		reply(w, `{"outcome":"found","data":{"service":"справка о доходах","status":"в обработке","expected":"2026-12-01"}}`)
	})
	call := find()
	delete(call.With, "contact") // what is not known is sent as an empty text
	got, err := client(t, options(t, s.URL+"/registers/")).Call(t.Context(), call)
	if err != nil {
		t.Fatal(err)
	}
	want := engine.Answered{Call: "call-7", Outcome: "found", Data: map[string]string{
		"service": "справка о доходах", "status": "в обработке", "expected": "2026-12-01"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answer (- want, + got):\n%s", diff)
	}
}

func TestEveryOutcomeComesThrough(t *testing.T) {
	for name, op := range operations(t) {
		for _, outcome := range op.Outcomes {
			s := server(t, func(w http.ResponseWriter, r *http.Request) {
				reply(w, `{"outcome":"`+outcome+`","data":{}}`)
			})
			call := find()
			call.Operation, call.With = name, nil
			got, err := client(t, options(t, s.URL)).Call(t.Context(), call)
			if host.Own(name) {
				wantKind(t, err, BadCall) // the desk's, never asked for over HTTP
				continue
			}
			if err != nil || got.Outcome != outcome {
				t.Errorf("%s %s: got %v, %v", name, outcome, got, err)
			}
		}
	}
}

func TestCallThatDoesNotFitIsNotSent(t *testing.T) {
	s := server(t, func(http.ResponseWriter, *http.Request) { t.Error("it was sent") })
	c := client(t, options(t, s.URL))
	for name, change := range map[string]func(op, id *string, with map[string]string){
		"unknown operation":  func(op, _ *string, _ map[string]string) { *op = "application.delete" },
		"desk's operation":   func(op, _ *string, _ map[string]string) { *op = "ticket.find" },
		"path in the name":   func(op, _ *string, _ map[string]string) { *op = "../admin" },
		"no ID":              func(_, id *string, _ map[string]string) { *id = "" },
		"line break in ID":   func(_, id *string, _ map[string]string) { *id = "a\r\nX-Evil: 1" },
		"long ID":            func(_, id *string, _ map[string]string) { *id = strings.Repeat("a", 300) },
		"unknown parameter":  func(_, _ *string, with map[string]string) { with["password"] = "x" },
		"long parameter":     func(_, _ *string, with map[string]string) { with["name"] = strings.Repeat("я", 4001) },
		"parameter not text": func(_, _ *string, with map[string]string) { with["name"] = "\xff" },
	} {
		call := find()
		change(&call.Operation, &call.ID, call.With)
		_, err := c.Call(t.Context(), call)
		if e := failure(t, err); e.Kind != BadCall || e.Tries != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"no address":           func(o *Options) { o.URL = "" },
		"no host":              func(o *Options) { o.URL = "https:///v1" },
		"no scheme":            func(o *Options) { o.URL = "registers.example.test" },
		"other scheme":         func(o *Options) { o.URL = "ftp://registers.example.test" },
		"plain HTTP":           func(o *Options) { o.URL = "http://registers.example.test" },
		"password in address":  func(o *Options) { o.URL = "https://a:b@registers.example.test" },
		"query in address":     func(o *Options) { o.URL = "https://registers.example.test?token=1" },
		"no token":             func(o *Options) { o.Token = "" },
		"token breaks header":  func(o *Options) { o.Token = "a\nb" },
		"no instance":          func(o *Options) { o.Instance = "" },
		"instance breaks key":  func(o *Options) { o.Instance = "a/b" },
		"no operations":        func(o *Options) { o.Operations = nil },
		"operation leaves /v1": func(o *Options) { o.Operations = map[string]Operation{"../admin": {}} },
		"negative time":        func(o *Options) { o.Timeout = -1 },
	} {
		o := options(t, "https://registers.example.test")
		change(&o)
		if _, err := New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for _, url := range []string{"http://localhost:8080", "http://127.0.0.1", "http://[::1]:80/x", "https://registers.example.test:8443/a/b/"} {
		if _, err := New(options(t, url)); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
	o := options(t, "http://registers.example.test")
	o.PlainHTTP = true
	if _, err := New(o); err != nil {
		t.Errorf("plain HTTP, allowed expressly: %v", err)
	}
}

func TestGivenUpBeforeItBegan(t *testing.T) {
	s := server(t, func(http.ResponseWriter, *http.Request) { t.Error("it was sent") })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := client(t, options(t, s.URL)).Call(ctx, find())
	wantKind(t, err, Cancelled)
}

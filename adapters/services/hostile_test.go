package services

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// personal are the words of the call that must never show up in an error or a log.
var personal = []string{"Иванова", "Мария", "1958", "1000000011", "9000000001", "secret-token"}

func wantNothingPersonal(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		for _, word := range personal {
			if strings.Contains(text, word) {
				t.Errorf("%q holds %q", text, word)
			}
		}
	}
}

func TestNonsenseIsNoAnswer(t *testing.T) {
	long := strings.Repeat("я", maxText+1)
	for name, body := range map[string]string{
		"empty":                   ``,
		"HTML":                    `<html>Иванова</html>`,
		"a text":                  `"found"`,
		"null":                    `null`,
		"a list":                  `[{"outcome":"not_found"}]`,
		"no outcome":              `{}`,
		"no outcome, data":        `{"data":{}}`,
		"outcome null":            `{"outcome":null}`,
		"outcome a number":        `{"outcome":1}`,
		"outcome of another":      `{"outcome":"sent"}`,
		"outcome in capitals":     `{"outcome":"NOT_FOUND"}`,
		"outcome with a blank":    `{"outcome":"not_found "}`,
		"outcome is personal":     `{"outcome":"Иванова Мария"}`,
		"unavailable is ours":     `{"outcome":"unavailable"}`,
		"key in capitals":         `{"Outcome":"not_found"}`,
		"key twice":               `{"outcome":"not_found","outcome":"found"}`,
		"data twice":              `{"outcome":"found","data":{},"data":{"status":"одобрено"}}`,
		"unknown key":             `{"outcome":"not_found","Иванова":"1"}`,
		"data null":               `{"outcome":"not_found","data":null}`,
		"data a list":             `{"outcome":"not_found","data":[]}`,
		"data a text":             `{"outcome":"not_found","data":"x"}`,
		"unknown key of data":     `{"outcome":"found","data":{"Иванова":"x"}}`,
		"key of data twice":       `{"outcome":"found","data":{"status":"a","status":"b"}}`,
		"number in data":          `{"outcome":"found","data":{"status":1}}`,
		"null in data":            `{"outcome":"found","data":{"status":null}}`,
		"object in data":          `{"outcome":"found","data":{"status":{}}}`,
		"list in data":            `{"outcome":"found","data":{"missing":["a"]}}`,
		"deep":                    `{"outcome":"found","data":{"status":` + strings.Repeat("[", 50000) + strings.Repeat("]", 50000) + `}}`,
		"control characters":      `{"outcome":"found","data":{"status":"a\u0000b"}}`,
		"escape sequence":         `{"outcome":"found","data":{"status":"\u001b[31m"}}`,
		"broken UTF-8":            "{\"outcome\":\"found\",\"data\":{\"status\":\"\xff\xfe\"}}",
		"text too long":           `{"outcome":"found","data":{"status":"` + long + `"}}`,
		"cut off":                 `{"outcome":"found","data":{"status":"од`,
		"cut off after the data":  `{"outcome":"found","data":{}`,
		"something follows":       `{"outcome":"not_found"} {"outcome":"found"}`,
		"something broken after":  `{"outcome":"not_found"}}`,
		"two commas":              `{"outcome":"not_found",,}`,
		"byte order mark":         "\ufeff" + `{"outcome":"not_found"}`,
		"more than 256 KiB":       `{"outcome":"not_found"}` + strings.Repeat(" ", maxAnswer),
		"comments, not of JSON":   `{"outcome":"not_found"/* Иванова */}`,
		"key that is not a text":  `{1:"not_found"}`,
		"many unknown keys":       `{` + strings.Repeat(`"a":"b",`, 20000) + `"outcome":"not_found"}`,
		"single quotes":           `{'outcome':'not_found'}`,
		"personal text, cut off":  `{"outcome":"found","data":{"status":"Иванова Мария","`,
		"text for an object, esc": `"\u007b"`,
	} {
		var tries atomic.Int32
		var log bytes.Buffer
		s := server(t, func(w http.ResponseWriter, _ *http.Request) { tries.Add(1); reply(w, body) })
		o := options(t, s.URL)
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		_, err := client(t, o).Call(t.Context(), find())
		if e := failure(t, err); e.Kind != Nonsense || tries.Load() != 1 {
			t.Errorf("%s: %v, %d tries", name, err, tries.Load())
		}
		wantNothingPersonal(t, err.Error(), fmt.Sprintf("%+v", err), log.String())
		if log.Len() == 0 {
			t.Errorf("%s: nothing is logged", name)
		}
	}
}

func TestWhatTheContractAllowsIsAnAnswer(t *testing.T) {
	for name, body := range map[string]string{
		"no data":       `{"outcome":"found"}`,
		"empty data":    `{"data":{},"outcome":"found"}`,
		"blanks":        " \n{ \"outcome\" : \"found\" , \"data\" : { \"status\" : \"\" } }\r\n",
		"escapes":       `{"outcome":"\u0066ound","data":{"status":"\u043e\n\t\"\\"}}`,
		"just long":     `{"outcome":"found","data":{"status":"` + strings.Repeat("я", maxText) + `"}}`,
		"just 256 KiB":  `{"outcome":"found"}` + strings.Repeat(" ", maxAnswer-len(`{"outcome":"found"}`)),
		"pair of UTF16": `{"outcome":"found","data":{"status":"\ud83d\ude00"}}`,
	} {
		s := server(t, func(w http.ResponseWriter, _ *http.Request) { reply(w, body) })
		if got, err := client(t, options(t, s.URL)).Call(t.Context(), find()); err != nil || got.Outcome != "found" {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestContentTypeMustBeJSON(t *testing.T) {
	for header, ok := range map[string]bool{"application/json": true, "Application/JSON; charset=UTF-8": true, "text/html": false,
		"application/json; charset=windows-1251": false, "application/problem+json": false, "": false, ";": false} {
		s := server(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{header}
			io.WriteString(w, notFound)
		})
		_, err := client(t, options(t, s.URL)).Call(t.Context(), find())
		if (err == nil) != ok {
			t.Errorf("%q: %v", header, err)
		}
	}
}

func TestEndlessAnswerIsCutOff(t *testing.T) {
	var sent atomic.Int64
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		chunk := bytes.Repeat([]byte(" "), 32<<10)
		for r.Context().Err() == nil {
			n, err := w.Write(chunk)
			sent.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	_, err := client(t, options(t, s.URL)).Call(t.Context(), find())
	wantKind(t, err, Nonsense)
	s.CloseClientConnections()
	if sent.Load() > 64<<20 {
		t.Errorf("the server could send %d bytes", sent.Load())
	}
}

func TestCompressedAnswerIsNotUnpacked(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	io.WriteString(z, notFound)
	z.Write(bytes.Repeat([]byte(" "), 8<<20))
	z.Close()
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "" {
			t.Error("it asks for a compressed answer")
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(bomb.Bytes())
	})
	_, err := client(t, options(t, s.URL)).Call(t.Context(), find())
	wantKind(t, err, Nonsense)
}

func TestDrippingAnswerIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, tr := bubbleServer(t, func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Type", "application/json")
			for r.Context().Err() == nil { // a blank a second, for ever
				io.WriteString(w, " ")
				w.(http.Flusher).Flush()
				select {
				case <-time.After(time.Second):
				case <-r.Context().Done():
				}
			}
		})
		o := options(t, s.URL)
		o.Transport, o.Tries = tr, 1
		start := time.Now()
		_, err := client(t, o).Call(t.Context(), find())
		wantKind(t, err, TimedOut)
		wantElapsed(t, start, 5*time.Second)
	})
}

func TestRedirectsStayOnTheServer(t *testing.T) {
	other := server(t, func(http.ResponseWriter, *http.Request) { t.Error("the call went to another server") })
	port := other.URL[strings.LastIndex(other.URL, ":"):]
	for name, c := range map[string]struct {
		status   int
		location string
	}{
		"other port":            {307, other.URL + "/v1/application.find"},
		"other name":            {308, "http://localhost" + port},
		"other scheme":          {307, "https://127.0.0.1" + port},
		"same port, https":      {307, "https://SELF/v1/application.find"},
		"no scheme":             {307, "//evil.example.test/"},
		"GET on the same":       {303, "/v1/works.current"},
		"GET by 302":            {302, "/v1/works.current"},
		"with a password":       {307, "http://a:b@SELF/"},
		"to itself for ever":    {307, "/v1/application.find"},
		"personal data inside":  {307, "http://evil.example.test/Иванова"},
		"location cannot be it": {307, "http://[::1/Иванова"},
		"file":                  {307, "file:///etc/passwd"},
	} {
		var tries atomic.Int32
		s := server(t, nil)
		s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			tries.Add(1)
			if r.Method != "POST" {
				t.Errorf("%s: followed with %s", name, r.Method)
			}
			w.Header()["Location"] = []string{strings.ReplaceAll(c.location, "SELF", r.Host)}
			w.WriteHeader(c.status)
		})
		o := options(t, s.URL)
		o.Tries = 1
		_, err := client(t, o).Call(t.Context(), find())
		e := failure(t, err)
		if e.Kind != Redirected && name != "location cannot be it" {
			t.Errorf("%s: %v", name, err)
		}
		if tries.Load() > maxRedirects+1 {
			t.Errorf("%s: followed %d times", name, tries.Load()-1)
		}
		wantNothingPersonal(t, err.Error(), fmt.Sprintf("%+v", err))
	}
}

func TestRedirectOnTheSameServerIsFollowed(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path != "/new" {
			w.Header().Set("Location", "/new")
			w.WriteHeader(308)
			return
		}
		if !bytes.Contains(body, []byte("Иванова")) || r.Header.Get("Idempotency-Key") == "" || r.Header.Get("Authorization") == "" {
			t.Errorf("the call was changed: %s %v", body, r.Header)
		}
		reply(w, notFound)
	})
	if _, err := client(t, options(t, s.URL)).Call(t.Context(), find()); err != nil {
		t.Error(err)
	}
}

func TestBrokenConnectionsAreRepeated(t *testing.T) {
	for name, answer := range map[string]string{
		"closed at once":      "",
		"not HTTP":            "220 Иванова Мария\r\n\r\n",
		"bad status":          "HTTP/1.1 Иванова 1\r\n\r\n",
		"cut off":             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"outcome\":\"found\",",
		"bad chunks":          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nИванова\r\n",
		"headers without end": "HTTP/1.1 200 OK\r\nX-A: " + strings.Repeat("Иванова", 100000),
		"two lengths":         "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n1",
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var tries atomic.Int32
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				tries.Add(1)
				buf := make([]byte, 64<<10)
				conn.Read(buf)
				io.WriteString(conn, answer)
				conn.Close()
			}
		}()
		o := options(t, "http://"+l.Addr().String())
		o.Backoff = time.Nanosecond
		_, err = client(t, o).Call(t.Context(), find())
		e := failure(t, err)
		if e.Kind != Unreachable || tries.Load() != 4 {
			t.Errorf("%s: %v, %d tries", name, err, tries.Load())
		}
		wantNothingPersonal(t, err.Error(), fmt.Sprintf("%+v", err))
		l.Close()
	}
}

func TestUnreachableSaysWhy(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	o := options(t, "http://"+l.Addr().String())
	o.Backoff = time.Nanosecond
	_, err = client(t, o).Call(t.Context(), find())
	wantKind(t, err, Unreachable)
	if !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("the error does not say why: %v", err)
	}

	secure := httptestTLS(t)
	o = options(t, secure)
	_, err = client(t, o).Call(t.Context(), find())
	if e := wantKind(t, err, Unreachable); e.Tries != 1 || !strings.Contains(e.Detail, "certificate") {
		t.Errorf("untrusted certificate: %+v", e)
	}
	if errors.Unwrap(err) != nil {
		t.Errorf("the error leads to %v, which may quote the server", errors.Unwrap(err))
	}
}

func FuzzDecode(f *testing.F) {
	op := Operation{Outcomes: []string{"found", "none"}, Data: []string{"status", "missing"}}
	for _, s := range []string{`{"outcome":"found","data":{"status":"a"}}`, `{"outcome":"none"}`, `{"data":{}}`, `[`, `{"outcome":"found","outcome":`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		outcome, data, err := decode(body, op)
		if err != nil {
			if outcome != "" || data != nil {
				t.Errorf("an error and an answer: %q %v %v", outcome, data, err)
			}
			return
		}
		if outcome != "found" && outcome != "none" {
			t.Errorf("outcome %q", outcome)
		}
		for k := range data {
			if k != "status" && k != "missing" {
				t.Errorf("key %q", k)
			}
		}
	})
}

package telegram

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"
)

// maxAnswer bounds an answer of Telegram: a hundred updates are far below it.
const maxAnswer = 32 << 20

// client carries every request of the channel.
type client struct {
	http   http.Client
	secret string
}

func newClient(c Config) *client {
	t := c.Transport
	if t == nil {
		own := http.DefaultTransport.(*http.Transport).Clone() // it knows the environment's proxy
		own.MaxIdleConnsPerHost = 64
		own.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
		own.IdleConnTimeout = 60 * time.Second
		t = own
	}
	follow := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // the address holds the token
	return &client{http: http.Client{Transport: t, CheckRedirect: follow}, secret: c.secret()}
}

// Do implements the library's HttpClient.
func (c *client) Do(req *http.Request) (*http.Response, error) {
	seen, _ := req.Context().Value(traceKey{}).(*trace)
	if seen != nil {
		req = req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{WroteRequest: func(i httptrace.WroteRequestInfo) {
			if i.Err == nil {
				seen.written.Store(true)
			}
		}}))
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.hidden("asking Telegram", err)
	}
	if seen != nil {
		seen.status.Store(int64(resp.StatusCode))
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	return resp, nil
}

// hidden makes an error of one whose text may hold the token. The cause is kept only where it is a plain sentinel.
func (c *client) hidden(doing string, err error) error {
	text := err.Error()
	text = strings.ReplaceAll(text, c.secret, "***")
	out := networkError{text: doing + ": " + cut(text, 300)}
	for _, cause := range []error{context.DeadlineExceeded, context.Canceled} {
		if errors.Is(err, cause) {
			out.cause = cause
		}
	}
	return out
}

type networkError struct {
	text  string
	cause error
}

func (e networkError) Error() string { return e.text }
func (e networkError) Unwrap() error { return e.cause }

// trace sees how far a request has come.
type trace struct {
	written atomic.Bool  // whole: Telegram may act on it
	status  atomic.Int64 // of the answer; 0 if there was none
}

type traceKey struct{}

func (t *trace) follow(ctx context.Context) context.Context {
	return context.WithValue(ctx, traceKey{}, t)
}

// cut shortens a text to at most n bytes of valid UTF-8.
func cut(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "")
}

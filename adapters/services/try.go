package services

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"spravka/engine"
	"spravka/engine/host"
)

// question is a call made ready: every try sends the same bytes under the same key.
type question struct {
	op   *operation
	id   string
	key  string
	body []byte
}

// question checks the call against the contract before anything is sent.
func (c *Client) question(op *operation, call host.ServiceCall) (*question, *Error) {
	bad := func(format string, args ...any) (*question, *Error) {
		return nil, &Error{Operation: op.name, Kind: BadCall, Detail: fmt.Sprintf(format, args...)}
	}
	// A call's ID is unique within its conversation only.
	key := c.instance + "/" + strconv.FormatInt(call.Conversation, 10) + "/" + call.ID
	if call.ID == "" || len(key) > maxKey || !printable(call.ID) {
		return bad("its ID must be 1 to %d printable ASCII characters", maxKey-len(key)+len(call.ID))
	}
	with := make(map[string]string, len(op.Params))
	for _, p := range op.Params {
		v := call.With[p]
		if utf8.RuneCountInString(v) > maxText || !utf8.ValidString(v) {
			return bad("the parameter %s is not a text of at most %d characters", p, maxText)
		}
		with[p] = v
	}
	for p := range call.With {
		if !slices.Contains(op.Params, p) {
			return bad("it has a parameter that the operation does not name")
		}
	}
	body, err := json.Marshal(with)
	if err != nil {
		return bad("its parameters cannot be written as JSON")
	}
	return &question{op: op, id: call.ID, key: key, body: body}, nil
}

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < '!' || r > '~' })
}

// try asks once.
func (c *Client) try(parent context.Context, q *question) (engine.Answered, *Error) {
	ctx, cancel := context.WithTimeout(parent, c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/v1/"+q.op.name, bytes.NewReader(q.body))
	if err != nil {
		return engine.Answered{}, &Error{Operation: q.op.name, Kind: BadCall, Detail: "the address cannot be used"}
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Idempotency-Key", q.key)
	req.Header.Set("User-Agent", "spravka")
	resp, err := c.http.Do(req)
	if err != nil {
		return engine.Answered{}, broken(parent, q.op.name, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return engine.Answered{}, c.refusal(q.op.name, resp)
	}
	nonsense := func(detail string) (engine.Answered, *Error) {
		return engine.Answered{}, &Error{Operation: q.op.name, Kind: Nonsense, Status: resp.StatusCode, Detail: detail}
	}
	if !isJSON(resp.Header.Get("Content-Type")) {
		return nonsense("it is not application/json in UTF-8")
	}
	if resp.ContentLength > maxAnswer {
		return nonsense(tooLong)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return engine.Answered{}, broken(parent, q.op.name, err)
	}
	if len(body) > maxAnswer {
		return nonsense(tooLong)
	}
	outcome, data, err := decode(body, q.op.Operation)
	if err != nil {
		return nonsense(err.Error())
	}
	return engine.Answered{Call: q.id, Outcome: outcome, Data: data}, nil
}

var tooLong = fmt.Sprintf("it is longer than %d KiB", maxAnswer>>10)

// isJSON reports whether the content type is JSON in UTF-8.
func isJSON(contentType string) bool {
	kind, params, err := mime.ParseMediaType(contentType)
	charset := params["charset"]
	return err == nil && kind == "application/json" && (charset == "" || strings.EqualFold(charset, "utf-8"))
}

// refusal reads an answer whose status is not 200.
func (c *Client) refusal(name string, resp *http.Response) *Error {
	e := &Error{Operation: name, Status: resp.StatusCode, RetryAfter: retryAfter(resp.Header, c.now())}
	switch s := resp.StatusCode; {
	case s == http.StatusRequestTimeout:
		e.Kind, e.again = TimedOut, true
	case s == http.StatusTooEarly, s == http.StatusTooManyRequests:
		e.Kind, e.again = Overloaded, true
	case s >= 500:
		e.Kind, e.again = Failing, true
	case s >= 400:
		e.Kind = Refused
	case s >= 300:
		e.Kind = Redirected
	default:
		e.Kind, e.Detail = Nonsense, "its status is not 200"
	}
	if !e.again {
		e.RetryAfter = 0
	}
	if s := resp.StatusCode; s >= 400 {
		e.Code = errorCode(resp.Body)
	}
	return e
}

// errorCode returns the code of an error's body if the contract names it.
func errorCode(r io.Reader) string {
	var answer struct {
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	body, err := io.ReadAll(io.LimitReader(r, maxErrorBody))
	if err != nil || json.Unmarshal(body, &answer) != nil || !slices.Contains(codes, answer.Error.Code) {
		return ""
	}
	return answer.Error.Code
}

// broken tells what has ended a try. The texts of the errors below are left out where a server could have had a hand in
// them: it may echo what it was asked.
func broken(parent context.Context, name string, err error) *Error {
	e := &Error{Operation: name, Kind: Unreachable, again: true}
	var (
		netErr  net.Error
		opErr   *net.OpError
		dnsErr  *net.DNSError
		certErr *tls.CertificateVerificationError
	)
	switch {
	case errors.Is(parent.Err(), context.Canceled):
		e.Kind, e.again, e.cause = Cancelled, false, context.Canceled
	case errors.Is(err, errRedirect):
		e.Kind, e.again, e.Detail = Redirected, false, errRedirect.Error()
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &netErr) && netErr.Timeout():
		e.Kind, e.cause = TimedOut, context.DeadlineExceeded
	case errors.As(err, &dnsErr):
		e.Detail = "the server's name is not known"
	case errors.As(err, &certErr):
		e.again, e.Detail = false, "the server's certificate is not trusted"
	case errors.As(err, &opErr) && opErr.Op == "dial":
		e.Detail = opErr.Err.Error()
	default:
		e.Detail = "the connection broke"
	}
	return e
}

var errRedirect = errors.New("calls go to the configured server only")

// sameServer lets a redirect through only if the very same call goes to the very same server.
func sameServer(req *http.Request, via []*http.Request) error {
	first := via[0]
	if len(via) > maxRedirects || req.Method != http.MethodPost ||
		req.URL.Scheme != first.URL.Scheme || req.URL.Host != first.URL.Host || req.URL.User != nil {
		return errRedirect
	}
	return nil
}

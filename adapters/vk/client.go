package vk

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"github.com/SevereCloud/vksdk/v2/api"
)

const (
	callTimeout = 35 * time.Second
	maxAnswer   = 32 << 20 // bytes of an answer of VK: a hundred events of the greatest size
)

// connect makes the library's client and our own.
func (a *Adapter) connect() {
	transport := a.config.Transport
	if transport == nil {
		transport = newTransport(a.config.AllowLocal)
	}
	bounded := plainTransport{transport}
	a.http = &http.Client{Transport: bounded, CheckRedirect: a.redirect} // each request has a timeout of its own
	a.vk = api.NewVK(a.config.Token)
	a.vk.MethodURL = a.config.MethodURL
	a.vk.Client = &http.Client{Transport: bounded, Timeout: callTimeout, CheckRedirect: a.redirect}
	a.vk.Limit = 0 // the library sleeps under a lock and without a context: a.limit does better
}

func newTransport(local bool) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	if !local {
		dialer.Control = refuseLocal
	}
	return &http.Transport{
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    32,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  110 * time.Second, // the longest poll, and some more
		MaxResponseHeaderBytes: 1 << 16,
	}
}

// refuseLocal keeps addresses that come with an update from reaching into the network that we run in.
func refuseLocal(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	ip := at.Addr().Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || cgnat.Contains(ip) {
		return errors.New("the address is local")
	}
	return nil
}

var cgnat = netip.MustParsePrefix("100.64.0.0/10")

func (a *Adapter) redirect(r *http.Request, via []*http.Request) error {
	if len(via) >= 5 {
		return errors.New("too many redirections")
	}
	if r.URL.Scheme != "https" && !a.config.AllowLocal {
		return fmt.Errorf("redirected to an address of %s, not https", r.URL.Scheme)
	}
	return nil
}

// plainTransport leaves compression to net/http, since the library panics over a body that is not gzip though it says
// so, and bounds every answer.
type plainTransport struct{ under http.RoundTripper }

// RoundTrip implements [http.RoundTripper].
func (t plainTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("Accept-Encoding") != "" {
		r = r.Clone(r.Context())
		r.Header.Del("Accept-Encoding")
	}
	resp, err := t.under.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Header.Del("Content-Encoding") // net/http has removed what it knows; the library must not try the rest
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	return resp, nil
}

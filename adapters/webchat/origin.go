package webchat

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// allow refuses pages that may not use the chat and lets browsers know about those that may.
func (c *Chat) allow(w http.ResponseWriter, r *http.Request) error {
	origin := r.Header.Get("Origin")
	if origin == "" || ownOrigin(r) {
		return nil
	}
	if !slices.Contains(c.config.Origins, origin) {
		return faulty("origin")
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", "Retry-After, Content-Disposition")
	if r.Method == http.MethodOptions {
		h.Set("Access-Control-Allow-Methods", "GET, POST, DELETE")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
		h.Set("Access-Control-Max-Age", "7200")
	}
	return nil
}

// ownOrigin reports whether the Origin header names the host that was asked. The scheme is left out: behind a proxy
// that ends TLS the server can't know it.
func ownOrigin(r *http.Request) bool {
	u, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// sameOrigin reports whether the chat's own pages (or the citizen's own hand) made the request, so that its cookie counts.
func sameOrigin(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return true
	case "":
		return r.Header.Get("Origin") == "" || ownOrigin(r)
	}
	return false
}

// address returns the network that a request comes from: an IPv4 address or an IPv6 /64 network.
func (c *Chat) address(r *http.Request) string {
	ip := c.client(r)
	if !ip.IsValid() {
		return r.RemoteAddr
	}
	if ip.Is4() {
		return ip.String()
	}
	network, _ := ip.Prefix(64) // 64 bits fit any IPv6 address
	return network.String()
}

// client returns the nearest address that is no trusted proxy.
func (c *Chat) client(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	ip := peer.Addr().Unmap()
	if len(c.config.Proxies) == 0 {
		return ip
	}
	via := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(via) {
		if !c.trusted(ip) {
			break
		}
		before, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		ip = before.Unmap()
	}
	return ip
}

func (c *Chat) trusted(ip netip.Addr) bool {
	return slices.ContainsFunc(c.config.Proxies, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// secure reports whether the browser speaks HTTPS.
func (c *Chat) secure(r *http.Request) bool {
	if c.config.Secure || r.TLS != nil {
		return true
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && c.trusted(peer.Addr().Unmap()) && r.Header.Get("X-Forwarded-Proto") == "https"
}

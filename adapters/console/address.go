package console

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// addressOf returns where a request comes from: an IPv4 address or an IPv6 /64 network. Only proxies that are known
// are believed about it, and of the addresses that they name the last that is no proxy itself.
func (c *Console) addressOf(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	addr := peer.Addr().Unmap()
	if c.proxy(addr) {
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, hop := range slices.Backward(hops) {
			next, err := netip.ParseAddr(strings.TrimSpace(hop))
			if err != nil {
				break
			}
			if addr = next.Unmap(); !c.proxy(addr) {
				break
			}
		}
	}
	if addr.Is6() {
		if net, err := addr.WithZone("").Prefix(64); err == nil {
			return net.String()
		}
	}
	return addr.String()
}

func (c *Console) proxy(addr netip.Addr) bool {
	return slices.ContainsFunc(c.config.Proxies, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// secure reports whether the browser speaks HTTPS.
func (c *Console) secure(r *http.Request) bool {
	if c.config.Secure || r.TLS != nil {
		return true
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && c.proxy(peer.Addr().Unmap()) && r.Header.Get("X-Forwarded-Proto") == "https"
}

package console

import (
	"context"
	"net/http"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// window opens a tab in which somebody has logged in.
func (x *house) window(chrome context.Context, cookie *http.Cookie) *window {
	t := x.t.(*testing.T)
	w := openWindow(t, chrome, x.server)
	_, err := chromedp.Call(w.ctx, network.SetCookie, network.SetCookieParams{
		Name: cookie.Name, Value: cookie.Value, URL: x.server.URL + Root, Path: Root, HTTPOnly: new(true), SameSite: network.CookieSameSiteStrict,
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

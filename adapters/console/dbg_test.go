package console

import (
	"testing"
	"time"
)

func TestDbg(t *testing.T) {
	chrome := startChromium(t)
	b := newBench(t, realTime)
	b.clock.at = time.Now()
	_, mine, _, _ := sample(b)
	w := openWindow(t, chrome, b.serve()).cookies(b.as(anna))
	w.size(1440, 900)
	w.open("tickets"); live(w); shoot(w, "zz-list-1440")
	w.open(ticketURL(mine.Number)); live(w); shoot(w, "zz-ticket-1440")
	w.size(768, 1024)
	shoot(w, "zz-ticket-768")
	w.open("tickets"); live(w); shoot(w, "zz-list-768")
}

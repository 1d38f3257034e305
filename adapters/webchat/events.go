package webchat

import (
	"encoding/json"
	"math"
	"net/http"
	"time"
)

// events answers GET events?after= with a stream of server-sent events whose data are the frames of a socket.
func (c *Chat) events(w http.ResponseWriter, r *http.Request) error {
	v, err := c.looker(r)
	if err != nil {
		return err
	}
	after, err := number(r, "after", 0, math.MinInt32, math.MaxInt64)
	if err != nil {
		return err
	}
	leave, err := c.seat(v)
	if err != nil {
		return err
	}
	defer leave()

	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no") // nginx would collect the frames
	out := http.NewResponseController(w)
	out.SetReadDeadline(time.Time{}) // where a server has deadlines, they are not meant for a stream
	defer out.SetWriteDeadline(time.Time{})
	emit := func(f outFrame) error {
		data, err := json.Marshal(f)
		if err != nil {
			return err
		}
		if err := out.SetWriteDeadline(time.Now().Add(writeWait)); err != nil {
			return err
		}
		if _, err := w.Write(append(append([]byte("data: "), data...), "\n\n"...)); err != nil {
			return err
		}
		return out.Flush()
	}
	if err := c.feed(v, after, emit).run(r.Context(), nil); err != nil {
		c.config.Log.Debug("web chat: an event stream ended", "error", err)
	}
	return nil
}

package vk

import (
	"context"
	"errors"
	"time"

	"github.com/SevereCloud/vksdk/v2/api"
	"github.com/SevereCloud/vksdk/v2/events"

	"spravka/engine"
	"spravka/engine/host"
)

// readPress reads the press of a callback button. The button is answered at once: until then it spins, and VK waits no
// longer than a minute.
func (a *Adapter) readPress(id string, object []byte) (action, error) {
	var o events.MessageEventObject
	if err := decode(object, &o); err != nil {
		return action{}, err
	}
	peer, user := int64(o.PeerID), int64(o.UserID)
	switch {
	case peer == 0:
		return action{}, errors.New("its peer_id is missing")
	case user <= 0:
		return action{}, errors.New("its user_id is missing or wrong")
	}
	act := action{line: peer, do: func(context.Context) error { return nil }}
	if o.EventID != "" && len(o.EventID) <= 200 {
		act.start = func() { a.aside(func(ctx context.Context) { a.stopSpinner(ctx, o) }) }
	}
	press, start := readPayload(o.Payload)
	if peer >= manyPeople || peer < 0 {
		return act, nil // we show no buttons there
	}
	act.do = func(ctx context.Context) error {
		in := host.Inbound{Peer: a.peer(peer), Update: a.updateID(id), Event: engine.Pressed{Payload: press}}
		if start {
			in.Event = engine.Opened{}
		}
		return a.hand(ctx, in) // an unknown payload gets the answer for buttons of old
	}
	return act, nil
}

func (a *Adapter) stopSpinner(ctx context.Context, o events.MessageEventObject) {
	err := a.call(ctx, "messages.sendMessageEventAnswer", api.Params{"event_id": o.EventID, "user_id": o.UserID, "peer_id": o.PeerID}, nil)
	if err != nil && !errors.Is(err, host.ErrPermanent) { // refused for good: answered before, or too late
		a.config.Log.Warn("VK: a button was not answered", "error", err)
	}
}

// aside does something that nobody waits for, in at most half a minute. What exceeds the bound is left out.
func (a *Adapter) aside(f func(ctx context.Context)) {
	_, life, ok := a.serving()
	if !ok {
		return
	}
	select {
	case a.answers <- struct{}{}:
	default:
		a.config.Log.Warn("VK: too many buttons at a time: one is left spinning, or typing is not shown")
		return
	}
	a.side.Go(func() {
		defer func() { <-a.answers }()
		ctx, cancel := context.WithTimeout(life, 30*time.Second)
		defer cancel()
		f(ctx)
	})
}

package vk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"spravka/engine"
	"spravka/engine/host"
)

// update is one event as VK delivers it, by whichever way. Only what every kind has is read here: a fault in one field
// of one kind must not reach further.
type update struct {
	Type   string          `json:"type"`
	Object json.RawMessage `json:"object"`
	Group  int64           `json:"group_id"`
	Event  json.RawMessage `json:"event_id"`
}

// id is the update's identity: what VK repeats has the same one. An update without a usable event_id is known by its
// content.
func (u update) id() string {
	var s string
	if json.Unmarshal(u.Event, &s) == nil && s != "" && len(s) <= 80 {
		return s
	}
	sum := sha256.Sum256(append([]byte(u.Type+"\n"), u.Object...))
	return "#" + hex.EncodeToString(sum[:16])
}

// action is what an update demands.
type action struct {
	line  int64                           // updates of a line are handled one after another; a dialogue is a line
	rank  int64                           // conversation_message_id: order within the line where VK keeps none; 0 means unknown
	start func()                          // what does not wait for its turn; may be nil
	do    func(ctx context.Context) error // an error means that it must be tried again
}

// errNothing says that an update needs no handling.
var errNothing = errors.New("nothing to do")

// read finds out what an update demands. An error other than errNothing means that it can't be understood.
func (a *Adapter) read(u update) (action, error) {
	if u.Group != 0 && u.Group != a.config.Group {
		return action{}, fmt.Errorf("it belongs to community %d", u.Group)
	}
	id := u.id()
	switch u.Type {
	case "message_new":
		return a.readMessage(id, u.Object)
	case "message_edit":
		return a.readEdit(id, u.Object)
	case "message_event":
		return a.readPress(id, u.Object)
	case "wall_reply_new":
		return a.readComment(id, u.Object)
	case "message_allow":
		return a.readAllowed(id, u.Object, true)
	case "message_deny":
		return a.readAllowed(id, u.Object, false)
	case "":
		return action{}, errors.New("it has no type")
	}
	return action{}, errNothing
}

func (a *Adapter) readAllowed(id string, object []byte, allowed bool) (action, error) {
	var o struct {
		User int64 `json:"user_id"`
	}
	if err := json.Unmarshal(object, &o); err != nil || o.User <= 0 {
		return action{}, errors.New("its user_id is missing or wrong")
	}
	in := host.Inbound{Peer: a.peer(o.User), Update: a.updateID(id), Event: engine.Reachable{Yes: allowed}}
	return action{line: o.User, do: func(ctx context.Context) error { return a.hand(ctx, in) }}, nil
}

// hand gives an update to the host.
func (a *Adapter) hand(ctx context.Context, in host.Inbound) error {
	h, _, _ := a.serving()
	if h == nil {
		return errors.New("the adapter does not run")
	}
	_, err := h.Receive(ctx, in)
	return err
}

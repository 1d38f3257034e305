package terminal

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"spravka/engine"
	"spravka/engine/host"
)

// operators are the humans of a terminal session; the first acts where nobody else is named.
var operators = map[int64]string{1: "Анна", 2: "Борис"}

// actions are what they can do.
var actions = []engine.Action{engine.Take, engine.Assign, engine.Release, engine.Transfer, engine.Ask, engine.RequestFile,
	engine.Return, engine.Resolve, engine.Merge, engine.Reopen}

// operate acts on a ticket of the conversation, the newest open one unless another is named; who speaks without having
// taken it takes it first.
//
// With can name: as (1 or 2: who acts; 0 is the dispatcher), ticket (a number), text, note, to (1 or 2), until (RFC 3339),
// queue, flow, slot.NAME, resolution, into (a number), over (1 or 2), fence.
func (s *Session) operate(ctx context.Context, a engine.Action, text string, with map[string]string) error {
	if a != engine.Reply && !slices.Contains(actions, a) {
		return fmt.Errorf("%w: operator_action can't be %q; it can be one of %v", errInput, a, actions)
	}
	act, err := acted(a, text, with)
	if err != nil {
		return err
	}
	r, err := s.Host.Find(ctx, s.peer())
	if err != nil && !errors.Is(err, host.ErrNotFound) {
		return err
	}
	var k *engine.Ticket
	for i := range r.State.Tickets {
		if t := &r.State.Tickets[i]; t.Number == act.Ticket || act.Ticket == "" && (t.Status.Open() || a == engine.Reopen) {
			k = t
		}
	}
	switch {
	case k != nil:
		act.Ticket = k.Number
	case act.Ticket == "":
		return fmt.Errorf("%w: there is no open ticket", errInput)
	}
	needs := !slices.Contains([]engine.Action{engine.Take, engine.Assign, engine.Release, engine.Merge, engine.Reopen}, a)
	if needs && k != nil && k.Operator == 0 && act.Operator != 0 {
		first := engine.Acted{Action: engine.Take, Operator: act.Operator, Name: act.Name, Ticket: act.Ticket}
		if _, err := s.Host.Act(ctx, r.ID, uuid.NewString(), first); err != nil {
			return err
		}
	}
	_, err = s.Host.Act(ctx, r.ID, uuid.NewString(), act)
	return err
}

func acted(a engine.Action, text string, with map[string]string) (engine.Acted, error) {
	act := engine.Acted{Action: a, Operator: 1, Text: text, Slots: map[string]string{}}
	numbers := map[string]*int64{"as": &act.Operator, "to": &act.To, "over": &act.Over, "fence": &act.Fence}
	texts := map[string]*string{"ticket": &act.Ticket, "text": &act.Text, "note": &act.Note, "queue": &act.Queue, "flow": &act.Flow,
		"resolution": &act.Resolution, "into": &act.Into}
	for _, name := range slices.Sorted(maps.Keys(with)) {
		value, err := with[name], error(nil)
		slot, isSlot := strings.CutPrefix(name, "slot.")
		switch {
		case numbers[name] != nil:
			*numbers[name], err = strconv.ParseInt(value, 10, 64)
		case texts[name] != nil:
			*texts[name] = value
		case name == "until":
			act.Until, err = time.Parse(time.RFC3339, value)
		case isSlot:
			act.Slots[slot] = value
		default:
			return act, fmt.Errorf("%w: with has no %q", errInput, name)
		}
		if err != nil {
			return act, fmt.Errorf("%w: with: %s can't be %q", errInput, name, value)
		}
	}
	act.Name, act.ToName = operators[act.Operator], operators[act.To]
	return act, nil
}

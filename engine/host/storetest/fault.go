package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"spravka/engine/desk"
	"spravka/engine/host"
)

// spoilt makes turns that can't be stored; each kind is found at another place.
var spoilt = map[string]func(r host.Record, update string) *host.Turn{
	"no update": func(r host.Record, update string) *host.Turn {
		return whole(r, "")
	},
	"an update that is too long": func(r host.Record, update string) *host.Turn {
		turn := whole(r, update)
		turn.Update = strings.Repeat("x", 2000)
		return turn
	},
	"no state": func(r host.Record, update string) *host.Turn {
		turn := whole(r, update)
		turn.State = nil
		return turn
	},
	"a gap in the history": func(r host.Record, update string) *host.Turn {
		turn := whole(r, update)
		turn.Entries[1].Seq++
		return turn
	},
	"an entry that is the same twice": func(r host.Record, update string) *host.Turn {
		turn := whole(r, update)
		turn.Entries[1].Seq = turn.Entries[0].Seq
		return turn
	},
	"a record that ends elsewhere than its entries": func(r host.Record, update string) *host.Turn {
		turn := whole(r, update)
		turn.Record.Seq++
		return turn
	},
	"a call that is pending already": func(r host.Record, update string) *host.Turn {
		turn := whole(r, update)
		turn.Calls = append(turn.Calls, turn.Calls[0])
		return turn
	},
	"a ticket of another conversation": func(r host.Record, update string) *host.Turn {
		turn := whole(r, update)
		turn.Tickets[0].Number, turn.Changes[0].Ticket = "T-other", "T-other"
		return turn
	},
	"a change of no ticket": func(r host.Record, update string) *host.Turn {
		turn := whole(r, update)
		turn.Changes = append(turn.Changes, desk.Change{Ticket: "T-none", At: start, Status: desk.New, By: "bot"})
		return turn
	},
	"a ticket without a status": func(r host.Record, update string) *host.Turn {
		turn := whole(r, update)
		turn.Tickets[0].Status = ""
		return turn
	},
	"a ticket without a priority": func(r host.Record, update string) *host.Turn {
		turn := whole(r, update)
		turn.Tickets[0].Priority = ""
		return turn
	},
}

var faultTests = func() map[string]func(*testing.T, Store) {
	tests := map[string]func(*testing.T, Store){"many at once": manySpoilt}
	for name, spoil := range spoilt {
		tests[name] = func(t *testing.T, s Store) { oneSpoilt(t, s, spoil) }
	}
	return tests
}()

// oneSpoilt puts a spoilt turn among sound ones: it alone is refused, with an error that asks for no repetition.
func oneSpoilt(t *testing.T, s Store, spoil func(host.Record, string) *host.Turn) {
	take(t, s, whole(begin(t, s, "other"), "other"))
	a, b, c := begin(t, s, "a"), begin(t, s, "b"), begin(t, s, "c")
	bad := spoil(b, "bad")
	got, err := s.Commit(t.Context(), []*host.Turn{whole(a, "1"), bad, whole(c, "2")})
	must(t, err)
	if got[0] != nil || got[2] != nil {
		t.Errorf("the sound turns were answered with %v and %v", got[0], got[2])
	}
	if got[1] == nil || errors.Is(got[1], host.ErrDuplicate) || errors.Is(got[1], host.ErrConflict) {
		t.Errorf("the spoilt turn was answered with %v", got[1])
	}
	written(t, s, a, "1")
	written(t, s, b)
	written(t, s, c, "2")
	loaded(t, s, b)
	written(t, s, take(t, s, whole(b, "good")), "good")
}

// manySpoilt puts spoilt turns of each kind between the turns of one conversation.
func manySpoilt(t *testing.T, s Store) {
	take(t, s, whole(begin(t, s, "other"), "other"))
	r := begin(t, s, "a")
	var turns []*host.Turn
	var good []string
	last := r
	for name, spoil := range spoilt {
		turns = append(turns, spoil(begin(t, s, name), name))
		update := fmt.Sprintf("good %03d", len(turns)) // tickets of one moment are listed by number
		good = append(good, update)
		turns = append(turns, whole(last, update))
		last = follow(turns[len(turns)-1])
	}
	got, err := s.Commit(t.Context(), turns)
	must(t, err)
	for i, err := range got {
		if (err != nil) != (i%2 == 0) {
			t.Errorf("turn %d (%s): %v", i, turns[i].Update, err)
		}
	}
	written(t, s, r, good...)
	loaded(t, s, last)
}

package desk

import (
	"flag"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestMain makes the properties of this package be tried on more desks than is usual: each is small.
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		f.Value.Set("3000")
	}
	os.Exit(m.Run())
}

var noon = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

var queues = []string{"registration", "status", "technical", "urgent"}

func ago(minutes int) time.Time { return noon.Add(-time.Duration(minutes) * time.Minute) }

// drawSeats draws a desk: few operators and small numbers, so that much is scarce and equal.
func drawSeats(t *rapid.T) []Seat {
	out := make([]Seat, rapid.IntRange(1, 6).Draw(t, "operators"))
	for i := range out {
		out[i] = Seat{ID: int64(i + 1), Name: "o" + strconv.Itoa(i+1), Queues: rapid.SliceOfNDistinct(rapid.SampledFrom(queues), 1, 4, rapid.ID[string]).Draw(t, "queues"),
			Capacity: rapid.IntRange(0, 4).Draw(t, "capacity"), Presence: rapid.SampledFrom([]Presence{Available, Available, Available, Away, Offline}).Draw(t, "presence"),
			Open: rapid.IntRange(0, 2).Draw(t, "open"), LastAssigned: ago(rapid.IntRange(0, 3).Draw(t, "last")), LastUrgent: rapid.Bool().Draw(t, "last urgent")}
	}
	return out
}

func drawWaiting(t *rapid.T) []Waiting {
	out := make([]Waiting, rapid.IntRange(1, 12).Draw(t, "tickets"))
	for i := range out {
		w := Waiting{Number: fmt.Sprintf("О-%02d", i), Conversation: int64(i + 1), Queue: rapid.SampledFrom(queues).Draw(t, "queue"), Priority: Normal,
			Since: ago(rapid.IntRange(0, 60).Draw(t, "age")), Offered: rapid.IntRange(0, 9).Draw(t, "offered") == 0,
			Returned: rapid.IntRange(0, 4).Draw(t, "returned") == 0, Prefer: int64(rapid.IntRange(0, 3).Draw(t, "prefer"))}
		if w.Queue == "urgent" || rapid.IntRange(0, 9).Draw(t, "raised") == 0 {
			w.Priority = Urgent
		}
		for range rapid.IntRange(0, 2).Draw(t, "lapses") {
			w.Lapsed = append(w.Lapsed, Lapse{int64(rapid.IntRange(1, 6).Draw(t, "who")), ago(rapid.IntRange(0, 5).Draw(t, "lapsed"))})
		}
		out[i] = w
	}
	return out
}

// TestRouteKeepsItsRules draws desks and checks everything that routing promises of one call.
func TestRouteKeepsItsRules(t *testing.T) {
	rules := Default()
	drawn, given := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		seats, waiting := drawSeats(t), drawWaiting(t)
		before := slices.Clone(seats)
		out := Route(noon, seats, waiting, rules)
		drawn, given = drawn+1, given+len(out)
		if diff := cmp.Diff(before, seats); diff != "" {
			t.Fatalf("the seats were changed:\n%s", diff)
		}
		r := router{now: noon, rules: rules}
		now := map[int64]*Seat{}
		for i := range before {
			now[before[i].ID] = &before[i]
		}
		left := map[string]*Waiting{}
		for i := range waiting {
			left[waiting[i].Number] = &waiting[i]
		}
		plain := !slices.ContainsFunc(waiting, func(w Waiting) bool { return w.Priority == Normal && r.starves(&w) })
		for _, a := range out {
			w, s := left[a.Ticket], now[a.Operator]
			switch {
			case w == nil:
				t.Fatalf("%s is given twice, or is none of those who wait", a.Ticket)
			case w.Offered:
				t.Fatalf("%s has been offered already", a.Ticket)
			case s == nil || a.Name != s.Name || a.Conversation != w.Conversation:
				t.Fatalf("%+v names something else", a)
			case s.Presence != Available:
				t.Fatalf("%s goes to %s, who is %s", a.Ticket, s.Name, s.Presence)
			case s.Open >= s.Capacity:
				t.Fatalf("%s goes to %s, who has %d of %d", a.Ticket, s.Name, s.Open, s.Capacity)
			case !s.Works(w.Queue):
				t.Fatalf("%s of %s goes to %s, who works in %v", a.Ticket, w.Queue, s.Name, s.Queues)
			case !r.may(s, w):
				t.Fatalf("%s is offered anew to %s, who has just let it lapse", a.Ticket, s.Name)
			}
			// Fair: nobody with less load could have had it, but for who knows the ticket. (While one starves,
			// who owes it its turn is left out.)
			lapsed, _ := w.lapsedBy(s.ID)
			for _, o := range now {
				oLapsed, _ := w.lapsedBy(o.ID)
				if plain && o.ID != s.ID && w.Prefer != s.ID && r.may(o, w) && (lapsed || !oLapsed) && o.Open*s.Capacity < s.Open*o.Capacity {
					t.Fatalf("%s goes to %s with %d of %d, though %s has %d of %d", a.Ticket, s.Name, s.Open, s.Capacity, o.Name, o.Open, o.Capacity)
				}
			}
			s.Open++
			s.LastUrgent = w.Priority == Urgent
			delete(left, a.Ticket)
		}
		for _, w := range left {
			for _, s := range now {
				if !w.Offered && r.may(s, w) {
					t.Fatalf("%s waits in %s while %s is free", w.Number, w.Queue, s.Name)
				}
			}
		}
		// Oldest first: whoever was given one had nobody before them in the same queue whom the same operator could take.
		for _, a := range out {
			w := waiting[slices.IndexFunc(waiting, func(w Waiting) bool { return w.Number == a.Ticket })]
			for _, o := range left {
				if lapsed, _ := o.lapsedBy(a.Operator); o.Queue == w.Queue && o.Priority == w.Priority && !o.Offered && !lapsed && o.Before(&w) && !r.starves(&w) {
					t.Fatalf("%s of %v is given before %s of %v", w.Number, w.Since, o.Number, o.Since)
				}
			}
		}
		shuffled, mixed := slices.Clone(seats), slices.Clone(waiting)
		rng := rand.New(rand.NewSource(int64(drawn)))
		rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		rng.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		if diff := cmp.Diff(out, Route(noon, shuffled, mixed, rules)); diff != "" {
			t.Fatalf("the order of the arguments decides:\n%s", diff)
		}
	})
	t.Logf("%d desks, %d tickets given", drawn, given)
}

// TestNobodyStarves lets urgent tickets come without end, more than can be done, to operators who work in both queues: an
// ordinary one is still served, and no urgent one waits for more than one ordinary at each operator.
func TestNobodyStarves(t *testing.T) {
	rules := Default()
	drawn := 0
	rapid.Check(t, func(t *rapid.T) {
		drawn++
		n, capacity := rapid.IntRange(1, 4).Draw(t, "operators"), rapid.IntRange(1, 3).Draw(t, "capacity")
		ordinary := rapid.IntRange(1, 6).Draw(t, "ordinary")
		seats := make([]Seat, n)
		for i := range seats {
			seats[i] = Seat{ID: int64(i + 1), Queues: []string{"urgent", "status"}, Capacity: capacity, Presence: Available}
		}
		var waiting []Waiting
		for i := range ordinary {
			waiting = append(waiting, Waiting{Number: fmt.Sprintf("n%d", i), Queue: "status", Priority: Normal, Since: noon})
		}
		last := map[int64]bool{}
		now, starved := noon, 0
		for step := range 400 {
			now = now.Add(time.Minute)
			for i := range n * capacity {
				waiting = append(waiting, Waiting{Number: fmt.Sprintf("u%d-%d", step, i), Queue: "urgent", Priority: Urgent, Since: now})
			}
			// One ticket of each operator ends in every minute.
			for i := range seats {
				seats[i].Open = max(0, seats[i].Open-1)
			}
			for _, a := range Route(now, seats, waiting, rules) {
				s := &seats[a.Operator-1]
				at := slices.IndexFunc(waiting, func(w Waiting) bool { return w.Number == a.Ticket })
				w := waiting[at]
				if w.Priority == Normal {
					starved++
					if !last[s.ID] {
						t.Fatalf("minute %d: %s goes before urgent ones, though the one before was ordinary too", step, w.Number)
					}
					if now.Sub(w.Since) < rules.StarveAfter {
						t.Fatalf("minute %d: %s goes before urgent ones", step, w.Number)
					}
				}
				last[s.ID] = w.Priority == Urgent
				s.Open++
				s.LastAssigned, s.LastUrgent = now, w.Priority == Urgent
				waiting = slices.Delete(waiting, at, at+1)
			}
			if starved == ordinary {
				// Each operator serves one after at most one urgent: the bound of a ticket's wait once it starves.
				if bound := noon.Add(rules.StarveAfter + time.Duration(2*ordinary/n+3)*time.Minute); now.After(bound) {
					t.Fatalf("the ordinary ones were served by %v, after the bound %v", now, bound)
				}
				return
			}
			waiting = slices.DeleteFunc(waiting, func(w Waiting) bool { return w.Priority == Urgent && now.Sub(w.Since) > time.Minute }) // they give up
		}
		t.Fatalf("%d of %d ordinary ones were served in 400 minutes", starved, ordinary)
	})
	t.Logf("%d floods", drawn)
}

// TestRouteIsFair gives equal operators a stream of tickets: their numbers differ by one at most, at every moment.
func TestRouteIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seats := make([]Seat, rapid.IntRange(1, 5).Draw(t, "operators"))
		for i := range seats {
			seats[i] = Seat{ID: int64(i + 1), Queues: []string{"status"}, Capacity: 3, Presence: Available}
		}
		total := make([]int, len(seats))
		now := noon
		for step := range 60 {
			now = now.Add(time.Minute)
			for _, a := range Route(now, seats, []Waiting{{Number: strconv.Itoa(step), Queue: "status", Since: now}}, Default()) {
				s := &seats[a.Operator-1]
				s.Open++
				s.LastAssigned = now
				total[a.Operator-1]++
			}
			if slices.Max(total)-slices.Min(total) > 1 {
				t.Fatalf("step %d: %v", step, total)
			}
			if step%3 == 2 || rapid.Bool().Draw(t, "all end") {
				for i := range seats {
					seats[i].Open = 0
				}
			}
		}
	})
}

// TestPlaceNeverGrowsWorse lets tickets come, be offered, lapse, be taken, be given back and end, at random.
func TestPlaceNeverGrowsWorse(t *testing.T) {
	looks := 0
	rapid.Check(t, func(t *rapid.T) {
		var waiting []Waiting
		shown := map[string]int{}
		now := noon
		begun := []Waiting{}
		for step := range rapid.IntRange(5, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 2).Draw(t, "minutes")) * time.Minute)
			pick := func() int { return rapid.IntRange(0, len(waiting)-1).Draw(t, "which") }
			switch what := rapid.IntRange(0, 5).Draw(t, "what"); {
			case what <= 1 || len(waiting) == 0:
				w := Waiting{Number: fmt.Sprintf("%03d", step), Queue: queues[rapid.IntRange(0, 1).Draw(t, "queue")], Priority: Normal, Since: now}
				waiting = append(waiting, w)
			case what == 2: // offered
				waiting[pick()].Offered = true
			case what == 3: // an offer lapses
				i := pick()
				waiting[i].Offered = false
				waiting[i].Lapsed = append(waiting[i].Lapsed, Lapse{1, now})
			case what == 4: // taken
				i := pick()
				begun = append(begun, waiting[i])
				waiting = slices.Delete(waiting, i, i+1)
			case what == 5 && len(begun) > 0: // its operator left
				w := begun[0]
				begun = begun[1:]
				w.Offered, w.Returned = false, true
				delete(shown, w.Number)
				waiting = append(waiting, w)
			}
			f := NewFloor(nil, waiting, Default())
			for i := range waiting {
				place := f.Place(&waiting[i])
				looks++
				if was, ok := shown[waiting[i].Number]; ok && place > was && !waiting[i].Returned {
					t.Fatalf("step %d: %s was %d, is %d", step, waiting[i].Number, was, place)
				}
				shown[waiting[i].Number] = place
			}
		}
	})
	t.Logf("%d places", looks)
}

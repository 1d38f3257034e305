package desk

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"
)

// shifts of the simulation: so many desks, each with so many shifts one after another.
const (
	simDesks  = 200
	simShifts = 50
	simShift  = 90 * time.Minute
)

// TestWaitHoldsInSimulation plays 10,000 shifts of invented desks with the rules that the real one uses: citizens come at
// random, handling times are log-normal, operators come and go, let offers lapse and change at the end of each shift.
// It counts how often a citizen was taken within the interval that they had been told when they came.
func TestWaitHoldsInSimulation(t *testing.T) {
	began := time.Now()
	results := make([]tally, simDesks)
	var group sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := range next {
				d := newSimulation(uint64(i) + 1)
				d.play()
				results[i] = d.tally
			}
		})
	}
	for i := range simDesks {
		next <- i
	}
	close(next)
	group.Wait()
	var all tally
	worst, poor := 1.0, 0
	for _, r := range results {
		all.add(r)
		if share := r.share(); r.told >= 500 {
			worst = min(worst, share)
			if share < 0.8 {
				poor++
			}
		}
	}
	t.Logf("%d shifts, %d citizens, %d told an interval (%.1f %%), %d inside: %.2f %%; worst desk %.1f %%, desks under 80 %%: %d of %d",
		simDesks*simShifts, all.came, all.told, 100*float64(all.told)/float64(all.came), all.inside, 100*all.share(), 100*worst, poor, simDesks)
	t.Logf("mean wait %.1f min, mean width of the interval %.1f min; too early %d, too late %d; those who waited: %d told, %.2f %% inside, mean wait %.1f min, width %.1f min",
		all.waited.Minutes()/float64(all.told), all.width.Minutes()/float64(all.told), all.early, all.late,
		all.queued.told, 100*float64(all.queued.inside)/float64(all.queued.told), all.queued.waited.Minutes()/float64(all.queued.told), all.queued.width.Minutes()/float64(all.queued.told))
	t.Logf("offers that lapsed: %d, tickets that went back because somebody left: %d, places that grew worse: %d, took %v",
		all.lapsed, all.returned, all.worse, time.Since(began).Round(time.Millisecond))
	if all.share() < 0.8 || all.share() > 0.97 {
		t.Errorf("%.2f %% of the waits lie in the interval that was told; want 80–97 %%", 100*all.share())
	}
	if q := float64(all.queued.inside) / float64(all.queued.told); q < 0.8 {
		t.Errorf("%.2f %% of the waits of those who had somebody before them lie in the interval", 100*q)
	}
	if all.worse > 0 {
		t.Errorf("%d places grew worse", all.worse)
	}
	if all.told < all.came*9/10 {
		t.Errorf("only %d of %d were told an interval", all.told, all.came)
	}
}

type tally struct {
	came, told, inside, early, late int
	waited, width                   time.Duration
	queued                          struct {
		told, inside  int
		waited, width time.Duration
	}
	lapsed, returned, worse int
}

func (t *tally) add(o tally) {
	t.came, t.told, t.inside, t.early, t.late = t.came+o.came, t.told+o.told, t.inside+o.inside, t.early+o.early, t.late+o.late
	t.waited, t.width = t.waited+o.waited, t.width+o.width
	t.queued.told, t.queued.inside = t.queued.told+o.queued.told, t.queued.inside+o.queued.inside
	t.queued.waited, t.queued.width = t.queued.waited+o.queued.waited, t.queued.width+o.queued.width
	t.lapsed, t.returned, t.worse = t.lapsed+o.lapsed, t.returned+o.returned, t.worse+o.worse
}

func (t *tally) share() float64 { return float64(t.inside) / float64(t.told) }

// simTicket is a ticket of the simulation.
type simTicket struct {
	Waiting
	state    Status
	operator int64
	offered  time.Time
	taken    time.Time
	first    Estimate // what the citizen was told when they came
	place    int      // as shown last
	step     int      // grows with each change, so that what was planned before is void
}

type simEvent struct {
	at     time.Time
	order  int
	kind   int
	ticket *simTicket
	step   int
	seat   int64
}

const (
	simArrival = iota
	simTake
	simLapse
	simDone
	simToggle
	simRecall
	simChange // of shifts
)

type simHeap []simEvent

func (h simHeap) Len() int { return len(h) }
func (h simHeap) Less(i, j int) bool {
	if c := h[i].at.Compare(h[j].at); c != 0 {
		return c < 0
	}
	return h[i].order < h[j].order
}
func (h simHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *simHeap) Push(x any)   { *h = append(*h, x.(simEvent)) }
func (h *simHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

// simulation is one desk with its shifts.
type simulation struct {
	tally
	random   *rand.Rand
	rules    Rules
	now      time.Time
	events   simHeap
	order    int
	seats    []Seat
	lastID   int64
	numbers  int
	rate     float64 // tickets an hour
	load     float64
	handling float64 // median, minutes
	sigma    float64
	taking   float64 // median, seconds
	waiting  []*simTicket
	held     []*simTicket // offered ones too
	known    map[string]*Experience
	room     []Waiting
	heldRoom []Held
}

func newSimulation(seed uint64) *simulation {
	r := rand.New(rand.NewPCG(seed, 2026))
	d := &simulation{random: r, rules: Default(), now: time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC), known: map[string]*Experience{}}
	for _, q := range []string{"general", "status", "urgent"} {
		d.known[q] = &Experience{}
	}
	d.handling, d.sigma, d.taking = 4+8*r.Float64(), 0.5+0.5*r.Float64(), 8+25*r.Float64()
	d.load = 0.5 + 0.5*r.Float64()
	return d
}

func (d *simulation) plan(after time.Duration, e simEvent) {
	d.order++
	e.at, e.order = d.now.Add(after), d.order
	heap.Push(&d.events, e)
}

func (d *simulation) exp(mean time.Duration) time.Duration {
	return time.Duration(d.random.ExpFloat64() * float64(mean))
}

func (d *simulation) lognormal(median, sigma float64) float64 {
	return median * math.Exp(sigma*d.random.NormFloat64())
}

func (d *simulation) play() {
	for i := range simShifts {
		d.plan(time.Duration(i)*simShift, simEvent{kind: simChange})
	}
	d.plan(0, simEvent{kind: simArrival})
	end := d.now.Add(simShifts * simShift)
	for d.events[0].at.Before(end) {
		e := heap.Pop(&d.events).(simEvent)
		d.now = e.at
		if e.ticket != nil && e.ticket.step != e.step {
			continue
		}
		d.happen(e)
		d.dispatch()
		if len(d.waiting) > 0 && d.random.IntN(40) == 0 {
			d.look()
		}
	}
	for _, k := range d.waiting {
		if k.first.Known && d.now.Sub(k.Since) > k.first.To {
			d.count(k, d.now.Sub(k.Since)) // who is still waiting longer than told
		}
	}
}

// crew begins a shift: other operators, and another stream of citizens.
func (d *simulation) crew() {
	d.seats = d.seats[:0]
	slots := 0.0
	for i := range 2 + d.random.IntN(5) {
		d.lastID++
		s := Seat{ID: d.lastID, Capacity: 1 + d.random.IntN(3), Presence: Available, Since: d.now, Queues: []string{"general", "status"}}
		switch {
		case i == 0:
			s.Queues = []string{"general", "status", "urgent"}
		case i > 1 && d.random.IntN(3) == 0:
			s.Queues = []string{"general"}
		}
		slots += float64(s.Capacity)
		d.seats = append(d.seats, s)
		d.plan(d.exp(100*time.Minute), simEvent{kind: simToggle, seat: s.ID})
	}
	mean := d.handling * math.Exp(d.sigma*d.sigma/2)
	d.rate = d.load * (0.7 + 0.6*d.random.Float64()) * 0.92 * slots * 60 / (mean + d.taking/60)
}

func (d *simulation) happen(e simEvent) {
	switch e.kind {
	case simChange:
		d.crew()
	case simArrival:
		d.arrive()
		d.plan(time.Duration(d.random.ExpFloat64()/d.rate*float64(time.Hour)), simEvent{kind: simArrival})
	case simTake:
		k := e.ticket
		k.taken, k.state = d.now, InWork
		k.step++
		x := d.known[k.Queue]
		x.Taking = Remember(x.Taking, d.now.Sub(k.offered), d.rules.WaitSample)
		if !k.Returned {
			d.count(k, d.now.Sub(k.Since))
			if k.first.Known {
				x.Errors = Remember(x.Errors, k.first.Error(d.now.Sub(k.Since)), WaitErrors)
			}
		}
		d.plan(time.Duration(d.lognormal(d.handling, d.sigma)*float64(time.Minute)), simEvent{kind: simDone, ticket: k, step: k.step})
	case simDone:
		k := e.ticket
		x := d.known[k.Queue]
		x.Handling = Remember(x.Handling, d.now.Sub(k.offered), d.rules.WaitSample)
		d.leave(k)
		k.step++
	case simToggle:
		for i := range d.seats {
			s := &d.seats[i]
			if s.ID != e.seat {
				continue
			}
			s.Since = d.now
			if s.Presence == Available {
				s.Presence = Away
				d.plan(d.exp(8*time.Minute), simEvent{kind: simToggle, seat: s.ID})
			} else {
				s.Presence = Available
				d.plan(d.exp(100*time.Minute), simEvent{kind: simToggle, seat: s.ID})
			}
			d.plan(d.rules.AwayAfter, simEvent{kind: simRecall})
		}
	}
}

// leave frees the operator of a ticket.
func (d *simulation) leave(k *simTicket) {
	for i, h := range d.held {
		if h == k {
			d.held = append(d.held[:i], d.held[i+1:]...)
			break
		}
	}
	for i := range d.seats {
		if d.seats[i].ID == k.operator {
			d.seats[i].Open--
		}
	}
	k.operator = 0
}

func (d *simulation) arrive() {
	d.numbers++
	k := &simTicket{Waiting: Waiting{Number: strconv.Itoa(1e7 + d.numbers), Queue: "general", Priority: Normal, Since: d.now}, state: New}
	switch n := d.random.IntN(100); {
	case n < 4:
		k.Queue, k.Priority = "urgent", Urgent
	case n < 40:
		k.Queue = "status"
	}
	d.waiting = append(d.waiting, k)
	floor := d.floor()
	k.first = floor.Wait(&k.Waiting, *d.known[k.Queue])
	k.place = k.first.Place
	d.came++
}

// floor is what the estimate is made from: all that nobody has taken.
func (d *simulation) floor() *Floor {
	d.room = d.room[:0]
	for _, k := range d.waiting {
		d.room = append(d.room, k.Waiting)
	}
	for _, k := range d.held {
		if k.state == New {
			d.room = append(d.room, k.Waiting)
		}
	}
	return NewFloor(d.seats, d.room, d.rules)
}

// look shows everybody who waits their place, as the web chat does.
func (d *simulation) look() {
	floor := d.floor()
	for _, list := range [][]*simTicket{d.waiting, d.held} {
		for _, k := range list {
			if k.state != New || k.Returned {
				continue
			}
			place := floor.Place(&k.Waiting)
			if place > k.place {
				d.worse++
			}
			k.place = place
		}
	}
}

func (d *simulation) count(k *simTicket, real time.Duration) {
	if !k.first.Known {
		return
	}
	d.told++
	d.waited += real
	d.width += k.first.To - k.first.From
	inside := real >= k.first.From && real <= k.first.To
	switch {
	case inside:
		d.inside++
	case real < k.first.From:
		d.early++
	default:
		d.late++
	}
	if k.first.Place > 1 {
		d.queued.told++
		d.queued.waited += real
		d.queued.width += k.first.To - k.first.From
		if inside {
			d.queued.inside++
		}
	}
}

// dispatch does what the host does after every change: it recalls, then routes.
func (d *simulation) dispatch() {
	held := d.heldRoom[:0]
	defer func() { d.heldRoom = held }()
	for _, k := range d.held {
		h := Held{Number: k.Number, Operator: k.operator, Status: k.state}
		if k.state == New {
			h.Until = k.offered.Add(d.rules.AcceptWithin)
		}
		held = append(held, h)
	}
	for _, r := range Recall(d.now, d.seats, held, d.rules) {
		for _, k := range d.held {
			if k.Number != r.Ticket {
				continue
			}
			if k.state == InWork {
				k.Returned = true
				d.returned++
			} else {
				d.lapsed++
				k.Lapsed = append(k.Lapsed, Lapse{k.operator, d.now})
			}
			d.leave(k)
			k.state, k.Offered = New, false
			k.step++
			d.waiting = append(d.waiting, k)
			break
		}
	}
	if len(d.waiting) == 0 {
		return
	}
	d.room = d.room[:0]
	for _, k := range d.waiting {
		d.room = append(d.room, k.Waiting)
	}
	for _, a := range Route(d.now, d.seats, d.room, d.rules) {
		for i, k := range d.waiting {
			if k.Number != a.Ticket {
				continue
			}
			d.waiting = append(d.waiting[:i], d.waiting[i+1:]...)
			d.held = append(d.held, k)
			k.operator, k.offered, k.Offered = a.Operator, d.now, true
			k.step++
			for i := range d.seats {
				if s := &d.seats[i]; s.ID == a.Operator {
					s.Open++
					s.LastAssigned, s.LastUrgent = d.now, k.Priority == Urgent
				}
			}
			if d.random.IntN(100) < 3 {
				d.plan(d.rules.AcceptWithin, simEvent{kind: simLapse, ticket: k, step: k.step}) // Recall finds it
			} else {
				taking := min(d.lognormal(d.taking, 0.7), 0.9*d.rules.AcceptWithin.Seconds())
				d.plan(time.Duration(taking*float64(time.Second)), simEvent{kind: simTake, ticket: k, step: k.step})
			}
			break
		}
	}
}

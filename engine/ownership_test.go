package engine_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
)

// shifts is how many random interleavings are played. Each is made of its number alone, so a failure can be played again.
const shifts = 100_000

// Two operators with two tabs each, a dispatcher, a citizen, a service that answers late, timers, lost and repeated
// deliveries, in whatever order: nobody speaks who does not own, no message and no ticket is lost, nothing happens twice.
func TestOwnership(t *testing.T) {
	content, _ := playable(t)
	var next, steps, refused, repeated atomic.Int64
	var mu sync.Mutex
	did := map[string]int{}
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for !t.Failed() {
				n := next.Add(1)
				if n > shifts {
					return
				}
				s := newShift(content, uint64(n))
				if wrong := s.play(); wrong != "" {
					again := newShift(content, uint64(n))
					again.log = &strings.Builder{}
					again.play()
					t.Errorf("shift %d: %s\n%s", n, wrong, again.log)
					return
				}
				steps.Add(int64(s.steps))
				refused.Add(int64(s.refusals))
				repeated.Add(int64(s.repeats))
				mu.Lock()
				for what, n := range s.did {
					did[what] += n
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	t.Logf("%d interleavings, %d turns, %d actions refused, %d deliveries repeated", shifts, steps.Load(), refused.Load(), repeated.Load())
	if steps.Load() < 10*shifts || refused.Load() < shifts/2 || repeated.Load() < shifts {
		t.Error("too little happens in them to prove anything")
	}
	t.Logf("carried out: %v", did)
	for _, what := range []string{"take", "assign", "release", "transfer", "reply", "ask", "ask_file", "return", "resolve", "merge", "reopen", "answered", "close"} {
		if did[what] < shifts/200 {
			t.Errorf("%s was carried out only %d times", what, did[what])
		}
	}
}

// shift is a little of what a host does, kept in memory: it stores a turn whole or not at all, knows which updates were
// handled, and refuses a turn that was not made from the newest state.
type shift struct {
	content *engine.Content
	rnd     *rand.Rand
	log     *strings.Builder

	now     time.Time
	c       engine.Conversation
	version int
	tickets []engine.Ticket // the store's
	heard   []string        // ids of updates whose message is in the history
	replies []string        // texts of operators in the history
	handled map[string]bool
	calls   []string
	timers  []string // also those that were stopped: a timer may fire late
	payload []string // of buttons that were ever shown
	tabs    [5]tab   // two of each operator, and the dispatcher's
	updates int

	steps, refusals, repeats int
	did                      map[string]int // what was carried out
	wrong                    string
}

// tab is a page as an operator has it before them, perhaps since long.
type tab struct {
	operator int64
	ticket   engine.Ticket
}

// delivery is an event on its way.
type delivery struct {
	update string
	event  engine.Event
}

func newShift(content *engine.Content, n uint64) *shift {
	s := &shift{content: content, rnd: rand.New(rand.NewPCG(n, 26)), now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC), handled: map[string]bool{}, did: map[string]int{}}
	s.c.Channel = "web"
	for i := range s.tabs {
		s.tabs[i].operator = int64(i/2 + 1)
	}
	s.tabs[4].operator = 0
	return s
}

func (s *shift) fail(format string, args ...any) {
	if s.wrong == "" {
		s.wrong = fmt.Sprintf(format, args...)
	}
}

func (s *shift) play() string {
	s.deliver(s.update(engine.Said{Text: "позовите человека"}))
	if s.rnd.IntN(3) == 0 { // a case beside the conversation
		s.open(desk.Complaint)
	}
	for range 12 {
		s.now = s.now.Add(time.Duration(s.rnd.IntN(90)) * time.Second)
		if s.rnd.IntN(40) == 0 {
			s.now = s.now.Add(s.content.Settings.ReopenWithin)
		}
		switch s.rnd.IntN(10) {
		case 0, 1:
			s.deliver(s.update(s.citizen()))
		case 2:
			s.look()
		case 3:
			s.late()
		default:
			s.look1()
			s.deliver(s.update(s.act()))
		}
		if s.wrong != "" {
			return s.wrong
		}
	}
	return ""
}

func (s *shift) update(ev engine.Event) delivery {
	s.updates++
	if said, ok := ev.(engine.Said); ok && said.Text != "" && said.Text[0] == '#' {
		said.Text = fmt.Sprint("слова ", s.updates)
		ev = said
	}
	if a, ok := ev.(engine.Acted); ok && a.Text != "" {
		a.Text = fmt.Sprint("ответ ", s.updates, " от ", a.Operator)
		ev = a
	}
	return delivery{fmt.Sprint("u", s.updates), ev}
}

// deliver plays an event as an unreliable world does: the process may die before the turn is stored, or before the
// caller learns that it was; then the same delivery comes once more, at once or in between others.
func (s *shift) deliver(d delivery) {
	if s.rnd.IntN(6) == 0 {
		s.step(d, false) // lost before the commit: nothing has happened
	}
	if s.rnd.IntN(8) == 0 {
		// Another process plays something else from the same state first; this turn is then refused and made anew.
		s.step(s.update(s.citizen()), true)
	}
	s.step(d, true)
	if s.rnd.IntN(4) == 0 {
		s.repeats++
		s.step(d, true)
	}
}

// step is one attempt.
func (s *shift) step(d delivery, commit bool) {
	if s.wrong != "" {
		return
	}
	if s.handled[d.update] {
		return // the unique index finds it: its turn is not stored a second time
	}
	s.steps++
	before := s.c
	work := before
	work.Tickets = s.recalled(d.event)
	w := write{shift: s, tickets: slices.Clone(s.tickets)}
	ev := d.event
	for range 4 {
		next, effects := engine.Step(s.content, work, ev, s.now)
		work = next
		if len(effects) == 1 {
			if r, ok := effects[0].(engine.Refused); ok {
				s.note(d, "refused: "+string(r.Reason))
				s.refusals++
				return
			}
		}
		opened := w.take(d, effects)
		if opened == nil {
			break
		}
		ev = *opened
	}
	if !commit {
		s.note(d, "lost")
		return
	}
	s.note(d, "stored")
	s.check(d, before, work, &w)
	s.c, s.tickets = work, w.tickets
	s.version++
	s.handled[d.update] = true
	switch e := d.event.(type) {
	case engine.Acted:
		s.did[string(e.Action)]++
	case engine.Answered:
		s.did["answered"]++
	case engine.Fired:
		name, _, _ := strings.Cut(e.Name, ":")
		s.did[name]++
	}
	s.heard = append(s.heard, w.heard...)
	s.replies = append(s.replies, w.replies...)
	s.calls = append(s.calls, w.calls...)
	s.timers = append(s.timers, w.timers...)
	s.payload = append(s.payload, w.payload...)
	if n := len(s.payload); n > 40 {
		s.payload = s.payload[n-40:]
	}
}

func (s *shift) note(d delivery, what string) {
	if s.log != nil {
		fmt.Fprintf(s.log, "%s %s %T%+v: %s; owner %s %d fence %d\n", s.now.Format(time.TimeOnly), d.update, d.event, d.event, what, s.c.Owner, s.c.Operator, s.c.Fence)
	}
}

// recalled gives the conversation the tickets that the event names and it has forgotten.
func (s *shift) recalled(ev engine.Event) []engine.Ticket {
	c := s.c
	for _, number := range engine.Named(ev) {
		if k := find(c.Tickets, number); k == nil {
			if k := find(s.tickets, number); k != nil {
				c = engine.Recall(c, *k)
			}
		}
	}
	return c.Tickets
}

func find(list []engine.Ticket, number string) *engine.Ticket {
	for i := range list {
		if list[i].Number == number {
			return &list[i]
		}
	}
	return nil
}

// open registers a case beside the conversation.
func (s *shift) open(kind desk.Kind) {
	k := s.number(kind, len(s.tickets), desk.Normal, "general")
	s.tickets = append(s.tickets, k)
	s.c, _ = engine.Step(s.content, s.c, engine.TicketOpened{Ticket: k}, s.now)
}

func (s *shift) number(kind desk.Kind, n int, p desk.Priority, queue string) engine.Ticket {
	letter := map[desk.Kind]string{desk.HandOff: "О", desk.Complaint: "Ж"}[kind]
	return engine.Ticket{Number: fmt.Sprintf("%s-26-%06d-0", letter, n+1), Kind: kind, Queue: queue, Priority: p, Status: desk.New, Fence: 1}
}

// citizen does something.
func (s *shift) citizen() engine.Event {
	switch s.rnd.IntN(12) {
	case 0:
		return engine.Said{Text: "позовите человека"}
	case 1:
		return engine.Said{Text: "бот"}
	case 2:
		return engine.Said{Text: "feedback.status"} // asks a service
	case 3:
		return engine.Said{Files: []engine.File{{ID: "f", Name: "a.png"}}}
	case 4:
		return engine.Said{Text: "не помогло"}
	case 5, 6, 7:
		if n := len(s.payload); n > 0 {
			return engine.Pressed{Payload: s.payload[s.rnd.IntN(n)]}
		}
	case 8:
		return engine.Said{Text: "отмена"}
	case 9:
		return engine.Said{Text: "hotline.urgent"}
	}
	return engine.Said{Text: "#"}
}

// late lets something happen that was begun before: a service answers, a timer fires although it was stopped.
func (s *shift) late() {
	if len(s.calls) > 0 && s.rnd.IntN(2) == 0 {
		id := s.calls[s.rnd.IntN(len(s.calls))]
		s.deliver(s.update(engine.Answered{Call: id, Outcome: "none"}))
		return
	}
	if len(s.timers) > 0 {
		s.deliver(s.update(engine.Fired{Name: s.timers[s.rnd.IntN(len(s.timers))]}))
	}
}

// look draws all pages anew, look1 one of them.
func (s *shift) look() {
	for i := range s.tabs {
		s.tabs[i].ticket = s.tickets[s.rnd.IntN(len(s.tickets))]
	}
}

func (s *shift) look1() {
	if s.rnd.IntN(3) > 0 {
		s.tabs[s.rnd.IntN(len(s.tabs))].ticket = s.tickets[len(s.tickets)-1-s.rnd.IntN(min(2, len(s.tickets)))]
	}
}

// act is what somebody does with the page before them, however old it is.
func (s *shift) act() engine.Event {
	page := s.tabs[s.rnd.IntN(len(s.tabs))]
	k := page.ticket
	if k.Number == "" {
		k = s.tickets[0]
	}
	a := engine.Acted{Operator: page.operator, Name: []string{"", "Анна", "Борис"}[page.operator], Ticket: k.Number, Fence: k.Fence}
	if s.rnd.IntN(5) == 0 {
		a.Fence = 0 // a script that does not look
	}
	if s.rnd.IntN(4) == 0 {
		a.Over = max(k.Operator, k.OfferedTo)
	}
	if page.operator == 0 {
		a.Action = []engine.Action{engine.Assign, engine.Assign, engine.Release, engine.Reply, engine.Resolve}[s.rnd.IntN(5)]
	} else {
		a.Action = []engine.Action{engine.Take, engine.Take, engine.Take, engine.Reply, engine.Reply, engine.Reply, engine.Ask, engine.RequestFile, engine.Release,
			engine.Transfer, engine.Return, engine.Resolve, engine.Resolve, engine.Merge, engine.Reopen, engine.Assign, "nonsense"}[s.rnd.IntN(17)]
	}
	switch a.Action {
	case engine.Assign, engine.Transfer:
		a.To, a.ToName = int64(s.rnd.IntN(3)), "Борис"
		if s.rnd.IntN(2) == 0 {
			a.Until = s.now.Add(time.Minute)
		}
		if s.rnd.IntN(3) == 0 {
			a.Queue = "technical"
		}
	case engine.Merge:
		a.Into = s.tickets[s.rnd.IntN(len(s.tickets))].Number
	case engine.Reply, engine.Ask, engine.RequestFile:
		a.Text = "x"
	case engine.Resolve:
		a.Text = []string{"", "x"}[s.rnd.IntN(2)]
	case engine.Return:
		a.Flow = []string{"", "application.status", "nowhere"}[s.rnd.IntN(3)]
	}
	return a
}

// write is what a turn is about to store.
type write struct {
	*shift
	tickets                                []engine.Ticket
	heard, replies, calls, timers, payload []string
	said                                   []engine.Say
	touched                                []engine.TouchTicket
	hears                                  int
}

func (w *write) take(d delivery, effects []engine.Effect) (opened *engine.TicketOpened) {
	for _, e := range effects {
		switch e := e.(type) {
		case engine.Heard:
			w.hears++
			w.heard = append(w.heard, d.update)
		case engine.Say:
			w.said = append(w.said, e)
			if e.Author == engine.Operator {
				w.replies = append(w.replies, e.Message.Text)
			}
			for _, b := range e.Message.Buttons {
				w.payload = append(w.payload, b.Payload)
			}
		case engine.Call:
			w.calls = append(w.calls, e.ID)
		case engine.SetTimer:
			w.timers = append(w.timers, e.Name)
		case engine.TouchTicket:
			w.touched = append(w.touched, e)
		case engine.OpenTicket:
			k := w.number(e.Kind, len(w.tickets), e.Priority, e.Queue)
			k.Due, k.Follows = e.Due, e.Follows
			w.tickets = append(w.tickets, k)
			opened = &engine.TicketOpened{Ticket: k}
		case engine.MoveTicket:
			if k := find(w.tickets, e.Ticket.Number); k == nil {
				w.fail("a ticket was changed that nobody has opened: %s", e.Ticket.Number)
			} else {
				*k = e.Ticket
			}
		case engine.Refused:
			w.fail("a refusal among other effects")
		}
	}
	return opened
}

package host_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/flow/flowtest"
	"spravka/engine/host"
)

// clock is moved by the test.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	c.at = c.at.Add(d)
	c.mu.Unlock()
}

// office is a house with staff.
type office struct {
	*house
	clock *clock
	staff host.Accounts
}

func newOffice(t *testing.T, change map[string]string) *office {
	c := &clock{at: monday}
	s := newStore(t)
	var words *engine.Content
	if change == nil {
		words = builtIn(t)
	} else {
		files := flowtest.Shipped(t)
		for old, new := range change {
			text := string(files["flows/desk.yaml"].Data)
			if !strings.Contains(text, old) {
				t.Fatalf("flows/desk.yaml no longer holds %q", old)
			}
			files["flows/desk.yaml"] = flowtest.File(strings.Replace(text, old, new, 1))
		}
		words = content(t, files)
	}
	staff := s.Store.(host.Accounts)
	return &office{newHouse(t, host.Config{Store: s, Now: c.now, Staff: staff, Content: func() *engine.Content { return words }}), c, staff}
}

// hire adds an operator whose console is open.
func (o *office) hire(login string, queues ...string) int64 {
	o.t.Helper()
	id, err := o.staff.CreateOperator(context.Background(), host.Operator{Login: login, Name: "Оператор " + login, Role: host.RoleOperator, PasswordHash: "x",
		Created: monday, Queues: queues, Capacity: 2})
	must(o.t, err)
	o.Presence.Seen(id)
	return id
}

// later lets time pass while the consoles of these operators stay open.
func (o *office) later(d time.Duration, operators ...int64) {
	o.t.Helper()
	for step := time.Duration(0); step < d; step += 30 * time.Second {
		o.clock.pass(min(30*time.Second, d-step))
		for _, id := range operators {
			o.Presence.Seen(id)
		}
	}
	o.dispatch()
}

func (o *office) dispatch() {
	o.t.Helper()
	must(o.t, o.Dispatch(context.Background()))
}

// call opens a ticket of the general queue and returns the conversation.
func (o *office) call(who string) int64 {
	o.t.Helper()
	return o.say(who, who, sayHuman).Conversation
}

func (o *office) stored(conversation int64) desk.Ticket {
	o.t.Helper()
	k, _, err := o.store.Ticket(context.Background(), o.ticket(conversation).Number)
	must(o.t, err)
	return k
}

func (o *office) do(operator int64, conversation int64, a engine.Acted) error {
	a.Operator, a.Name, a.Ticket = operator, "Анна", o.ticket(conversation).Number
	_, err := o.Act(context.Background(), conversation, fmt.Sprint(a.Action, operator, o.stored(conversation).Fence), a)
	return err
}

func (o *office) hands(conversation int64, operator, offered int64) {
	o.t.Helper()
	if k := o.stored(conversation); k.Operator != operator || k.OfferedTo != offered {
		o.t.Fatalf("ticket of conversation %d is with %d, offered to %d; want %d and %d", conversation, k.Operator, k.OfferedTo, operator, offered)
	}
}

func TestATicketIsOfferedAndTaken(t *testing.T) {
	o := newOffice(t, nil)
	anna := o.hire("anna")
	id := o.call("a")
	o.dispatch()
	o.hands(id, 0, anna)
	if s := o.state(id); s.Owner != engine.OwnerQueue {
		t.Errorf("an offer changes nothing for the citizen, but the owner is %s", s.Owner)
	}
	o.clock.pass(20 * time.Second)
	must(t, o.do(anna, id, engine.Acted{Action: engine.Take}))
	o.hands(id, anna, 0)
	if s := o.state(id); s.Owner != engine.OwnerOperator || s.Operator != anna {
		t.Errorf("the owner is %s %d", s.Owner, s.Operator)
	}
	o.later(time.Hour, anna)
	o.hands(id, anna, 0)
}

func TestAnOfferThatIsNotTakenGoesToTheNext(t *testing.T) {
	o := newOffice(t, nil)
	anna, boris := o.hire("anna"), o.hire("boris")
	id := o.call("a")
	o.dispatch()
	o.hands(id, 0, anna)
	o.later(2*time.Minute, anna, boris)
	o.hands(id, 0, boris)
	// Who comes too late for an offer is told so, and takes nothing from anybody.
	err := o.do(anna, id, engine.Acted{Action: engine.Take})
	if err == nil || !strings.Contains(err.Error(), string(engine.NotOwner)) {
		t.Errorf("anna took what is offered to boris: %v", err)
	}
	o.hands(id, 0, boris)
	must(t, o.do(boris, id, engine.Acted{Action: engine.Take}))
	o.hands(id, boris, 0)
}

func TestWhoLetsOffersLapseCountsAsAway(t *testing.T) {
	o := newOffice(t, nil)
	anna := o.hire("anna")
	a := o.call("a")
	o.dispatch()
	o.hands(a, 0, anna)
	o.later(2*time.Minute, anna)
	o.hands(a, 0, 0) // not offered again at once, although nobody else is there
	o.later(2*time.Minute, anna)
	o.hands(a, 0, anna) // but after a while
	o.later(2*time.Minute, anna)
	o.hands(a, 0, 0)
	who, err := o.staff.OperatorByLogin(t.Context(), "anna")
	must(t, err)
	if who.Presence != host.PresenceAway {
		t.Errorf("anna is %q", who.Presence)
	}
	o.later(10*time.Minute, anna)
	o.hands(a, 0, 0)
	must(t, o.SetPresence(t.Context(), anna, host.PresenceAvailable))
	o.dispatch()
	o.hands(a, 0, anna)
}

func TestWhoLeavesGivesBack(t *testing.T) {
	o := newOffice(t, nil)
	anna := o.hire("anna")
	inWork, offered := o.call("a"), o.call("b")
	o.dispatch()
	must(t, o.do(anna, inWork, engine.Acted{Action: engine.Take}))
	o.hands(offered, 0, anna)
	boris := o.hire("boris")
	must(t, o.SetPresence(t.Context(), anna, host.PresenceAway))
	o.dispatch()
	o.hands(offered, 0, boris)
	o.hands(inWork, anna, 0)
	o.later(9*time.Minute, anna, boris)
	o.hands(inWork, anna, 0)
	must(t, o.SetPresence(t.Context(), boris, host.PresenceAvailable)) // their own offer has lapsed by now
	o.later(2*time.Minute, anna, boris)
	if k := o.stored(inWork); k.Operator != 0 || k.OfferedTo != boris || k.Former != anna {
		t.Errorf("after more than ten minutes it is with %d, offered to %d, formerly with %d", k.Operator, k.OfferedTo, k.Former)
	}
	if s := o.state(inWork); s.Owner != engine.OwnerQueue {
		t.Errorf("the owner is %s", s.Owner)
	}
}

// TestWhoIsGivenNothingKeepsWhatTheyTake: administrators, and supervisors without queues, are offered nothing; what they
// take by hand stays theirs as long as they are there.
func TestWhoIsGivenNothingKeepsWhatTheyTake(t *testing.T) {
	o := newOffice(t, nil)
	for i, role := range []string{host.RoleAdministrator, host.RoleSupervisor} {
		id, err := o.staff.CreateOperator(t.Context(), host.Operator{Login: role, Name: role, Role: role, PasswordHash: "x", Created: monday})
		must(t, err)
		o.Presence.Seen(id)
		call := o.call(fmt.Sprint("citizen", i))
		o.dispatch()
		o.hands(call, 0, 0)
		must(t, o.do(id, call, engine.Acted{Action: engine.Take}))
		o.later(15*time.Minute, id)
		o.hands(call, id, 0)
		o.later(11 * time.Minute) // the console is closed
		o.later(time.Minute)
		o.hands(call, 0, 0)
	}
}

func TestAClosedConsoleCountsAsOffline(t *testing.T) {
	o := newOffice(t, nil)
	anna := o.hire("anna")
	o.later(2 * time.Minute)
	id := o.call("a")
	o.dispatch()
	o.hands(id, 0, 0)
	o.Presence.Seen(anna)
	o.dispatch()
	o.hands(id, 0, anna)
	o.Presence.Gone(anna)
	o.dispatch()
	o.hands(id, 0, 0)
	seats, err := o.Seats(t.Context())
	must(t, err)
	if len(seats) != 1 || seats[0].Presence != desk.Offline {
		t.Errorf("seats: %+v", seats)
	}
}

func TestCapacityAndFairness(t *testing.T) {
	o := newOffice(t, nil)
	staff := []int64{o.hire("anna"), o.hire("boris"), o.hire("vera", "status")} // vera does not work in this queue
	var ids []int64
	for i := range 6 {
		ids = append(ids, o.call(fmt.Sprint("c", i)))
		o.clock.pass(time.Second)
	}
	o.dispatch()
	count := map[int64]int{}
	for _, id := range ids {
		count[o.stored(id).OfferedTo]++
	}
	same(t, "offers", count, map[int64]int{staff[0]: 2, staff[1]: 2, 0: 2})
	o.hands(ids[0], 0, staff[0])
	o.hands(ids[4], 0, 0)
	// A place that is free again is filled at once, with the oldest.
	must(t, o.do(staff[1], ids[1], engine.Acted{Action: engine.Take}))
	must(t, o.do(staff[1], ids[1], engine.Acted{Action: engine.Resolve, Text: "Готово"}))
	o.dispatch()
	o.hands(ids[4], 0, staff[1])
	o.hands(ids[5], 0, 0)
}

func TestByHandNobodyIsOfferedAnything(t *testing.T) {
	o := newOffice(t, map[string]string{"assign: auto": "assign: manual"})
	anna := o.hire("anna")
	id := o.call("a")
	o.later(time.Hour, anna)
	o.hands(id, 0, 0)
	must(t, o.do(anna, id, engine.Acted{Action: engine.Take}))
	o.hands(id, anna, 0)
}

func TestAtNightUrgentOnesReachWhoIsOnDuty(t *testing.T) {
	o := newOffice(t, nil)
	o.clock.pass(17 * time.Hour) // five in the morning in Moscow
	duty := o.hire("duty", "urgent")
	ordinary := o.call("a")
	urgent := o.call("b")
	o.say("b", "b2", "hotline.urgent")
	o.dispatch()
	o.hands(ordinary, 0, 0)
	if k := o.stored(urgent); k.Priority != desk.Urgent || k.OfferedTo != duty {
		t.Errorf("the urgent one: %+v", k)
	}
}

// Two dispatchers and an operator who take the same tickets in hand harm nothing: the fence lets one through.
func TestDispatchersMeet(t *testing.T) {
	o := newOffice(t, nil)
	anna, boris := o.hire("anna"), o.hire("boris")
	other := &office{o.next(host.Config{Staff: o.staff}), o.clock, o.staff}
	var ids []int64
	for i := range 8 {
		ids = append(ids, o.call(fmt.Sprint("c", i)))
	}
	for round := range 12 {
		var wg sync.WaitGroup
		for _, d := range []*office{o, other} {
			d.Presence.Seen(anna)
			d.Presence.Seen(boris)
			wg.Go(func() {
				if err := d.Dispatch(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		id := ids[round%len(ids)]
		wg.Go(func() {
			a := engine.Acted{Action: engine.Take, Operator: anna, Name: "Анна", Ticket: o.ticket(id).Number}
			if _, err := o.Act(context.Background(), id, fmt.Sprint("take", round), a); err != nil && !strings.Contains(err.Error(), "refused") {
				t.Error(err)
			}
		})
		wg.Wait()
		for _, id := range ids {
			k := o.stored(id)
			s := o.state(id)
			if k.Operator != 0 && (s.Owner != engine.OwnerOperator || s.Operator != k.Operator) || k.Operator == 0 && s.Owner == engine.OwnerOperator {
				t.Fatalf("ticket %s is with %d, the conversation with %s %d", k.Number, k.Operator, s.Owner, s.Operator)
			}
		}
		o.clock.pass(50 * time.Second)
	}
}

func TestANewProcessKnowsWhoLetWhatLapse(t *testing.T) {
	o := newOffice(t, nil)
	anna := o.hire("anna")
	id := o.call("a")
	o.dispatch()
	o.hands(id, 0, anna)
	o.later(2*time.Minute, anna)
	o.hands(id, 0, 0)
	again := &office{o.next(host.Config{Staff: o.staff}), o.clock, o.staff}
	again.Presence.Seen(anna)
	again.dispatch()
	again.hands(id, 0, 0)
	again.later(2*time.Minute, anna)
	again.hands(id, 0, anna)
}

// While the host runs, all of it happens by itself, by hints and sweeps.
func TestTheDispatcherRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := since2026()
		s := newStore(t)
		staff := s.Store.(host.Accounts)
		o := &office{newHouse(t, host.Config{Store: s, Now: now, Staff: staff}), nil, staff}
		o.run()
		id := o.call("a")
		synctest.Wait()
		anna := o.hire("anna")
		time.Sleep(time.Second)
		o.hands(id, 0, anna)
		for range 4 {
			time.Sleep(40 * time.Second)
			o.Presence.Seen(anna)
		}
		o.hands(id, 0, 0)
		boris := o.hire("boris")
		time.Sleep(time.Second)
		o.hands(id, 0, boris)
		o.halt()
	})
}

// One conversation that can't be written to keeps no other ticket from being given away, and takes nobody's room.
func TestABrokenConversationBlocksNobody(t *testing.T) {
	o := newOffice(t, nil)
	anna := o.hire("anna") // has room for two
	bad := o.call("a")
	o.clock.pass(time.Second)
	good := []int64{o.call("b"), o.call("c")}
	broken := errors.New("broken")
	o.store.commit.set(func(turns []*host.Turn, write func() ([]error, error)) ([]error, error) {
		for _, x := range turns {
			if x.Record.ID == bad {
				return nil, broken
			}
		}
		return write()
	})
	if err := o.Dispatch(t.Context()); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	for _, id := range good {
		o.hands(id, 0, anna)
	}
	o.store.commit.unset()
	boris := o.hire("boris")
	o.dispatch()
	o.hands(bad, 0, 0)
	o.later(time.Minute, anna, boris) // by then it is tried once more
	o.hands(bad, 0, boris)
}

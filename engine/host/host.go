package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"spravka/engine"
)

// Config is what a host needs.
type Config struct {
	Store    Store
	Content  func() *engine.Content // the version to play now
	Services Service
	Channels []Channel    // those that are sent to; the others read the history
	Files    Files        // where transcripts go; may be nil
	Notices  *NoticeBoard // what everybody is to know; may be nil
	Now      func() time.Time
	Log      *slog.Logger
	Staff    Staff     // nil: nobody is given tickets
	Presence *Presence // of the staff; nil: one of the host's own
	Meter    Meter     // nil counts nothing

	// Resend names the channels without an idempotency key on which a message in doubt is sent once more, so that the
	// citizen may get it twice. On the others it is set aside and shown to the operators.
	Resend []string

	CallTimeout time.Duration // of a service call, all tries together; 0 means 15 s
	MaxCalls    int           // service calls at a time; 0 means 64
}

// Host plays turns. Its methods may be called from any goroutine.
type Host struct {
	Config
	committer *committer
	boxes     boxes
	hints     Hints[int64]  // of conversations, and of all tickets
	calls     chan struct{} // one token a running service call
	kickTimer chan struct{}
	desk      *dispatcher      // nil without staff
	kickSend  [2]chan struct{} // by priority
	kickDo    chan struct{}
	typing    typing

	mu      sync.Mutex
	life    context.Context  // of Run; nil without it: calls then wait for Drain
	asking  map[callKey]bool // the calls being made
	running sync.WaitGroup   // grows only while life lasts
}

// New makes a host. [Host.Run] makes it work on timers, calls and the outbox; without it, [Host.Drain] does when told to.
func New(c Config) *Host {
	if c.CallTimeout == 0 {
		c.CallTimeout = 15 * time.Second
	}
	if c.MaxCalls == 0 {
		c.MaxCalls = 64
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	h := &Host{Config: c, calls: make(chan struct{}, c.MaxCalls), kickTimer: make(chan struct{}, 1), kickDo: make(chan struct{}, 1),
		asking: map[callKey]bool{}}
	for p := range h.kickSend {
		h.kickSend[p] = make(chan struct{}, 1)
	}
	if h.Meter == nil {
		h.Meter = noMeter{}
	}
	h.typing.init(h)
	h.committer = newCommitter(c.Store)
	h.boxes.init()
	if h.Presence == nil {
		h.Presence = NewPresence(h.Now, h.Content().Desk.OfflineAfter)
	}
	if h.Staff != nil {
		h.desk = newDispatcher(h)
	}
	return h
}

// Run works until the context ends, then waits for what has begun. It first takes up what an earlier process left.
func (h *Host) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	h.mu.Lock()
	h.life = ctx
	h.mu.Unlock()
	var failure error
	if err := h.resumeCalls(ctx, h.Now()); err != nil && ctx.Err() == nil {
		failure = fmt.Errorf("taking up the service calls of an earlier run: %w", err)
		cancel()
	} else {
		h.running.Go(func() { h.runCalls(ctx) })
		h.running.Go(func() { h.runTimers(ctx) })
		if h.desk != nil {
			h.running.Go(func() { h.desk.run(ctx) })
		}
		if len(h.Channels) > 0 {
			h.runOutbox(ctx)
			h.running.Go(func() { h.runErrands(ctx) })
		}
	}
	<-ctx.Done()
	h.mu.Lock()
	h.life = nil // who was about to start a call has done so, and nobody will any more
	h.mu.Unlock()
	h.running.Wait()
	return failure
}

// Close stops the committer. No update may be given to the host afterwards.
func (h *Host) Close() { h.committer.close() }

// ErrBusy says that a citizen sends faster than they can be answered. The update was not stored.
var ErrBusy = errors.New("too many updates of this conversation are waiting")

// RefusedError says why an operator's action was not carried out.
type RefusedError struct{ Reason engine.Refusal }

func (e RefusedError) Error() string { return "refused: " + string(e.Reason) }

// Receive plays an update. When it returns without an error, the update and everything that follows from it is stored.
func (h *Host) Receive(ctx context.Context, in Inbound) (Receipt, error) {
	if strings.HasPrefix(in.Update, internalMark) {
		return Receipt{}, fmt.Errorf("an update's id may not begin with %s", internalMark)
	}
	if in.Update == "" || len(in.Update) > 128 || in.Peer.ID == "" || len(in.Peer.ID) > 128 {
		return Receipt{}, fmt.Errorf("an update needs an id and a peer of 1 to 128 bytes")
	}
	if len(in.Message) > 64 {
		return Receipt{}, fmt.Errorf("the name of a message has %d bytes, more than 64", len(in.Message))
	}
	receipt, err := h.receive(ctx, in)
	switch {
	case err != nil:
		h.Meter.Count(in.Peer.Channel, MeterRefused)
	case receipt.Duplicate:
		h.Meter.Count(in.Peer.Channel, MeterDuplicate)
	default:
		h.Meter.Count(in.Peer.Channel, MeterReceived)
	}
	return receipt, err
}

func (h *Host) receive(ctx context.Context, in Inbound) (Receipt, error) {
	for range maxConflicts {
		var id int64
		var err error
		if _, ok := in.Event.(engine.Reachable); ok {
			// Who blocks us without ever having written is nobody that we know.
			var r Record
			if r, err = h.Find(ctx, in.Peer); errors.Is(err, ErrNotFound) {
				return Receipt{}, nil
			}
			id = r.ID
		} else {
			id, err = h.find(ctx, in.Peer, in.Locale)
		}
		if err != nil {
			return Receipt{}, err
		}
		receipt, err := h.playFor(ctx, in.Peer, id, in.Update, in.Message, in.Event)
		if !errors.Is(err, errMoved) {
			return receipt, err
		}
		h.boxes.forget(in.Peer)
	}
	return Receipt{}, ErrConflict
}

// errMoved says that the conversation has another peer by now.
var errMoved = errors.New("the conversation has moved to another channel")

// Act carries out an operator's action. Update is the idempotency key of the operator's form.
func (h *Host) Act(ctx context.Context, conversation int64, update string, a engine.Acted) (Receipt, error) {
	if update == "" || len(update) > 90 {
		return Receipt{}, fmt.Errorf("an operator's action needs an id of 1 to 90 bytes")
	}
	return h.play(ctx, conversation, internal(conversation, "act", update), a)
}

// Find returns the conversation with a peer, or ErrNotFound.
func (h *Host) Find(ctx context.Context, p Peer) (Record, error) {
	if id, ok := h.boxes.id(p); ok {
		r, err := h.Load(ctx, id)
		if err != nil || r.Peer == p {
			return r, err
		}
		h.boxes.forget(p) // it has moved to another channel
	}
	return h.Store.Find(ctx, p)
}

// Load returns a conversation, or ErrNotFound.
func (h *Host) Load(ctx context.Context, id int64) (Record, error) {
	if r, ok := h.boxes.peek(id); ok {
		return r, nil
	}
	return h.Store.Load(ctx, id)
}

// History returns up to limit entries after a sequence number, oldest first.
func (h *Host) History(ctx context.Context, conversation, after int64, limit int) ([]Entry, error) {
	return h.Store.History(ctx, conversation, after, limit)
}

// Ahead returns how many tickets come before this one in its queue; 0 if it is no longer waiting.
func (h *Host) Ahead(ctx context.Context, number string) (int, error) {
	if h.desk != nil && h.desk.isLoaded() {
		if e, _, ok := h.desk.estimate(number); ok {
			return e.Place - 1, nil
		}
	}
	k, _, err := h.Store.Ticket(ctx, number)
	if err != nil || k.Status != "new" || k.Operator != 0 {
		return 0, err
	}
	return h.Store.Ahead(ctx, k.Queue, k.Priority, k.Opened)
}

func (h *Host) find(ctx context.Context, p Peer, locale string) (int64, error) {
	if id, ok := h.boxes.id(p); ok {
		return id, nil
	}
	if h.Content().Locales[locale] == nil {
		locale = h.Content().Default
	}
	r, err := h.Store.Open(ctx, p, locale, h.Now())
	if err != nil {
		return 0, fmt.Errorf("opening the conversation: %w", err)
	}
	h.boxes.remember(r)
	return r.ID, nil
}

// maxConflicts bounds how often a turn is played anew because another process was faster.
const maxConflicts = 8

// play takes an event through its turn, in line with the other events of the conversation.
func (h *Host) play(ctx context.Context, id int64, update string, ev engine.Event) (Receipt, error) {
	return h.playFor(ctx, Peer{}, id, update, "", ev)
}

// playFor plays an event of a peer: errMoved if the conversation is no longer the peer's. The zero peer is anybody.
// Message is the channel's own name of the message that the event is about, if it is about one.
func (h *Host) playFor(ctx context.Context, peer Peer, id int64, update, message string, ev engine.Event) (Receipt, error) {
	box := h.boxes.box(id)
	bound := maxWaiting
	if strings.HasPrefix(update, internalMark) {
		bound = noBound // these are few, and who floods must not keep them out
	}
	if err := box.lock(ctx, bound); err != nil {
		return Receipt{}, err
	}
	defer box.unlock()
	for range maxConflicts {
		if box.record.ID == 0 {
			r, err := h.Store.Load(ctx, id)
			if err != nil {
				return Receipt{}, fmt.Errorf("loading the conversation: %w", err)
			}
			box.set(r)
		}
		if peer != (Peer{}) && box.record.Peer != peer {
			return Receipt{}, errMoved
		}
		turn, err := h.attempt(ctx, box.record, update, message, ev)
		switch {
		case errors.Is(err, ErrConflict):
			box.set(Record{})
		case errors.Is(err, ErrDuplicate):
			kick(h.kickSend[Dialogue]) // it is no proof that the replies of the first time went out
			return Receipt{Conversation: id, Seq: box.record.Seq, Duplicate: true}, nil
		case err != nil:
			box.set(Record{}) // whether it was written is not always known
			h.doubt(id)
			return Receipt{}, err
		default:
			turn.Record.Version++
			left := box.record.State.Unreachable != turn.Record.State.Unreachable
			box.set(turn.Record)
			h.after(turn, left)
			return Receipt{Conversation: id, Seq: turn.Record.Seq}, nil
		}
	}
	return Receipt{}, ErrConflict
}

// attempt plays an event against a record and stores the turn.
func (h *Host) attempt(ctx context.Context, r Record, update, message string, ev engine.Event) (*Turn, error) {
	turn, err := h.turn(ctx, r, update, message, ev)
	if refused := (RefusedError{}); errors.As(err, &refused) {
		return nil, h.refuse(ctx, r, update, refused)
	}
	if err != nil {
		return nil, err
	}
	if err := h.committer.commit(ctx, turn); err != nil {
		return nil, fmt.Errorf("storing the turn: %w", err)
	}
	return turn, nil
}

// refuse finds out whether a refusal stands. As it is never stored, no fence has told yet whether it rests on the newest
// record, and whether the action was carried out before: what was done once is refused the second time.
func (h *Host) refuse(ctx context.Context, r Record, update string, refused RefusedError) error {
	newest, err := h.Store.Load(ctx, r.ID)
	if err != nil {
		return fmt.Errorf("loading the conversation: %w", err)
	}
	if newest.Version != r.Version {
		return ErrConflict
	}
	never := r
	never.Version = -1 // so the store writes nothing and only tells a duplicate from a conflict
	err = h.committer.commit(ctx, &Turn{Update: update, At: h.Now(), Record: never, State: encode(&r.State)})
	if errors.Is(err, ErrConflict) {
		return refused
	}
	return err
}

// doubt lets those look again who would miss a turn that was stored although storing it failed. Its timers and calls are
// found by the next sweep: to look for them at once would mean to spin where a timer's own turn is what fails.
func (h *Host) doubt(id int64) {
	h.hints.Changed(id)
	h.hints.Changed(allTickets)
	kick(h.kickSend[Dialogue])
	kick(h.kickSend[Calm])
	kick(h.kickDo)
}

// after lets the effects of a stored turn happen. Left says that the citizen can't be reached any more, or can again.
func (h *Host) after(turn *Turn, left bool) {
	if len(turn.Entries) > 0 {
		h.typing.over(turn.Record.ID, turn.Entries[0].Author == engine.Citizen)
	}
	if len(turn.Entries) > 0 || len(turn.Tickets) > 0 || left {
		h.hints.Changed(turn.Record.ID)
	}
	if len(turn.Tickets) > 0 || len(turn.Entries) > 0 && openTickets(turn.Record) {
		h.hints.Changed(allTickets)
	}
	if len(turn.Tickets) > 0 && h.desk != nil {
		h.desk.saw(turn.Tickets)
	}
	if len(turn.Set) > 0 {
		kick(h.kickTimer)
	}
	if turn.Outbox {
		kick(h.kickSend[turn.Priority])
	}
	if len(turn.Errands) > 0 {
		kick(h.kickDo)
	}
	for _, c := range turn.Calls {
		h.startCall(c)
	}
}

func openTickets(r Record) bool {
	return slices.ContainsFunc(r.State.Tickets, func(k engine.Ticket) bool { return k.Status.Open() })
}

func encode(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own plain structs: only a programming error gets here
	}
	return data
}

package console

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

// snapshotGap is the least time between two readings of the open tickets that a change has caused.
const snapshotGap = 100 * time.Millisecond

// openCase is an open ticket with the last words of its talk. It never changes.
type openCase struct {
	desk.Ticket
	Version int64 // of the conversation
	Seq     int64
	LastBy  engine.Author
	Last    string
	LastAt  time.Time
	HasFile bool
	print   string // a digest of all that a list shows of it; the same in every process

	drawn sync.Map // drawnKey → drawnRow: each look of the row is drawn once for all
}

// drawnKey names a look of a row.
type drawnKey struct {
	locale, term string
	mine         bool
	offered      bool
}

// drawnRow is a row and the minute in which it was drawn: it says how many minutes somebody has waited.
type drawnRow struct {
	minute int64
	html   string
}

// snapshot is how the desk stood at a moment: urgent tickets first, then the oldest. It never changes.
type snapshot struct {
	cases  []*openCase
	by     map[string]*openCase // by number
	ended  map[string]int       // by queue; under "" all
	unread map[int64]int        // mentions, by operator
	last   time.Time            // when the newest thing in it happened
	tally  map[string]tally
	own    map[int64][]*openCase // by operator
	mark   mark                  // the newest that has happened

	mu    sync.Mutex
	parts map[partKey]*listPart
}

// tally counts the open tickets of a queue.
type tally struct{ all, unassigned int }

// inbox reads the open tickets once for all streams: after a change, at most every snapshotGap.
type inbox struct {
	conversations Conversations
	tickets       Tickets
	open          host.Inbox
	queues        []string
	notes         host.Notes
	log           *slog.Logger
	clock         func() time.Time
	process       string // tells this process from others
	closing       chan struct{}
	poke          chan struct{}
	renewed       host.Hints[struct{}] // after each new snapshot

	reading sync.Mutex // one reading at a time
	mu      sync.Mutex
	now     *snapshot
	asked   int64 // how many readings were asked for, and which of them the newest snapshot answers
	done    int64
	events  []happening // the oldest first
	newest  int64       // the identifier of the last
}

func newInbox(p Ports, config Config, closing chan struct{}) *inbox {
	return &inbox{conversations: p.Conversations, tickets: p.Tickets, open: p.Inbox, queues: config.Queues, notes: p.Notes, log: config.Log,
		clock: config.Now, process: rand.Text()[:8], closing: closing, poke: make(chan struct{}, 1)}
}

// whole is all there is to be watched of an inbox.
var whole struct{}

// run reads after each change, as long as a stream listens.
func (x *inbox) run() {
	changed, stop := x.conversations.WatchTickets()
	defer stop()
	for {
		select {
		case <-changed:
		case <-x.poke:
		case <-x.closing:
			return
		}
		if x.renewed.Watchers(whole) > 0 {
			x.refresh()
		}
		gap := time.NewTimer(snapshotGap)
		select {
		case <-gap.C:
		case <-x.closing:
			gap.Stop()
			return
		}
	}
}

func (x *inbox) refresh() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if _, err := x.fresh(ctx); err != nil {
		x.log.Warn("console: the open tickets can't be read", "error", err)
		x.touch() // and again after the gap
		return
	}
	x.renewed.Changed(whole)
}

// touch makes the inbox read again: something has changed that is no turn of a conversation.
func (x *inbox) touch() {
	hint(x.poke)
}

// watch signals after each new snapshot, until stop is called.
func (x *inbox) watch() (changed <-chan struct{}, stop func()) {
	return x.renewed.Watch(whole)
}

// latest is the newest snapshot there is; the caller has been told of one or has asked for a fresh one before.
func (x *inbox) latest() *snapshot {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.now
}

// fresh reads the desk as it is now. Those who ask at the same time share one reading.
func (x *inbox) fresh(ctx context.Context) (*snapshot, error) {
	x.mu.Lock()
	x.asked++
	mine := x.asked
	x.mu.Unlock()
	x.reading.Lock()
	defer x.reading.Unlock()
	x.mu.Lock()
	if x.done >= mine { // a reading that began after we asked
		s := x.now
		x.mu.Unlock()
		return s, nil
	}
	answers, former := x.asked, x.now
	x.mu.Unlock()
	s, err := x.read(ctx, former)
	if err != nil {
		return nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.happened(former, s)
	x.now, x.done = s, answers
	return s, nil
}

// read takes over from the former snapshot whatever has not changed: a ticket changes only in a turn of its conversation.
func (x *inbox) read(ctx context.Context, former *snapshot) (*snapshot, error) {
	cases, same, err := x.readOpen(ctx, former)
	if err != nil {
		return nil, err
	}
	s := &snapshot{parts: map[partKey]*listPart{}, by: make(map[string]*openCase, len(cases)), cases: cases}
	for _, k := range cases {
		s.by[k.Number] = k
	}
	slices.SortStableFunc(s.cases, func(a, b *openCase) int {
		return cmp.Or(cmp.Compare(rank(a.Priority), rank(b.Priority)), a.Opened.Compare(b.Opened), cmp.Compare(a.Number, b.Number))
	})
	if same && len(former.by) == len(s.by) {
		s.ended = former.ended
	} else if s.ended, err = x.countEnded(ctx); err != nil {
		return nil, err
	}
	s.count()
	s.unread, err = x.notes.UnreadMentions(ctx)
	return s, err
}

// readAtOnce is how many changed tickets are read one by one; of more, all are read.
const readAtOnce = 200

// readOpen reads the open tickets. same reports whether all of them were open before.
func (x *inbox) readOpen(ctx context.Context, former *snapshot) (cases []*openCase, same bool, err error) {
	var open []host.OpenTicket
	if former == nil {
		open, err = x.open.OpenTickets(ctx)
	} else {
		var versions []host.OpenVersion
		if versions, err = x.open.OpenVersions(ctx); err != nil {
			return nil, false, err
		}
		var changed []string
		same = true
		for _, v := range versions {
			k := former.by[v.Number]
			if same = same && k != nil; k == nil || k.Version != v.Version {
				changed = append(changed, v.Number)
				continue
			}
			cases = append(cases, k)
		}
		switch {
		case len(changed) > readAtOnce:
			cases = nil
			open, err = x.open.OpenTickets(ctx)
		case len(changed) > 0:
			open, err = x.open.OpenTicketsNumbered(ctx, changed)
		}
	}
	for _, t := range open {
		if former != nil {
			if k := former.by[t.Number]; k != nil && k.Version == t.Version {
				cases = append(cases, k)
				continue
			}
		}
		cases = append(cases, x.readCase(ctx, t))
	}
	return cases, same, err
}

// count works out what every stream asks for.
func (s *snapshot) count() {
	s.last, s.tally, s.own = time.UnixMilli(0), map[string]tally{}, map[int64][]*openCase{}
	for _, k := range s.cases {
		for _, at := range []time.Time{k.Opened, k.LastAt} {
			if at.After(s.last) {
				s.last = at
			}
		}
		t := s.tally[k.Queue]
		t.all++
		if k.Operator == 0 {
			t.unassigned++
		} else {
			s.own[k.Operator] = append(s.own[k.Operator], k)
		}
		s.tally[k.Queue] = t
	}
}

// countEnded counts solved and closed tickets. Their number can have changed only if a ticket has come or gone.
func (x *inbox) countEnded(ctx context.Context) (map[string]int, error) {
	filters := []desk.Filter{{Closed: true}}
	for _, q := range x.queues {
		filters = append(filters, desk.Filter{Closed: true, Queue: q})
	}
	counts, err := x.tickets.Counts(ctx, filters...)
	if err != nil {
		return nil, err
	}
	ended := map[string]int{"": counts[0]}
	for i, q := range x.queues {
		ended[q] = counts[i+1]
	}
	return ended, nil
}

func rank(p desk.Priority) int {
	if p == desk.Urgent {
		return 0
	}
	return 1
}

// readCase reads who spoke last in a talk and what they said. A list is still worth showing without it.
func (x *inbox) readCase(ctx context.Context, t host.OpenTicket) *openCase {
	k := &openCase{Ticket: t.Ticket, Version: t.Version, Seq: t.Seq}
	const back = 4 // notices and empty entries that may stand after it
	entries, err := x.conversations.History(ctx, t.Conversation, max(0, t.Seq-back), back)
	if err != nil && ctx.Err() == nil {
		x.log.WarnContext(ctx, "console: the last line of a talk can't be read", "conversation", t.Conversation, "error", err)
	}
	for _, e := range slices.Backward(entries) {
		if l := readLine(e); l.By != engine.System && (l.Message.Text != "" || len(l.Message.Files) > 0) {
			k.LastBy, k.Last, k.LastAt, k.HasFile = l.By, lastWords(l), e.At, len(l.Message.Files) > 0
			break
		}
	}
	text, err := json.Marshal(struct {
		T    desk.Ticket
		By   engine.Author
		Last string
		At   time.Time
		File bool
	}{k.Ticket, k.LastBy, k.Last, k.LastAt, k.HasFile})
	if err != nil { // a ticket is made of strings, numbers and times: nothing in it can fail
		text = []byte(k.Number)
	}
	sum := sha256.Sum256(text)
	k.print = hex.EncodeToString(sum[:8])
	return k
}

func lastWords(l line) string {
	text := l.Message.Text
	if l.By != engine.Citizen {
		text = strings.ReplaceAll(text, "**", "")
	}
	return cut(strings.Join(strings.Fields(text), " "), 160)
}

// Urgent reports whether the ticket goes to the duty specialist.
func (k *openCase) Urgent() bool { return k.Priority == desk.Urgent }

package host

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"spravka/engine/desk"
)

// How long a sign of life holds. Consoles renew them well before.
const (
	lookingFor = 45 * time.Second
	typingFor  = 6 * time.Second
)

// maxViewers bounds who is remembered beside one ticket, and maxViewed the tickets that somebody looks at.
const (
	maxViewers = 50
	maxViewed  = 10000
)

// Presence knows which operators are there, and who looks at which ticket. It lives in the process: after a restart the
// consoles' next signs of life fill it again. The operator's own switch between available and away is in the account.
type Presence struct {
	now     func() time.Time
	silence time.Duration // from which on an operator counts as offline

	mu      sync.Mutex
	seen    map[int64]sign
	viewers map[string]map[int64]viewing
	kick    func() // somebody has come or gone

	hints Hints[string] // of tickets, by their numbers
}

// sign is an operator's life in the console.
type sign struct {
	since time.Time // of the present state
	last  time.Time
	gone  bool // has signed out
}

type viewing struct {
	since, last, typed time.Time
}

// Viewer is an operator who looks at a ticket.
type Viewer struct {
	Operator int64
	Since    time.Time
	Typing   bool
}

// NewPresence makes one that counts operators as offline after a silence of their consoles.
func NewPresence(now func() time.Time, silence time.Duration) *Presence {
	return &Presence{now: now, silence: silence, seen: map[int64]sign{}, viewers: map[string]map[int64]viewing{}, kick: func() {}}
}

// onChange makes f be called when an operator comes or goes. It must be quick.
func (p *Presence) onChange(f func()) {
	p.mu.Lock()
	p.kick = f
	p.mu.Unlock()
}

// Seen is a sign of life: the operator's console is open. Consoles give one every 20 seconds or so.
func (p *Presence) Seen(operator int64) {
	now := p.now()
	p.mu.Lock()
	s, known := p.seen[operator]
	back := !known || s.gone || now.Sub(s.last) >= p.silence
	if back {
		s = sign{since: now}
	}
	s.last = now
	p.seen[operator] = s
	kick := p.kick
	p.mu.Unlock()
	if back {
		kick()
	}
}

// Gone says that the operator has signed out everywhere.
func (p *Presence) Gone(operator int64) {
	p.mu.Lock()
	s, known := p.seen[operator]
	if known && !s.gone {
		p.seen[operator] = sign{since: p.now(), last: s.last, gone: true}
	}
	kick := p.kick
	p.mu.Unlock()
	if known {
		kick()
	}
}

// Online reports whether the operator's console is open, and since when that is so or not. Nothing is known of an operator
// who was not seen since the start of the process: they count as gone since then.
func (p *Presence) Online(operator int64) (online bool, since time.Time) {
	now := p.now()
	p.mu.Lock()
	defer p.mu.Unlock()
	s, known := p.seen[operator]
	switch {
	case !known:
		return false, time.Time{}
	case s.gone:
		return false, s.since
	case now.Sub(s.last) >= p.silence:
		return false, s.last.Add(p.silence)
	}
	return true, s.since
}

// Looking is a sign that the operator has the ticket before them.
func (p *Presence) Looking(ticket string, operator int64) { p.view(ticket, operator, false) }

// Typing is a sign that the operator writes an answer or a note.
func (p *Presence) Typing(ticket string, operator int64) { p.view(ticket, operator, true) }

func (p *Presence) view(ticket string, operator int64, typing bool) {
	now := p.now()
	p.mu.Lock()
	defer p.mu.Unlock()
	of := p.viewers[ticket]
	if of == nil {
		if len(p.viewers) >= maxViewed {
			p.sweep(now)
		}
		if len(p.viewers) >= maxViewed {
			return
		}
		of = map[int64]viewing{}
		p.viewers[ticket] = of
	}
	v, known := of[operator]
	known = known && now.Sub(v.last) < lookingFor
	if !known {
		if len(of) >= maxViewers {
			return
		}
		v = viewing{since: now}
	}
	typed := now.Sub(v.typed) < typingFor
	v.last = now
	if typing {
		v.typed = now
	}
	of[operator] = v
	if !known || typing && !typed {
		p.hints.Changed(ticket)
	}
}

// Left says that the operator has closed the ticket's page.
func (p *Presence) Left(ticket string, operator int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.viewers[ticket][operator]; ok {
		delete(p.viewers[ticket], operator)
		p.hints.Changed(ticket)
	}
}

// Viewers lists who looks at the ticket, by their identifiers.
func (p *Presence) Viewers(ticket string) []Viewer {
	now := p.now()
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []Viewer
	for id, v := range p.viewers[ticket] {
		if now.Sub(v.last) < lookingFor {
			out = append(out, Viewer{Operator: id, Since: v.since, Typing: now.Sub(v.typed) < typingFor})
		}
	}
	slices.SortFunc(out, func(a, b Viewer) int { return cmp.Compare(a.Operator, b.Operator) })
	return out
}

// Watch gives a channel that gets a hint whenever somebody comes to the ticket, leaves it or begins to type. That a sign of
// life has run out gives no hint: whoever watches looks again every few seconds.
func (p *Presence) Watch(ticket string) (changed <-chan struct{}, stop func()) {
	return p.hints.Watch(ticket)
}

// sweep forgets the signs of life that have run out.
func (p *Presence) sweep(now time.Time) {
	for ticket, of := range p.viewers {
		for id, v := range of {
			if now.Sub(v.last) >= lookingFor {
				delete(of, id)
			}
		}
		if len(of) == 0 {
			delete(p.viewers, ticket)
		}
	}
}

// seat is how routing sees an operator of the staff, without the tickets. Administrators are given none, and supervisors
// only those of the queues that are named for them: having the console open must not make them the ones who answer. What
// they take by hand is theirs like anybody's, so they have a seat that works in no queue. Editors have none.
func seat(o Operator, p *Presence, started time.Time, queues []string) (desk.Seat, bool) {
	switch {
	case o.Disabled:
		return desk.Seat{}, false
	case o.Role == RoleOperator && len(o.Queues) == 0:
	case (o.Role == RoleOperator || o.Role == RoleSupervisor) && len(o.Queues) > 0:
		queues = o.Queues
	case o.Role == RoleSupervisor, o.Role == RoleAdministrator:
		queues = nil
	default:
		return desk.Seat{}, false
	}
	s := desk.Seat{ID: o.ID, Name: o.Name, Queues: queues, Capacity: o.Capacity}
	online, since := p.Online(o.ID)
	if since.IsZero() {
		since = started
	}
	switch {
	case !online:
		s.Presence, s.Since = desk.Offline, since
		if o.Presence == PresenceAway && o.PresenceSince.Before(since) {
			s.Since = o.PresenceSince // they were away before that already
		}
	case o.Presence == PresenceAway:
		s.Presence, s.Since = desk.Away, o.PresenceSince
	default:
		s.Presence, s.Since = desk.Available, since
	}
	return s, true
}

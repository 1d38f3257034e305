package console

import (
	"context"
	"slices"
	"sync"
	"time"

	"spravka/engine/host"
)

// people is host.Accounts in memory.
type people struct {
	mu       sync.Mutex
	all      []host.Operator
	sessions map[string]peopleSession
}

type peopleSession struct {
	operator int64
	expires  time.Time
}

func newPeople() *people { return &people{sessions: map[string]peopleSession{}} }

func (p *people) CreateOperator(_ context.Context, o host.Operator) (int64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, other := range p.all {
		if other.Login == o.Login {
			return 0, host.ErrTaken
		}
	}
	o.ID = int64(len(p.all) + 1)
	p.all = append(p.all, o)
	return o.ID, nil
}

func (p *people) find(match func(host.Operator) bool) (*host.Operator, error) {
	i := slices.IndexFunc(p.all, match)
	if i < 0 {
		return nil, host.ErrNotFound
	}
	return &p.all[i], nil
}

func (p *people) OperatorByLogin(_ context.Context, login string) (host.Operator, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o, err := p.find(func(o host.Operator) bool { return o.Login == login })
	if err != nil {
		return host.Operator{}, err
	}
	return *o, nil
}

func (p *people) Operators(context.Context) ([]host.Operator, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.all), nil
}

func (p *people) SetPassword(_ context.Context, operator int64, hash string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	o, err := p.find(func(o host.Operator) bool { return o.ID == operator })
	if err == nil {
		o.PasswordHash = hash
	}
	return err
}

func (p *people) SetDisabled(_ context.Context, operator int64, disabled bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	o, err := p.find(func(o host.Operator) bool { return o.ID == operator })
	if err != nil {
		return err
	}
	o.Disabled = disabled
	p.end(operator)
	return nil
}

func (p *people) CreateSession(_ context.Context, hash []byte, operator int64, _, expires time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	o, err := p.find(func(o host.Operator) bool { return o.ID == operator })
	if err != nil || o.Disabled {
		return host.ErrNotFound
	}
	p.sessions[string(hash)] = peopleSession{operator, expires}
	return nil
}

func (p *people) Session(_ context.Context, hash []byte, now time.Time) (host.Operator, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, ok := p.sessions[string(hash)]
	o, err := p.find(func(o host.Operator) bool { return o.ID == s.operator })
	if !ok || !now.Before(s.expires) || err != nil || o.Disabled {
		return host.Operator{}, host.ErrNotFound
	}
	return *o, nil
}

func (p *people) EndSession(_ context.Context, hash []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.sessions, string(hash))
	return nil
}

func (p *people) EndSessions(_ context.Context, operator int64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end(operator)
	return nil
}

func (p *people) end(operator int64) {
	for hash, s := range p.sessions {
		if s.operator == operator {
			delete(p.sessions, hash)
		}
	}
}

package console

import (
	"cmp"
	"context"
	"slices"
	"testing"

	"spravka/adapters/sqlite"
	"spravka/engine/host"
)

// people is the real store's part that keeps the staff, in memory.
type people struct {
	*sqlite.Store
	t testing.TB
}

func newPeople(t testing.TB) *people {
	t.Helper()
	s, err := sqlite.Open(":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &people{s, t}
}

// all lists the operators in the order in which they came.
func (p *people) all() []host.Operator {
	p.t.Helper()
	all, err := p.Operators(context.Background())
	if err != nil {
		p.t.Fatal(err)
	}
	slices.SortFunc(all, func(a, b host.Operator) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// find returns an operator as stored.
func (p *people) find(id int64) host.Operator {
	p.t.Helper()
	for _, o := range p.all() {
		if o.ID == id {
			return o
		}
	}
	p.t.Fatalf("there is no operator %d", id)
	return host.Operator{}
}

// log returns the audit log, the oldest line first.
func (p *people) log(f host.AuditFilter) []host.AuditEntry {
	p.t.Helper()
	lines, err := p.AuditLog(context.Background(), f)
	if err != nil {
		p.t.Fatal(err)
	}
	slices.Reverse(lines)
	return lines
}

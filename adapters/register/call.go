package register

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"spravka/engine/host"
)

// Bounds of a call. They are those of adapters/services/openapi.yaml, so that a call fits both or neither.
const (
	maxID   = 128  // bytes
	maxText = 4000 // characters of a parameter
)

// read checks a call and makes it ready.
func (r *Register) read(c host.ServiceCall) (operation, question, error) {
	op, ok := operations[c.Operation]
	if !ok {
		return op, question{}, fmt.Errorf("register: %w: there is no operation %.64q", ErrCall, c.Operation)
	}
	bad := func(what string) (operation, question, error) {
		return op, question{}, fmt.Errorf("register: %s: %w: %s", c.Operation, ErrCall, what)
	}
	if c.ID == "" || len(c.ID) > maxID {
		return bad(fmt.Sprintf("its ID must have 1 to %d bytes", maxID))
	}
	q := question{key: strconv.FormatInt(c.Conversation, 10) + "/" + c.ID, with: make(map[string]string, len(op.params)), now: r.now()}
	for name, value := range c.With {
		if !slices.Contains(op.params, name) {
			return bad("it has a parameter that the operation does not name")
		}
		if !utf8.ValidString(value) || utf8.RuneCountInString(value) > maxText {
			return bad(fmt.Sprintf("the parameter %s is not a text of at most %d characters", name, maxText))
		}
		q.with[name] = strings.TrimSpace(value)
	}
	return op, q, nil
}

// fail plays the faults that the register's data ask for, so that time-outs and errors can be tried out.
func (r *Register) fail(ctx context.Context, operation string, q question) error {
	if operation != "application.find" && operation != "application.notify" {
		return nil
	}
	var fault string
	err := r.db.Read(ctx, func(db *sql.DB) error {
		return db.QueryRowContext(ctx, `SELECT answer FROM register_faults WHERE number = $1`, q.with["number"]).Scan(&fault)
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("register: %s: %w", operation, err)
	case fault == faultTimeout:
		<-ctx.Done()
		return fmt.Errorf("register: %s: %w", operation, ctx.Err())
	}
	return fmt.Errorf("register: %s: %w", operation, ErrFault)
}

// turnstile lets one call of a key through at a time. The zero value needs its map.
type turnstile struct {
	mu   sync.Mutex
	busy map[string]chan struct{} // closed when the call that is inside leaves
}

func (t *turnstile) enter(ctx context.Context, key string) (leave func(), err error) {
	for {
		t.mu.Lock()
		inside, taken := t.busy[key]
		if !taken {
			mine := make(chan struct{})
			t.busy[key] = mine
			t.mu.Unlock()
			return func() {
				t.mu.Lock()
				delete(t.busy, key)
				t.mu.Unlock()
				close(mine)
			}, nil
		}
		t.mu.Unlock()
		select {
		case <-inside:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

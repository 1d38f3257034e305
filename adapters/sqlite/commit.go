package sqlite

import (
	"context"
	"errors"
	"fmt"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"spravka/engine"
	"spravka/engine/host"
)

const (
	// The fence and the test for a duplicate in one statement: where either fails, nothing of the turn has been
	// written, and the transaction goes on with the next turn without a savepoint.
	fenceTurn = `UPDATE conversations SET version = version + 1, seq = $1, owner = $2, state = $3, changed = $4
		WHERE id = $5 AND version = $6 AND seq = $7 AND channel = $8
		AND NOT EXISTS (SELECT 1 FROM updates WHERE updates.channel = $8 AND updates.update_id = $9)`
	isHandled  = `SELECT EXISTS (SELECT 1 FROM updates WHERE channel = $1 AND update_id = $2)`
	markUpdate = `INSERT INTO updates (channel, update_id, conversation, at) VALUES ($1, $2, $3, $4)`
)

// Commit implements [host.Store]. It takes at most [MaxTurns] turns; several calls at once share a transaction.
//
// A turn may also fail for its own data (too large, a gap in its sequence numbers, a constraint of the database): its
// error says so, and the other turns are written. Entries, timers and calls belong to the turn's conversation whatever
// their own field says.
func (s *Store) Commit(ctx context.Context, turns []*host.Turn) ([]error, error) {
	if len(turns) > MaxTurns {
		return nil, fmt.Errorf("commit: %d turns at once, at most %d are possible", len(turns), MaxTurns)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("commit: %w", err)
	}
	c := &commit{turns: turns, spoilt: make([]error, len(turns)), results: make([]error, len(turns))}
	sound := 0
	for i, t := range turns {
		if err := checkTurn(t); err != nil {
			c.spoilt[i] = fmt.Errorf("turn refused: %w", err)
			continue
		}
		sound++
	}
	if sound == 0 {
		return c.spoilt, nil
	}
	if err := s.writer.do(ctx, sound, c.run); err != nil {
		return nil, fmt.Errorf("commit %d turns: %w", len(turns), err)
	}
	return c.results, nil
}

// commit is a batch on its way into the database.
type commit struct {
	turns   []*host.Turn
	spoilt  []error // of turns that can't be stored and are left out
	results []error
}

// run writes the turns. When a turn turns out to be spoilt halfway, it is noted, and the whole runs again without it:
// one more transaction for each such turn, which only a fault of the program can bring about.
func (c *commit) run(t *tx) error {
	for i, turn := range c.turns {
		if c.spoilt[i] != nil {
			c.results[i] = c.spoilt[i]
			continue
		}
		err := writeTurn(t, turn)
		if err != nil && !isClean(err) {
			if !isData(err) {
				return err
			}
			c.spoilt[i] = fmt.Errorf("turn of conversation %d can't be stored: %w", turn.Record.ID, err)
			return errAgain
		}
		c.results[i] = err
	}
	return nil
}

// isClean tells the errors after which nothing of the turn has been written.
func isClean(err error) bool {
	return errors.Is(err, host.ErrDuplicate) || errors.Is(err, host.ErrConflict)
}

// errData marks a fault of the turn itself, other than those that SQLite finds.
var errData = errors.New("the turn contradicts what is stored")

// isData tells errors that come with the data of a turn from those of the disk or the program.
func isData(err error) bool {
	var e *driver.Error
	if !errors.As(err, &e) {
		return errors.Is(err, errData)
	}
	switch e.Code() & 0xff {
	case codes.SQLITE_CONSTRAINT, codes.SQLITE_TOOBIG, codes.SQLITE_MISMATCH:
		return true
	}
	return false
}

func writeTurn(t *tx, turn *host.Turn) error {
	id, at := turn.Record.ID, millis(turn.At)
	before := turn.Record.Seq - int64(len(turn.Entries))
	n, err := t.exec(fenceTurn, turn.Record.Seq, ownerOf(turn.Record.State), turn.State, at,
		id, turn.Record.Version, before, turn.Record.Peer.Channel, turn.Update)
	if err != nil {
		return err
	}
	if n == 0 {
		return whyRefused(t, turn)
	}
	if _, err := t.exec(markUpdate, turn.Record.Peer.Channel, turn.Update, id, at); err != nil {
		return err
	}
	if err := writeEntries(t, turn); err != nil {
		return err
	}
	if err := writeTimers(t, turn); err != nil {
		return err
	}
	if err := writeCalls(t, turn); err != nil {
		return err
	}
	if err := writeErrands(t, turn); err != nil {
		return err
	}
	return writeTickets(t, turn)
}

// whyRefused tells a duplicate, which is final, from a conflict, after which the turn is made again.
func whyRefused(t *tx, turn *host.Turn) error {
	var handled bool
	if err := t.row(isHandled, turn.Record.Peer.Channel, turn.Update).Scan(&handled); err != nil {
		return err
	}
	if handled {
		return host.ErrDuplicate
	}
	return host.ErrConflict
}

// outgoing reports whether the entry goes through the outbox.
func outgoing(turn *host.Turn, e host.Entry) bool { return turn.Outbox && e.Author != engine.Citizen }

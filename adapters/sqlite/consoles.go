package sqlite

import (
	"context"
	"encoding/json"
	"fmt"

	"spravka/engine/host"
)

var (
	_ host.Inbox         = (*Store)(nil)
	_ host.Notes         = (*Store)(nil)
	_ host.CannedReplies = (*Store)(nil)
)

const (
	openTickets = `SELECT ` + ticketColumns + `, talk_version, talk_seq FROM tickets
		JOIN (SELECT id AS talk, version AS talk_version, seq AS talk_seq FROM conversations) ON talk = conversation
		WHERE ` + openStatus + ` ORDER BY priority DESC, opened, number`
	openNumbered = `SELECT ` + ticketColumns + `, talk_version, talk_seq FROM tickets
		JOIN (SELECT id AS talk, version AS talk_version, seq AS talk_seq FROM conversations) ON talk = conversation
		WHERE ` + openStatus + ` AND number IN (SELECT value FROM json_each($1))`
	openVersions = `SELECT number, version FROM tickets JOIN (SELECT id AS talk, version FROM conversations) ON talk = conversation WHERE ` + openStatus
	deliveriesOf = `SELECT seq, state, attempts, due, error FROM outbox WHERE conversation = $1 ORDER BY seq`
)

// OpenTickets implements [host.Inbox].
func (s *Store) OpenTickets(ctx context.Context) ([]host.OpenTicket, error) {
	all, err := query(ctx, s, scanOpen, openTickets)
	return all, wrap("open tickets", err)
}

func scanOpen(row rowScanner) (t host.OpenTicket, err error) {
	t.Ticket, err = scanTicket(longer{row, []any{&t.Version, &t.Seq}})
	return t, err
}

// OpenVersions implements [host.Inbox].
func (s *Store) OpenVersions(ctx context.Context) ([]host.OpenVersion, error) {
	scan := func(row rowScanner) (v host.OpenVersion, err error) {
		err = row.Scan(&v.Number, &v.Version)
		return v, err
	}
	all, err := query(ctx, s, scan, openVersions)
	return all, wrap("versions of open tickets", err)
}

// OpenTicketsNumbered implements [host.Inbox].
func (s *Store) OpenTicketsNumbered(ctx context.Context, numbers []string) ([]host.OpenTicket, error) {
	text, err := json.Marshal(numbers)
	if err != nil {
		return nil, err
	}
	all, err := query(ctx, s, scanOpen, openNumbered, string(text))
	return all, wrap("open tickets by number", err)
}

// longer is a row that has more columns than its reader knows of.
type longer struct {
	row  rowScanner
	more []any
}

func (l longer) Scan(dest ...any) error { return l.row.Scan(append(dest, l.more...)...) }

// Deliveries implements [host.Inbox].
func (s *Store) Deliveries(ctx context.Context, conversation int64) ([]host.Delivery, error) {
	scan := func(row rowScanner) (d host.Delivery, err error) {
		var state string
		var due int64
		err = row.Scan(&d.Seq, &state, &d.Attempts, &due, &d.Error)
		d.State, d.Due = host.OutboxState(state), moment(due)
		return d, err
	}
	all, err := query(ctx, s, scan, deliveriesOf, conversation)
	return all, wrap(fmt.Sprintf("deliveries of conversation %d", conversation), err)
}

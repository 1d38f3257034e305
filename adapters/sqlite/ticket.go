package sqlite

import (
	"context"
	"fmt"
	"strings"
	"time"

	"spravka/engine/desk"
	"spravka/engine/host"
)

const (
	ticketColumns = `number, conversation, channel, kind, queue, priority, status, reason, topic, subject,
		operator, operator_name, opened, due, changed`
	// A number never passes from one conversation to another.
	putTicket = `INSERT INTO tickets (` + ticketColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		ON CONFLICT (number) DO UPDATE SET channel = excluded.channel, kind = excluded.kind, queue = excluded.queue,
			priority = excluded.priority, status = excluded.status, reason = excluded.reason, topic = excluded.topic,
			subject = excluded.subject, operator = excluded.operator, operator_name = excluded.operator_name,
			opened = excluded.opened, due = excluded.due, changed = excluded.changed
		WHERE tickets.conversation = excluded.conversation`
	addChange    = `INSERT INTO ticket_changes (ticket, at, status, by_whom, note) VALUES ($1, $2, $3, $4, $5)`
	ticketByID   = `SELECT ` + ticketColumns + ` FROM tickets WHERE number = $1`
	changesOf    = `SELECT ticket, at, status, by_whom, note FROM ticket_changes WHERE ticket = $1 ORDER BY id`
	openStatus   = `status IN ('new', 'in_work', 'clarify')` // as in the indices
	closedStatus = `status IN ('solved', 'closed')`
	// 'urgent' sorts after 'normal', so descending order begins with it.
	ticketOrder = ` ORDER BY priority DESC, opened, number`
	aheadOf     = `SELECT COUNT(*) FROM tickets WHERE ` + openStatus + ` AND operator = 0 AND queue = $1
		AND (priority > $2 OR (priority = $2 AND opened < $3))`
)

// Tickets implements [host.Store].
func (s *Store) Tickets(ctx context.Context, f desk.Filter) ([]desk.Ticket, error) {
	if f.Limit < 0 || f.Limit > 200 {
		return nil, fmt.Errorf("tickets: the limit is %d, it must be 1–200, or 0 for 100", f.Limit)
	}
	if f.Limit == 0 {
		f.Limit = 100
	}
	var args []any
	where := []string{openStatus}
	if f.Closed {
		where[0] = closedStatus
	}
	narrow := func(column string, value any) {
		args = append(args, value)
		where = append(where, fmt.Sprintf("%s = $%d", column, len(args)))
	}
	if f.Conversation != 0 {
		narrow("conversation", f.Conversation)
	}
	if f.Operator != 0 {
		narrow("operator", f.Operator)
		where = append(where, "operator <> 0") // lets the planner use the index of taken tickets
	}
	if f.Queue != "" {
		narrow("queue", f.Queue)
	}
	args = append(args, f.Limit)
	query := fmt.Sprintf("SELECT %s FROM tickets WHERE %s%s LIMIT $%d",
		ticketColumns, strings.Join(where, " AND "), ticketOrder, len(args))
	tickets, err := list(ctx, s, scanTicket, query, args...)
	return tickets, wrap("tickets", err)
}

// Ticket implements [host.Store].
func (s *Store) Ticket(ctx context.Context, number string) (desk.Ticket, []desk.Change, error) {
	// The history first: read after it, the ticket is never older than its last line.
	changes, err := list(ctx, s, scanChange, changesOf, number)
	if err != nil {
		return desk.Ticket{}, nil, wrap("changes of ticket", err)
	}
	ticket, err := one(ctx, s, scanTicket, ticketByID, number)
	if err != nil {
		return desk.Ticket{}, nil, wrap("ticket", err)
	}
	return ticket, changes, nil
}

// Ahead implements [host.Store]. Every urgent ticket comes before an ordinary one, whenever it was opened.
func (s *Store) Ahead(ctx context.Context, queue string, p desk.Priority, before time.Time) (int, error) {
	n, err := one(ctx, s, scanInt, aheadOf, queue, string(p), millis(before))
	return int(n), wrap("tickets ahead", err)
}

func scanTicket(row rowScanner) (t desk.Ticket, err error) {
	var kind, priority, status string
	var opened, due, changed int64
	err = row.Scan(&t.Number, &t.Conversation, &t.Channel, &kind, &t.Queue, &priority, &status, &t.Reason, &t.Topic, &t.Subject,
		&t.Operator, &t.OperatorName, &opened, &due, &changed)
	t.Kind, t.Priority, t.Status = desk.Kind(kind), desk.Priority(priority), desk.Status(status)
	t.Opened, t.Due, t.Changed = moment(opened), moment(due), moment(changed)
	return t, err
}

func scanChange(row rowScanner) (c desk.Change, err error) {
	var at int64
	var status string
	err = row.Scan(&c.Ticket, &at, &status, &c.By, &c.Note)
	c.At, c.Status = moment(at), desk.Status(status)
	return c, err
}

func writeTickets(t *tx, turn *host.Turn) error {
	for _, k := range turn.Tickets {
		n, err := t.exec(putTicket, k.Number, turn.Record.ID, k.Channel, string(k.Kind), k.Queue, string(k.Priority), string(k.Status),
			k.Reason, k.Topic, k.Subject, k.Operator, k.OperatorName, millis(k.Opened), millis(k.Due), millis(k.Changed))
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("%w: ticket %s belongs to another conversation", errData, k.Number)
		}
	}
	for _, c := range turn.Changes {
		if _, err := t.exec(addChange, c.Ticket, millis(c.At), string(c.Status), c.By, c.Note); err != nil {
			return err
		}
	}
	return nil
}

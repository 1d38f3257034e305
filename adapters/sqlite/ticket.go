package sqlite

import (
	"context"
	"fmt"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

const (
	ticketColumns = `number, conversation, channel, kind, queue, priority, status, reason, topic, subject,
		operator, operator_name, opened, due, changed, language, former, offered_to, offered_until, fence, escalated,
		taken, first_reply, last_staff, last_citizen, solved, resolution, wants, reopened, merged_into, follows,
		rating, rating_text`
	// A number never passes from one conversation to another.
	putTicket = `INSERT INTO tickets (` + ticketColumns + `, search)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
			$22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34)
		ON CONFLICT (number) DO UPDATE SET channel = excluded.channel, kind = excluded.kind, queue = excluded.queue,
			priority = excluded.priority, status = excluded.status, reason = excluded.reason, topic = excluded.topic,
			subject = excluded.subject, operator = excluded.operator, operator_name = excluded.operator_name,
			opened = excluded.opened, due = excluded.due, changed = excluded.changed, language = excluded.language,
			former = excluded.former, offered_to = excluded.offered_to, offered_until = excluded.offered_until,
			fence = excluded.fence, escalated = excluded.escalated, taken = excluded.taken, first_reply = excluded.first_reply,
			last_staff = excluded.last_staff, last_citizen = excluded.last_citizen, solved = excluded.solved,
			resolution = excluded.resolution, wants = excluded.wants, reopened = excluded.reopened,
			merged_into = excluded.merged_into, follows = excluded.follows, rating = excluded.rating,
			rating_text = excluded.rating_text, search = excluded.search
		WHERE tickets.conversation = excluded.conversation`
	heardOf  = `UPDATE tickets SET last_citizen = $1 WHERE number = $2 AND conversation = $3`
	spokenOf = `UPDATE tickets SET last_staff = $1, first_reply = CASE first_reply WHEN 0 THEN $1 ELSE first_reply END
		WHERE number = $2 AND conversation = $3`
	addChange = `INSERT INTO ticket_changes (ticket, at, status, by_whom, note, kind, operator, from_operator, to_operator, queue)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	ticketByID = `SELECT ` + ticketColumns + ` FROM tickets WHERE number = $1`
	changesOf  = `SELECT ticket, at, status, by_whom, note, kind, operator, from_operator, to_operator, queue
		FROM ticket_changes WHERE ticket = $1 ORDER BY id`
	openStatus   = `status IN ('new', 'in_work', 'clarify')` // as in the indices
	closedStatus = `status IN ('solved', 'closed')`
	aheadOf      = `SELECT COUNT(*) FROM tickets WHERE ` + openStatus + ` AND operator = 0 AND queue = $1
		AND (priority > $2 OR (priority = $2 AND opened < $3))`
)

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

// ticketRow is a row of ticketColumns on its way into a ticket.
type ticketRow struct {
	ticket                                                                                           desk.Ticket
	kind, priority, status, wants                                                                    string
	opened, due, changed, offeredUntil, taken, firstReply, lastStaff, lastCitizen, solved, escalated int64
}

func (r *ticketRow) fields() []any {
	t := &r.ticket
	return []any{&t.Number, &t.Conversation, &t.Channel, &r.kind, &t.Queue, &r.priority, &r.status, &t.Reason, &t.Topic, &t.Subject,
		&t.Operator, &t.OperatorName, &r.opened, &r.due, &r.changed, &t.Language, &t.Former, &t.OfferedTo, &r.offeredUntil, &t.Fence, &r.escalated,
		&r.taken, &r.firstReply, &r.lastStaff, &r.lastCitizen, &r.solved, &t.Resolution, &r.wants, &t.Reopened, &t.MergedInto, &t.Follows,
		&t.Rating, &t.RatingText}
}

func (r *ticketRow) read() desk.Ticket {
	t := r.ticket
	t.Kind, t.Priority, t.Status, t.Wants = desk.Kind(r.kind), desk.Priority(r.priority), desk.Status(r.status), desk.Want(r.wants)
	t.Opened, t.Due, t.Changed, t.OfferedUntil = moment(r.opened), moment(r.due), moment(r.changed), moment(r.offeredUntil)
	t.Taken, t.FirstReply, t.LastStaff, t.LastCitizen, t.Solved = moment(r.taken), moment(r.firstReply), moment(r.lastStaff), moment(r.lastCitizen), moment(r.solved)
	t.Escalated = r.escalated != 0
	return t
}

func scanTicket(row rowScanner) (desk.Ticket, error) {
	var r ticketRow
	err := row.Scan(r.fields()...)
	return r.read(), err
}

func scanChange(row rowScanner) (c desk.Change, err error) {
	var at int64
	var status string
	err = row.Scan(&c.Ticket, &at, &status, &c.By, &c.Note, &c.Kind, &c.Operator, &c.From, &c.To, &c.Queue)
	c.At, c.Status = moment(at), desk.Status(status)
	return c, err
}

func writeTickets(t *tx, turn *host.Turn) error {
	for _, k := range turn.Tickets {
		n, err := t.exec(putTicket, k.Number, turn.Record.ID, k.Channel, string(k.Kind), k.Queue, string(k.Priority), string(k.Status),
			k.Reason, k.Topic, k.Subject, k.Operator, k.OperatorName, millis(k.Opened), millis(k.Due), millis(k.Changed), k.Language, k.Former,
			k.OfferedTo, millis(k.OfferedUntil), k.Fence, k.Escalated, millis(k.Taken), millis(k.FirstReply), millis(k.LastStaff), millis(k.LastCitizen),
			millis(k.Solved), k.Resolution, string(k.Wants), k.Reopened, k.MergedInto, k.Follows, k.Rating, k.RatingText, folded(k.Subject))
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("%w: ticket %s belongs to another conversation", errData, k.Number)
		}
	}
	for _, touch := range turn.Touched {
		query := heardOf
		if touch.By == engine.Operator {
			query = spokenOf
		}
		if _, err := t.exec(query, millis(turn.At), touch.Ticket, turn.Record.ID); err != nil {
			return err
		}
	}
	for _, c := range turn.Changes {
		if _, err := t.exec(addChange, c.Ticket, millis(c.At), string(c.Status), c.By, c.Note, c.Kind, c.Operator, c.From, c.To, c.Queue); err != nil {
			return err
		}
	}
	return nil
}

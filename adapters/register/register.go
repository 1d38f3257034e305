// Package register is the register that Spravka brings along: sample data in the same database as everything else, for
// trials and for whoever has not connected the real ones yet (adapters/services). It answers everything that
// flows/services.yaml names except what the desk answers itself.
package register

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"time"

	"spravka/engine"
	"spravka/engine/answer"
	"spravka/engine/host"
)

// Database is where the tables are; adapters/sqlite is one.
type Database interface {
	// Read gives f connections that only read.
	Read(ctx context.Context, f func(*sql.DB) error) error
	// Write runs f in a transaction and commits it if f returns nil. There is one at a time.
	Write(ctx context.Context, f func(*sql.Tx) error) error
}

// Options of a [Register]. Only the database is required.
type Options struct {
	Database Database
	Sender   Sender                 // of SMS and e-mail; nil stands for [Notices] without a hook, which sends nothing
	Now      func() time.Time       // nil stands for the machine's clock
	Code     func() (string, error) // makes a one-time code of 6 digits; nil stands for chance
	Zone     *time.Location         // in which days begin and moments are written; nil stands for Moscow's UTC+3
}

// Register answers calls from its tables. It is safe for concurrent use.
type Register struct {
	db       Database
	sender   Sender
	now      func() time.Time
	code     func() (string, error)
	zone     *time.Location
	sameName func(a, b string) bool
	calls    turnstile
}

var _ host.Service = (*Register)(nil)

// Errors that calls can end with, besides those of the database and the context.
var (
	ErrCall    = errors.New("the call does not fit the register")                  // wrapped; says how
	ErrReused  = errors.New("this call's ID has been used for another question")   // nothing was done
	ErrFault   = errors.New("the register fails for this number, as its data say") // see the sample's faults
	ErrSending = errors.New("the message could not be sent")                       // wrapped; nothing was done
)

// New makes a register over the tables of the database.
func New(o Options) *Register {
	r := &Register{db: o.Database, sender: o.Sender, now: o.Now, code: o.Code, zone: o.Zone, sameName: answer.SameName}
	if r.now == nil {
		r.now = time.Now
	}
	if r.code == nil {
		r.code = randomCode
	}
	if r.zone == nil {
		r.zone = time.FixedZone("MSK", 3*60*60)
	}
	if r.sender == nil {
		r.sender = NewNotices(r.db, r.now, nil)
	}
	r.calls.busy = map[string]chan struct{}{}
	return r
}

// operation is one of the things that the register can be asked.
type operation struct {
	params []string
	answer func(*Register, context.Context, *sql.Tx, question) (reply, error)
}

var operations = map[string]operation{
	"application.find":   {[]string{"number", "name", "born", "contact"}, (*Register).findApplication},
	"application.notify": {[]string{"number", "contact"}, (*Register).notifyApplication},
	"identity.check":     {[]string{"name", "born", "id", "passport"}, (*Register).checkIdentity},
	"code.send":          {[]string{"citizen"}, (*Register).sendCode},
	"code.check":         {[]string{"challenge", "code"}, (*Register).checkCode},
	"account.recover":    {[]string{"citizen", "challenge"}, (*Register).recoverAccount},
	"document.order":     {[]string{"name", "snils", "inn", "document", "delivery", "files", "consent"}, (*Register).orderDocument},
	"works.current":      {nil, (*Register).currentWorks},
}

// question is a call as the operations see it.
type question struct {
	key  string            // of the call: the conversation and its ID
	with map[string]string // blanks around the values are gone
	now  time.Time
}

// reply is an answer, and what must happen before it may be given.
type reply struct {
	outcome string
	data    map[string]string
	send    *message                                    // nil if there is nothing to send
	undo    func(ctx context.Context, tx *sql.Tx) error // takes back what was written if sending fails; may be nil
}

// Call answers. A call whose ID was answered before hears the same answer again, for 30 days.
func (r *Register) Call(ctx context.Context, c host.ServiceCall) (engine.Answered, error) {
	op, q, err := r.read(c)
	if err != nil {
		return engine.Answered{}, err
	}
	if err := r.fail(ctx, c.Operation, q); err != nil {
		return engine.Answered{}, err
	}
	// Sending happens between two transactions, so a second try of the same call must not come in between.
	leave, err := r.calls.enter(ctx, q.key)
	if err != nil {
		return engine.Answered{}, err
	}
	defer leave()
	answered, err := r.carryOut(ctx, c, op, q)
	if err != nil {
		return engine.Answered{}, fmt.Errorf("register: %s: %w", c.Operation, err)
	}
	return answered, nil
}

func (r *Register) carryOut(ctx context.Context, c host.ServiceCall, op operation, q question) (engine.Answered, error) {
	var (
		answered engine.Answered
		rep      reply
		done     bool
	)
	err := r.db.Write(ctx, func(tx *sql.Tx) (err error) {
		if answered, done, err = recall(ctx, tx, c, q); done || err != nil {
			return err
		}
		if rep, err = op.answer(r, ctx, tx, q); err != nil || rep.send != nil {
			return err
		}
		answered, done = engine.Answered{Call: c.ID, Outcome: rep.outcome, Data: rep.data}, true
		return remember(ctx, tx, c, q, answered)
	})
	if done || err != nil {
		return answered, err
	}
	// From here on the answer must be kept, or the work taken back, even if nobody waits any longer.
	sendErr := rep.send.by(ctx, r.sender)
	ctx = context.WithoutCancel(ctx)
	if sendErr != nil {
		return engine.Answered{}, errors.Join(fmt.Errorf("%w: %w", ErrSending, sendErr), r.takeBack(ctx, rep))
	}
	answered = engine.Answered{Call: c.ID, Outcome: rep.outcome, Data: rep.data}
	return answered, r.db.Write(ctx, func(tx *sql.Tx) error { return remember(ctx, tx, c, q, answered) })
}

func (r *Register) takeBack(ctx context.Context, rep reply) error {
	if rep.undo == nil {
		return nil
	}
	return r.db.Write(ctx, func(tx *sql.Tx) error { return rep.undo(ctx, tx) })
}

// today is the current day in the register's zone.
func (r *Register) today(now time.Time) string { return now.In(r.zone).Format(time.DateOnly) }

func randomCode() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%06d", n), nil
}

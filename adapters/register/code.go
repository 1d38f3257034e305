package register

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
)

// The life of a one-time code.
const (
	codeLife     = 10 * time.Minute
	codeTries    = 3
	codesPerHour = 5  // for one citizen
	codeSalt     = 16 // bytes
)

// sendCode sends a new code; every earlier one of the citizen is void from then on.
func (r *Register) sendCode(ctx context.Context, tx *sql.Tx, q question) (reply, error) {
	c, err := citizenOf(ctx, tx, q.with["citizen"], q.now)
	if err != nil {
		return reply{}, err
	}
	if !c.reachable() {
		return reply{outcome: "no_contact"}, nil
	}
	wait, err := waitForCode(ctx, tx, c.snils, q.now)
	if err != nil {
		return reply{}, err
	}
	if wait > 0 {
		return reply{outcome: "too_many", data: map[string]string{"minutes": minutes(wait)}}, nil
	}
	code, err := r.code()
	if err != nil {
		return reply{}, fmt.Errorf("make a code: %w", err)
	}
	challenge := rand.Text()
	if err := keepCode(ctx, tx, c.snils, challenge, code, q.now); err != nil {
		return reply{}, err
	}
	m := codeMessage(c, code)
	return reply{
		outcome: "sent",
		data:    map[string]string{"challenge": challenge, "to": m.masked(), "minutes": minutes(codeLife)},
		send:    m,
		undo: func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `DELETE FROM register_codes WHERE id = $1`, challenge)
			return err
		},
	}, nil
}

// waitForCode returns how long the citizen has to wait for another code: 0 if not at all.
func waitForCode(ctx context.Context, tx *sql.Tx, snils string, now time.Time) (time.Duration, error) {
	hourAgo := now.Add(-time.Hour).UnixMilli()
	var count, first int64
	err := tx.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(MIN(sent), 0) FROM register_codes WHERE snils = $1 AND sent > $2`,
		snils, hourAgo).Scan(&count, &first)
	if err != nil || count < codesPerHour {
		return 0, err
	}
	return time.Duration(first-hourAgo) * time.Millisecond, nil
}

// minutes writes a span of time, rounded up to whole minutes.
func minutes(d time.Duration) string { return strconv.Itoa(int(math.Ceil(d.Minutes()))) }

// keepCode stores the code's digest and voids the citizen's earlier codes. One that was answered right already goes on
// proving who the citizen is.
func keepCode(ctx context.Context, tx *sql.Tx, snils, challenge, code string, now time.Time) error {
	digest := make([]byte, codeSalt, codeSalt+sha256.Size)
	if _, err := rand.Read(digest); err != nil {
		return err
	}
	digest = append(digest, codeDigest(digest, challenge, code)...)
	if _, err := tx.ExecContext(ctx, `DELETE FROM register_codes WHERE sent < $1`, now.Add(-24*time.Hour).UnixMilli()); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE register_codes SET expires = 0 WHERE snils = $1 AND used = 0`, snils); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO register_codes (id, snils, code_hash, attempts, expires, used, sent)
		VALUES ($1, $2, $3, 0, $4, 0, $5)`, challenge, snils, digest, now.Add(codeLife).UnixMilli(), now.UnixMilli())
	return err
}

// codeDigest is the only form in which a code is kept, and for its ten minutes only.
func codeDigest(salt []byte, challenge, code string) []byte {
	sum := sha256.New()
	sum.Write(salt[:codeSalt])
	sum.Write([]byte(challenge))
	sum.Write([]byte{0})
	sum.Write([]byte(code))
	return sum.Sum(nil)
}

// checkCode compares what the citizen has typed. The try is counted first, by one statement, so that tries at the same
// moment are counted each.
func (r *Register) checkCode(ctx context.Context, tx *sql.Tx, q question) (reply, error) {
	challenge := q.with["challenge"]
	if challenge == "" {
		return reply{}, fmt.Errorf("%w: there is no challenge", ErrCall)
	}
	var (
		digest   []byte
		attempts int
	)
	err := tx.QueryRowContext(ctx, `UPDATE register_codes SET attempts = attempts + 1
		WHERE id = $1 AND attempts < $2 AND used = 0 AND expires > $3 RETURNING code_hash, attempts`,
		challenge, codeTries, q.now.UnixMilli()).Scan(&digest, &attempts)
	if errors.Is(err, sql.ErrNoRows) {
		return deadCode(ctx, tx, challenge, q.now)
	}
	if err != nil {
		return reply{}, err
	}
	if len(digest) != codeSalt+sha256.Size {
		return reply{}, errors.New("the code's digest is damaged")
	}
	if subtle.ConstantTimeCompare(digest[codeSalt:], codeDigest(digest, challenge, digits(q.with["code"]))) == 1 {
		_, err := tx.ExecContext(ctx, `UPDATE register_codes SET used = $1 WHERE id = $2`, q.now.UnixMilli(), challenge)
		return reply{outcome: "right"}, err
	}
	if attempts >= codeTries {
		return spent, nil
	}
	return reply{outcome: "wrong", data: map[string]string{"left": strconv.Itoa(codeTries - attempts)}}, nil
}

var spent = reply{outcome: "spent", data: map[string]string{"left": "0"}}

// deadCode says why a code can't be tried any more. One that is not known was deleted because of its age.
func deadCode(ctx context.Context, tx *sql.Tx, challenge string, now time.Time) (reply, error) {
	var used, attempts, expires int64
	err := tx.QueryRowContext(ctx, `SELECT used, attempts, expires FROM register_codes WHERE id = $1`, challenge).Scan(&used, &attempts, &expires)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return reply{}, err
	}
	if err == nil && used == 0 && expires > now.UnixMilli() && attempts >= codeTries {
		return spent, nil
	}
	return reply{outcome: "expired"}, nil
}

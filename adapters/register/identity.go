package register

import (
	"context"
	"database/sql"
)

// checkIdentity tells whether everything belongs to one citizen, and never what does not.
func (r *Register) checkIdentity(ctx context.Context, tx *sql.Tx, q question) (reply, error) {
	c, ok, err := citizenByNumber(ctx, tx, q.with["id"])
	if err != nil {
		return reply{}, err
	}
	passport := digits(q.with["passport"])
	if !ok || !r.sameName(q.with["name"], c.name) || q.with["born"] != c.born ||
		q.with["passport"] != "" && passport != digits(c.passport) {
		return reply{outcome: "mismatch"}, nil
	}
	handle, err := newHandle(ctx, tx, c.snils, q.now)
	if err != nil {
		return reply{}, err
	}
	return reply{outcome: "match", data: map[string]string{
		"citizen": handle, "phone": maskPhone(c.phone), "email": maskEmail(c.email),
	}}, nil
}

// citizenByNumber finds a citizen by SNILS or INN, whichever the digits are.
func citizenByNumber(ctx context.Context, tx *sql.Tx, number string) (citizen, bool, error) {
	switch d := digits(number); len(d) {
	case 11:
		return citizenWhere(ctx, tx, "snils", writeSNILS(d))
	case 12:
		return citizenWhere(ctx, tx, "inn", d)
	}
	return citizen{}, false, nil
}

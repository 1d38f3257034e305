package register

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"time"

	"github.com/goccy/go-yaml"
)

//go:embed sample.yaml
var sampleFile []byte

// sample is what an empty register begins with.
type sample struct {
	Citizens []struct {
		Name     string `yaml:"name"`
		Born     string `yaml:"born"`
		SNILS    string `yaml:"snils"`
		INN      string `yaml:"inn"`
		Passport string `yaml:"passport"`
		Phone    string `yaml:"phone"`
		Email    string `yaml:"email"`
	} `yaml:"citizens"`
	Applications []struct {
		Number       string   `yaml:"number"`
		Citizen      string   `yaml:"citizen"` // SNILS
		Service      string   `yaml:"service"`
		Status       string   `yaml:"status"`
		Expected     string   `yaml:"expected"`
		Filed        string   `yaml:"filed"`
		Missing      []string `yaml:"missing"`
		Delivery     []string `yaml:"delivery"`
		Reasons      []string `yaml:"reasons"`
		MayFileAgain bool     `yaml:"may_file_again"`
	} `yaml:"applications"`
	Works []struct {
		From string `yaml:"from"` // RFC 3339
		To   string `yaml:"to"`
		What string `yaml:"what"`
	} `yaml:"works"`
	Faults []struct {
		Number string `yaml:"number"`
		Answer string `yaml:"answer"`
	} `yaml:"faults"`
}

// The ways in which a number can fail.
const (
	faultTimeout = "timeout"
	faultError   = "error"
)

func readSample(data []byte) (sample, error) {
	var s sample
	if err := yaml.UnmarshalWithOptions(data, &s, yaml.Strict()); err != nil {
		return s, fmt.Errorf("register: sample.yaml: %w", err)
	}
	for _, f := range s.Faults {
		if f.Answer != faultTimeout && f.Answer != faultError {
			return s, fmt.Errorf("register: sample.yaml: the fault %s answers %q instead of %s or %s", f.Number, f.Answer, faultTimeout, faultError)
		}
	}
	for _, w := range s.Works {
		if _, _, err := span(w.From, w.To); err != nil {
			return s, fmt.Errorf("register: sample.yaml: the works %q: %w", w.What, err)
		}
	}
	return s, nil
}

// span reads when works begin and end.
func span(from, to string) (begin, end time.Time, err error) {
	if begin, err = time.Parse(time.RFC3339, from); err != nil {
		return begin, end, err
	}
	if end, err = time.Parse(time.RFC3339, to); err == nil && !begin.Before(end) {
		err = fmt.Errorf("they end at %s, before they begin", to)
	}
	return begin, end, err
}

// Seed puts the sample data into a register without citizens and applications; otherwise it does nothing.
func (r *Register) Seed(ctx context.Context) error {
	s, err := readSample(sampleFile)
	if err != nil {
		return err
	}
	err = r.db.Write(ctx, func(tx *sql.Tx) error {
		var rows int
		if err := tx.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM register_citizens) + (SELECT COUNT(*) FROM register_applications)`).
			Scan(&rows); err != nil || rows > 0 {
			return err
		}
		return s.insert(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("register: put the sample data in: %w", err)
	}
	return nil
}

func (s sample) insert(ctx context.Context, tx *sql.Tx) error {
	for _, c := range s.Citizens {
		if _, err := tx.ExecContext(ctx, `INSERT INTO register_citizens (snils, inn, name, born, passport, phone, email)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, c.SNILS, c.INN, c.Name, c.Born, c.Passport, c.Phone, c.Email); err != nil {
			return err
		}
	}
	for _, a := range s.Applications {
		row := application{number: a.Number, snils: a.Citizen, service: a.Service, status: a.Status, expected: a.Expected, filed: a.Filed,
			details: details{Missing: a.Missing, Delivery: a.Delivery, Reasons: a.Reasons, MayFileAgain: a.MayFileAgain}}
		if err := row.insert(ctx, tx); err != nil {
			return err
		}
	}
	for _, w := range s.Works {
		from, to, err := span(w.From, w.To)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO register_works (starts, ends, what) VALUES ($1, $2, $3)`,
			from.UnixMilli(), to.UnixMilli(), w.What); err != nil {
			return err
		}
	}
	for _, f := range s.Faults {
		if _, err := tx.ExecContext(ctx, `INSERT INTO register_faults (number, answer) VALUES ($1, $2)`, f.Number, f.Answer); err != nil {
			return err
		}
	}
	return nil
}

// Package answer reads the typed answers of citizens: names, dates, document numbers, phones, choices, yes and no.
//
// The people who write are often old, in a hurry or on a phone, so every reader forgives what can be forgiven without
// guessing (order, case, separators, lead-ins, one mistyped letter in a word) and refuses the rest with a sentence of
// its own that says what is wrong. Every function is pure: no clock (the time comes in [Context]), no random, no input
// or output, no dependence on map order. A text is looked at no further than its first 500 runes, except where the
// text itself is the answer (kind [Text]).
package answer

import "time"

// Kind is what a step asks for. The values are those of the terminal chat's contract ("asks.kind").
type Kind string

// The kinds of answers.
const (
	FullName          Kind = "full_name"          // surname, given name and, if the citizen has one, patronymic
	BirthDate         Kind = "birth_date"         // canonical 1958-03-12
	SNILS             Kind = "snils"              // insurance number, canonical 112-233-445 95
	INN               Kind = "inn"                // taxpayer number of a person, 12 digits
	SNILSOrINN        Kind = "snils_or_inn"       // either; [KindOf] tells which
	Passport          Kind = "passport"           // internal passport, canonical 4510 123456
	Phone             Kind = "phone"              // E.164
	Email             Kind = "email"              // an address with a lower-case domain
	Contact           Kind = "contact"            // phone or e-mail
	ApplicationNumber Kind = "application_number" // 10 digits
	TicketNumber      Kind = "ticket_number"      // letter-year-serial-check, see [NewTicketNumber]
	Code              Kind = "code"               // one-time code, 6 digits
	Choice            Kind = "choice"             // the ID of one of Context.Options
	YesNo             Kind = "yes_no"             // "yes" or "no"
	Confirm           Kind = "confirm"            // "yes" or "no" to "is everything right?"
	Consent           Kind = "consent"            // "yes" or "no"; only an unmistakable yes is one
	File              Kind = "file"               // a file; no text is ever one
	Text              Kind = "text"               // free text
)

// Fit says how surely a text is meant as an answer of the kind asked.
type Fit int

// How sure it is.
const (
	None   Fit = iota // not an attempt at all: a question, another wish
	Weak              // could be one: take it only if nothing else explains the text better
	Strong            // plainly an attempt, right or wrong
)

// Option is one of the things a citizen can choose.
type Option struct {
	ID    string   // what the reading returns
	Label string   // what the button says
	Words []string // further words or phrases that mean this option
}

// Context is what a reader must know besides the text.
type Context struct {
	Now      time.Time // for future dates and ages, in the citizen's zone; the zero time leaves these checks out
	Locale   string    // "ru" or "en"; both are understood whatever it says
	Options  []Option  // for Choice
	MinRunes int       // for Text: shorter is refused; 0 means 1
	MaxRunes int       // for Text: longer is refused; 0 means 4,096
}

// Reading is what a text was read as. Exactly one of Value and Problem is set.
type Reading struct {
	Value   string            // canonical
	Fit     Fit               // how surely it was meant as an answer
	Problem string            // key of a sentence in locales/*/answers.yaml, see [Problems]
	Params  map[string]string // placeholders of that sentence: got, want, min, max, days, month, year; nil if it has none
}

// OK reports whether the text holds a value that can be taken.
func (r Reading) OK() bool { return r.Problem == "" && r.Value != "" }

// good is a reading with a value.
func good(value string, fit Fit) Reading { return Reading{Value: value, Fit: fit} }

// bad is a reading with a problem. Parameters come in pairs, name and value.
func bad(problem string, fit Fit, params ...string) Reading {
	r := Reading{Fit: fit, Problem: problem}
	if len(params) > 1 {
		r.Params = make(map[string]string, len(params)/2)
		for i := 0; i+1 < len(params); i += 2 {
			r.Params[params[i]] = params[i+1]
		}
	}
	return r
}

// Parse reads a text as the answer to a question of the kind. It never panics, whatever the text.
func Parse(kind Kind, text string, c Context) Reading {
	switch kind {
	case Text:
		return parseText(text, c)
	case File:
		// Files come as attachments; words beside them are a different answer.
		return bad(problemFile, None)
	}
	l := read(text)
	switch kind {
	case FullName:
		return parseName(&l)
	case BirthDate:
		return parseDate(&l, c)
	case Passport:
		return parsePassport(&l)
	case Phone:
		return parsePhone(&l)
	case Email:
		return parseEmail(&l)
	case Contact:
		return parseContact(&l)
	case TicketNumber:
		return parseTicket(&l)
	case Choice:
		return parseChoice(&l, c.Options)
	case YesNo, Confirm, Consent:
		return parseYesNo(&l, kind)
	}
	if s := specOf(kind); s != nil {
		return s.parse(&l)
	}
	return bad(problemUnknown, None)
}

// Kinds returns every kind, in a fixed order.
func Kinds() []Kind {
	return []Kind{
		FullName, BirthDate, SNILS, INN, SNILSOrINN, Passport, Phone, Email, Contact, ApplicationNumber, TicketNumber,
		Code, Choice, YesNo, Confirm, Consent, File, Text,
	}
}

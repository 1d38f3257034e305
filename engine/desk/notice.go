package desk

import "time"

// NoticeKind says what a notice is about.
type NoticeKind string

// The kinds of notices.
const (
	Works     NoticeKind = "works" // planned: it has a beginning and an end
	FaultNews NoticeKind = "fault" // known and being mended: it lasts until the staff end it
)

// Notice is what the staff tell everybody who writes: works that are planned or a fault that is known.
type Notice struct {
	ID      int64
	Kind    NoticeKind
	Texts   map[string]string // locale → what is the matter, 1–500 characters
	Starts  time.Time
	Ends    time.Time // zero: nobody knows yet
	MadeBy  string    // a login
	Made    time.Time
	Ended   time.Time // when the staff ended it; zero while they have not
	EndedBy string
	Tickets int // that have reported it
}

// Over reports whether the notice has ended by then.
func (n Notice) Over(now time.Time) bool {
	return !n.Ended.IsZero() || !n.Ends.IsZero() && !n.Ends.After(now)
}

// Current reports whether it holds at the moment.
func (n Notice) Current(now time.Time) bool { return !n.Over(now) && !n.Starts.After(now) }

// In returns the text in a language, or in the first of the others that has one.
func (n Notice) In(locale string, others ...string) string {
	for _, l := range append([]string{locale}, others...) {
		if t := n.Texts[l]; t != "" {
			return t
		}
	}
	return ""
}

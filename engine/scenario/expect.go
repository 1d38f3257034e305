package scenario

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// differs names the first expectation that does not hold, or nothing.
func (e *Expect) differs(r Reply) string {
	all := strings.ToLower(strings.Join(r.Texts, "\n") + "\n" + labels(r.Buttons))
	for _, s := range e.Says {
		if !strings.Contains(all, strings.ToLower(s)) {
			return fmt.Sprintf("it does not say %q", s)
		}
	}
	for _, s := range e.Matches {
		re, err := regexp.Compile("(?is)" + s)
		if err != nil {
			return fmt.Sprintf("%q is no regular expression: %v", s, err)
		}
		if !re.MatchString(all) {
			return fmt.Sprintf("nothing matches %q", s)
		}
	}
	for _, s := range e.DoesNot {
		if strings.Contains(all, strings.ToLower(s)) {
			return fmt.Sprintf("it says %q", s)
		}
	}
	for _, label := range e.Buttons {
		if !slices.ContainsFunc(r.Buttons, func(b Button) bool { return strings.EqualFold(b.Label, label) }) {
			return fmt.Sprintf("there is no button %q", label)
		}
	}
	if e.Silent && len(r.Texts) > 0 {
		return "it is not silent"
	}
	if len(e.Decision) > 0 && !slices.Contains(e.Decision, r.Decision) {
		return fmt.Sprintf("the decision is %q, not %s", r.Decision, strings.Join(e.Decision, " or "))
	}
	if e.Topic != "" && (len(r.Topics) == 0 || r.Topics[0] != e.Topic) {
		return fmt.Sprintf("the topics are %v, not %s", r.Topics, e.Topic)
	}
	if e.Flow != nil && *e.Flow != r.Flow {
		return fmt.Sprintf("the flow is %q, not %q", r.Flow, *e.Flow)
	}
	for _, c := range []struct{ what, want, got string }{
		{"step", e.Step, r.Step}, {"owner", e.Owner, r.Owner}, {"priority of the ticket", e.Priority, ticketOf(r).Priority},
		{"queue of the ticket", e.Queue, ticketOf(r).Queue}, {"status of the ticket", e.Status, ticketOf(r).Status},
	} {
		if c.want != "" && c.want != c.got {
			return fmt.Sprintf("the %s is %q, not %q", c.what, c.got, c.want)
		}
	}
	if e.Asks != "" && e.Asks != r.Asks && !(e.Asks == "nothing" && r.Asks == "") {
		return fmt.Sprintf("it asks for %q, not %q", r.Asks, e.Asks)
	}
	if e.Ticket != nil && *e.Ticket != (r.Ticket != nil) {
		return fmt.Sprintf("there being a ticket is %v", r.Ticket != nil)
	}
	for name, want := range e.Knows {
		if got := r.Slots[name]; got != want {
			return fmt.Sprintf("slot %s is %q, not %q", name, got, want)
		}
	}
	for _, name := range e.Forgets {
		if v, ok := r.Slots[name]; ok {
			return fmt.Sprintf("slot %s is known: %q", name, v)
		}
	}
	if e.SMS != nil && *e.SMS != (len(r.SMS) > 0) {
		return fmt.Sprintf("%d SMS were sent", len(r.SMS))
	}
	if e.Email != nil && *e.Email != (len(r.Email) > 0) {
		return fmt.Sprintf("%d e-mails were sent", len(r.Email))
	}
	return ""
}

func ticketOf(r Reply) Ticket {
	if r.Ticket == nil {
		return Ticket{}
	}
	return *r.Ticket
}

package console

import (
	"net/http"
	"slices"

	"spravka/engine/host"
)

// access says who may use a page.
type access int

const (
	public access = iota // it is not even looked who asks
	anyone
	known // has logged in, perhaps with a password or a second factor still to be set up
	crew  // has logged in and set everything up, whatever the role

	// From here on, a role is needed that grants it.
	staff          // see and work on tickets
	assigners      // give anybody's ticket to anybody, and see the tickets of all queues
	watchers       // the board, and everybody's load
	auditors       // the audit log
	announcers     // planned works and notices
	administrators // the people
)

// grants is what each role may do. It is the only place that says so.
var grants = map[string][]access{
	host.RoleOperator:      {staff},
	host.RoleSupervisor:    {staff, assigners, watchers, auditors, announcers},
	host.RoleEditor:        {announcers},
	host.RoleAdministrator: {staff, assigners, watchers, auditors, announcers, administrators},
}

// grantNames are the names under which pages ask what to show.
var grantNames = map[string]access{
	"tickets": staff, "board": watchers, "audit": auditors, "announce": announcers, "people": administrators,
}

// may reports whether the visitor's role grants it.
func (v *visit) may(a access) bool {
	return a <= crew && v.known() || slices.Contains(grants[v.operator.Role], a)
}

// sees reports whether the visitor may look at a ticket of the queue that is the operator's (0 for nobody's): their
// own, those of their queues, or all where the role grants it.
func (v *visit) sees(queue string, operator int64) bool {
	return v.may(assigners) || v.may(staff) && (operator == v.operator.ID || v.operator.Serves(queue))
}

// May tells a page whether to show what needs a grant: "tickets", "board", "audit", "announce" or "people".
func (p page) May(grant string) bool { return slices.Contains(grants[p.Me.Role], grantNames[grant]) }

// startPage is where a role begins its work.
func startPage(role string) string {
	if slices.Contains(grants[role], staff) {
		return Root + "tickets"
	}
	if slices.Contains(grants[role], announcers) {
		return Root + "notices"
	}
	return Root + "account"
}

// admit checks a visitor against what a page demands. It answers by itself, or with a fault, where they may not pass.
func (c *Console) admit(w http.ResponseWriter, r *http.Request, v *visit, who access) (passed bool, err error) {
	switch {
	case who >= known && !v.known():
		return false, c.refuseStranger(w, r)
	case who >= crew && generated(v.operator):
		http.Redirect(w, r, Root+"password", http.StatusSeeOther)
		return false, nil
	case who >= crew && c.lacksFactor(v.operator):
		http.Redirect(w, r, Root+"account/factor", http.StatusSeeOther)
		return false, nil
	case who > crew && !v.may(who):
		return false, problem(http.StatusForbidden, "problem.role", "role", word(v.locale, "role."+v.operator.Role))
	}
	return true, nil
}

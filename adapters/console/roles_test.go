package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"spravka/engine/desk"
	"spravka/engine/host"
)

// hire adds somebody of a role and returns a browser in which they have logged in.
func (b *bench) hire(login, role string, change ...func(*host.Operator)) (*browser, int64) {
	b.t.Helper()
	hash, err := Hash(secretOf(login), cheap)
	if err != nil {
		b.t.Fatal(err)
	}
	o := host.Operator{Login: login, Name: "Сотрудник " + login, Role: role, PasswordHash: hash, Created: b.clock.now()}
	for _, f := range change {
		f(&o)
	}
	id, err := b.people.CreateOperator(b.t.Context(), o)
	if err != nil {
		b.t.Fatal(err)
	}
	br := b.browser()
	br.login(login, secretOf(login)).status(b.t, http.StatusSeeOther)
	return br, id
}

// concrete makes an address out of a pattern.
func concrete(pattern string) string {
	for _, pair := range [][2]string{{"{$}", ""}, {"{number}", "О-26-00001"}, {"{id}", "1"}, {"{version}", "x"}, {"{name}", "x"}, {"{token}", "x"}} {
		pattern = strings.ReplaceAll(pattern, pair[0], pair[1])
	}
	return Root + pattern
}

// TestEveryPageAsksForARole walks all pages with all roles: who may not is refused, whatever the method, and nothing of
// the page is shown.
func TestEveryPageAsksForARole(t *testing.T) {
	b := newBench(t)
	b.world.open(ticketOf("О-26-00001"))
	open := map[string]access{ // all pages that need no log-in
		"login": anyone, "logout": anyone, "language": anyone, "login/code": anyone, "login/provider": anyone, "login/return": anyone, "invitation/{token}": anyone,
		"assets/{version}/{name}": public, "": anyone,
	}
	walks := map[string]*browser{"": b.browser()}
	for _, role := range host.Roles {
		walks[role], _ = b.hire("walker-"+role, role)
	}
	denied := 0
	for _, route := range b.console.routes {
		if route.who < known {
			if who, ok := open[route.path]; !ok || who != route.who {
				t.Errorf("%q needs no log-in", route.path)
			}
			continue
		}
		if strings.Contains(route.path, "{") && strings.Contains(concrete(route.path), "{") {
			t.Errorf("the test knows no address for %q", route.path)
		}
		for role, br := range walks {
			may := role != "" && (route.who <= crew || slices.Contains(grants[role], route.who))
			if may {
				continue // what they get instead is shown by the tests of the pages
			}
			for method := range route.methods {
				br.header.Set("Accept", "text/html")
				a := br.send(method, concrete(route.path), "application/x-www-form-urlencoded", strings.NewReader("key="+newKey()))
				want := http.StatusForbidden
				if role == "" {
					want = http.StatusSeeOther
					if route.path == "alive" {
						want = http.StatusUnauthorized
					}
				}
				if a.Code != want {
					t.Errorf("%s %q as %q: %d, want %d", method, route.path, role, a.Code, want)
				}
				if want == http.StatusForbidden && !strings.Contains(a.text, "не открыт вашей роли") {
					t.Errorf("%s %q as %q says: %s", method, route.path, role, a.main())
				}
				a.lacks(t, "Не открывается заявление")
				denied++
			}
		}
	}
	if denied < 25 {
		t.Errorf("only %d refusals were seen", denied)
	}
	if len(b.world.acted) != 0 {
		t.Error("somebody has acted")
	}
}

// TestWhatRolesMayDo says it once more in another way: a slip in the table of grants must not pass unseen.
func TestWhatRolesMayDo(t *testing.T) {
	want := map[string]string{
		"tickets": "operator supervisor administrator", "board": "supervisor administrator",
		"audit": "supervisor administrator", "announce": "supervisor editor administrator", "people": "administrator",
	}
	if len(want) != len(grantNames) {
		t.Errorf("%d grants, the test knows %d", len(grantNames), len(want))
	}
	for grant, roles := range want {
		for _, role := range append([]string{"", "root"}, host.Roles...) {
			may := page{Me: host.Operator{ID: 1, Role: role}}.May(grant)
			if may != slices.Contains(strings.Fields(roles), role) {
				t.Errorf("%q may %s: %v", role, grant, may)
			}
		}
	}
	if (page{Me: host.Operator{Role: host.RoleAdministrator}}).May("misspelt") {
		t.Error("an unknown grant is granted")
	}
}

func TestOperatorsSeeTheirQueues(t *testing.T) {
	b := newBench(t)
	b.world.open(desk.Ticket{Number: "S-1", Queue: "status", Subject: "своё"})
	b.world.open(desk.Ticket{Number: "G-1", Queue: "general", Subject: "чужое"})
	galina, id := b.hire("galina", host.RoleOperator, func(o *host.Operator) { o.Queues = []string{"status"} })
	b.world.open(desk.Ticket{Number: "G-2", Queue: "general", Subject: "переданное", Operator: id, OperatorName: "Галина", Status: desk.InWork})
	galina.get("tickets").status(t, 200).has(t, "S-1", "G-2").lacks(t, "G-1")
	galina.get(ticketURL("S-1")).status(t, 200)
	galina.get(ticketURL("G-2")).status(t, 200)
	for _, path := range []string{"", "/take", "/live"} {
		galina.get(ticketURL("G-1")+path).status(t, 403).has(t, "очереди, в которой вы не работаете").lacks(t, "чужое")
	}
	galina.do("G-1", "take", "").status(t, 403)
	if len(b.world.acted) != 0 {
		t.Error("a ticket of another queue was taken")
	}
	for _, role := range []string{host.RoleSupervisor, host.RoleAdministrator} {
		br, _ := b.hire("all-"+role, role, func(o *host.Operator) { o.Queues = []string{"status"} })
		br.get("tickets").has(t, "S-1", "G-1", "G-2")
		br.get(ticketURL("G-1")).status(t, 200)
	}
	b.as(anna).get("tickets").has(t, "S-1", "G-1", "G-2") // no queue named: all
}

func TestEveryRoleHasAStartPage(t *testing.T) {
	b := newBench(t)
	for _, role := range host.Roles {
		br, _ := b.hire("start-"+role, role)
		to := br.get("").status(t, 303).location()
		br.get(to).status(t, 200)
	}
}

func TestLooksAndActionsAreWrittenDown(t *testing.T) {
	b := newBench(t)
	b.world.open(ticketOf("О-26-00001"))
	br := b.as(anna)
	before := len(b.people.log(host.AuditFilter{}))
	br.get(ticketURL("О-26-00001")).status(t, 200)
	br.send("HEAD", ticketURL("О-26-00001")+"/live", "", nil).status(t, 200)
	br.do("О-26-00001", "take", "").status(t, 303)
	br.do("О-26-00001", "reply", "слово, которого нет в журнале").status(t, 303)
	br.get(ticketURL("О-26-99999")).status(t, 404)
	br.get("tickets?q=Семёнов").status(t, 200)
	var got []string
	for _, line := range b.people.log(host.AuditFilter{})[before:] {
		got = append(got, line.Action+" "+line.Ticket)
		if line.Operator != anna || line.Login != "anna" || line.Address != "192.0.2.1" || !line.At.Equal(b.clock.now()) {
			t.Errorf("line %+v", line)
		}
		if strings.Contains(line.Subject, "слово") || strings.Contains(line.Subject, "Семёнов") || len(line.Details) > 0 {
			t.Errorf("the log holds what was said: %+v", line)
		}
	}
	if want := "ticket.open О-26-00001,ticket.take О-26-00001,ticket.reply О-26-00001,search "; strings.Join(got, ",") != want {
		t.Errorf("written down: %v", got)
	}
}

func TestNothingIsShownThatCantBeWrittenDown(t *testing.T) {
	b := newBench(t)
	b.world.open(ticketOf("О-26-00001"))
	br := b.as(anna)
	b.console.Audit = mute{}
	br.get(ticketURL("О-26-00001")).status(t, 500).lacks(t, "Не открывается заявление")
	br.get(ticketURL("О-26-00001")+"/live").status(t, 500)
	br.post("logout", url.Values{}).status(t, 303)
}

// mute is an audit log that can't be written.
type mute struct{ host.Audit }

func (mute) Record(context.Context, ...host.AuditEntry) error { return errBroken }

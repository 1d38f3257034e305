package sqlite

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"spravka/engine/desk"
	"spravka/engine/host"
)

// TestParametersAscend reads the SQL out of the sources: SQLite numbers $N by first appearance and PostgreSQL by N, and
// drivers bind by the one or the other, so only texts where both agree mean the same everywhere.
func TestParametersAscend(t *testing.T) {
	names, err := filepath.Glob("*.go")
	check(t, err)
	parameter := regexp.MustCompile(`\$(\d+)`)
	texts := 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		check(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			highest := 0
			for _, found := range parameter.FindAllStringSubmatch(literal.Value, -1) {
				n, err := strconv.Atoi(found[1])
				check(t, err)
				if n > highest+1 {
					t.Errorf("%s: $%d comes after $%d in %s", name, n, highest, literal.Value)
				}
				highest = max(highest, n)
			}
			if highest > 0 {
				texts++
			}
			return true
		})
	}
	if texts < 30 {
		t.Errorf("only %d texts with parameters were found", texts)
	}
}

// TestPlans proves that no query that runs in turns, or in a poll, reads a whole table or sorts one.
func TestPlans(t *testing.T) {
	s := openAt(t, ":memory:")
	for _, query := range []string{
		conversationByPeer, conversationByID, fenceTurn, isHandled, entriesAfter, entryOfMessage, unsentDialogues, unsentOthers, outboxOf, dueErrands, markSent, markState,
		stopTimer, dueTimers, nextTimer, endCall, changesOf, ticketByID, fileByID, partOf, filesOf,
		operatorByLogin, openSession, endSession, endSessions, endSessionOf, dropExpired, useTOTP, useCode, codesOf, invitationOf, identityOperator,
	} {
		plan := explain(t, s, query)
		if regexp.MustCompile(`SCAN \w+($|\n)`).MatchString(plan) || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s\nis carried out as\n%s", query, plan)
		}
	}
}

func explain(t *testing.T, s *Store, query string) string {
	t.Helper()
	var args []any
	for i := range 9 {
		if strings.Contains(query, "$"+strconv.Itoa(i+1)) {
			args = append(args, 1)
		}
	}
	rows, err := s.readers.Query("EXPLAIN QUERY PLAN "+query, args...)
	check(t, err)
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var detail string
		check(t, rows.Scan(&id, &parent, &unused, &detail))
		plan.WriteString(detail + "\n")
	}
	check(t, rows.Err())
	if plan.Len() == 0 && !strings.HasPrefix(query, "INSERT") {
		t.Errorf("%s has no plan", query)
	}
	return plan.String()
}

// TestListsOfTicketsAreIndexed looks at the queries that are put together from a filter. The views that every console
// keeps open also come in the order of an index, so that a page costs a page and not the whole inbox.
func TestListsOfTicketsAreIndexed(t *testing.T) {
	s := openAt(t, ":memory:")
	for _, c := range []struct {
		filter desk.Filter
		sorts  bool
	}{
		{filter: desk.Filter{}},
		{filter: desk.Filter{Closed: true}},
		{filter: desk.Filter{Queue: "general"}},
		{filter: desk.Filter{Operator: 1}},
		{filter: desk.Filter{Queues: []string{"general", "status"}}},
		{filter: desk.Filter{OverdueBy: noon}, sorts: true},
		{filter: desk.Filter{Closed: true, Sort: desk.ByChanged}},
		{filter: desk.Filter{Conversation: 1, Closed: true}, sorts: true},
		{filter: desk.Filter{Operator: 1, Closed: true}, sorts: true},
		{filter: desk.Filter{Text: "О-26-000123"}, sorts: true},
		{filter: desk.Filter{Statuses: []desk.Status{desk.Clarify}}},
	} {
		var q inboxQuery
		check(t, q.page(c.filter, ticketColumns))
		plan := explain(t, s, q.text())
		if !strings.Contains(plan, "USING INDEX") || !c.sorts && strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s\nis carried out as\n%s", q.text(), plan)
		}
	}
	if plan := explain(t, s, aheadOf); !strings.Contains(plan, "USING INDEX tickets_") {
		t.Errorf("those ahead are counted as\n%s", plan)
	}
}

func TestSessionIsSeenOnceAMinute(t *testing.T) {
	s := openAt(t, ":memory:")
	id, err := s.CreateOperator(t.Context(), host.Operator{Login: "o", Name: "О", Role: host.RoleOperator, PasswordHash: "x", Created: noon})
	check(t, err)
	token := make([]byte, 32)
	check(t, s.CreateSession(t.Context(), token, host.Session{Operator: id, Created: noon, Expires: noon.Add(time.Hour)}))
	for _, c := range []struct{ used, seen time.Duration }{{0, 0}, {59 * time.Second, 0}, {time.Minute, time.Minute}, {90 * time.Second, time.Minute}} {
		_, _, err := s.Session(t.Context(), token, noon.Add(c.used))
		check(t, err)
		var seen int64
		check(t, s.readers.QueryRow("SELECT seen FROM sessions").Scan(&seen))
		if got := moment(seen).Sub(noon); got != c.seen {
			t.Errorf("used after %v, seen after %v, want %v", c.used, got, c.seen)
		}
	}
}

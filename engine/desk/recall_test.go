package desk

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRecall(t *testing.T) {
	rules := Default()
	seats := []Seat{{ID: 1, Presence: Available}, {ID: 2, Presence: Away, Since: noon.Add(-time.Minute)}, {ID: 3, Presence: Offline, Since: noon.Add(-rules.AwayAfter)}}
	held := []Held{
		{Number: "01", Operator: 1, Status: New, Until: noon.Add(1)},
		{Number: "02", Operator: 1, Status: New, Until: noon},
		{Number: "03", Operator: 1, Status: InWork},
		{Number: "04", Operator: 2, Status: New, Until: noon.Add(time.Minute)},
		{Number: "05", Operator: 2, Status: InWork},
		{Number: "06", Operator: 3, Status: InWork},
		{Number: "07", Operator: 3, Status: Clarify},
		{Number: "08", Operator: 9, Status: InWork},
		{Number: "09", Operator: 9, Status: Solved},
		{Number: "10", Status: InWork},
	}
	want := []Release{{Ticket: "02", Operator: 1, Why: NotTaken}, {Ticket: "04", Operator: 2, Why: Left}, {Ticket: "06", Operator: 3, Why: Left}, {Ticket: "08", Operator: 9, Why: Left}}
	if diff := cmp.Diff(want, Recall(noon, seats, held, rules)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

package desk

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestBoard(t *testing.T) {
	seats := []Seat{{ID: 1, Name: "Вера", Queues: []string{"status", "general"}, Presence: Available, Capacity: 3},
		{ID: 2, Name: "Анна", Queues: []string{"status"}, Presence: Away, Capacity: 3}}
	tally := Tally{
		Open: []OpenCount{
			{Queue: "status", Status: New, Count: 4, Overdue: 2, DueSoon: 1, Oldest: ago(40)},
			{Queue: "status", Operator: 1, Offered: true, Status: New, Count: 1, Oldest: ago(50)},
			{Queue: "status", Operator: 1, Status: InWork, Count: 2, Overdue: 1, Oldest: ago(90)},
			{Queue: "general", Operator: 2, Status: Clarify, Count: 3, Oldest: ago(900)},
			{Queue: "gone", Operator: 9, Status: InWork, Count: 1, Oldest: ago(5)},
		},
		Solved:  []SolvedCount{{1, 7}, {9, 2}},
		Ratings: [6]int{0, 1, 0, 0, 2, 5},
		Reasons: []ReasonCount{{"asked", 8}, {"misses", 3}},
	}
	got := NewBoard(tally, seats, []string{"general", "status", "urgent"}, ago(600), noon)
	want := Board{Since: ago(600), At: noon, Solved: 9, Ratings: tally.Ratings, Rated: 8, Mean: 4.25, Reasons: tally.Reasons,
		Total: BoardLine{AtWork: 1, Waiting: 5, Offered: 1, InWork: 3, Clarify: 3, Overdue: 3, DueSoon: 1, Longest: 50 * time.Minute},
		Queues: []BoardLine{
			{Queue: "general", AtWork: 1, Clarify: 3},
			{Queue: "status", AtWork: 1, Waiting: 5, Offered: 1, InWork: 2, Overdue: 3, DueSoon: 1, Longest: 50 * time.Minute},
			{Queue: "urgent"},
		},
		Operators: []OperatorLine{{Seat: seats[1], Clarify: 3}, {Seat: seats[0], Offered: 1, InWork: 2, Overdue: 1, Solved: 7}},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

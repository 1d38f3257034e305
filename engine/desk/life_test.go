package desk

import "testing"

// The whole machine: what can happen in which status, and where it leads. What is not listed is refused.
func TestLife(t *testing.T) {
	const no = Status("")
	all := []Status{New, InWork, Clarify, Solved, Closed}
	for what, want := range map[string][5]Status{ // in the order of all
		Offered:   {New, New, Clarify, no, no},
		Lapsed:    {New, New, Clarify, no, no},
		Released:  {New, New, Clarify, no, no},
		Moved:     {New, New, Clarify, no, no},
		Taken:     {InWork, InWork, Clarify, no, no},
		Assigned:  {InWork, InWork, Clarify, no, no},
		Asked:     {Clarify, Clarify, Clarify, no, no},
		FileAsked: {Clarify, Clarify, Clarify, no, no},
		Clarified: {no, no, InWork, no, no},
		Requeued:  {no, no, New, no, no},
		Returned:  {Solved, Solved, Solved, no, no},
		Resolved:  {Solved, Solved, Solved, no, no},
		Merged:    {Closed, Closed, Closed, no, no},
		Reopened:  {no, no, no, New, no},
		Expired:   {no, no, no, Closed, no},
		"burn":    {no, no, no, no, no},
	} {
		for i, from := range all {
			got, err := Next(from, what)
			if want[i] == no && (err == nil || got != from) || want[i] != no && (err != nil || got != want[i]) {
				t.Errorf("%s in status %s leads to %s, %v; want %q", what, from, got, err, want[i])
			}
		}
	}
}

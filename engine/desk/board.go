package desk

import (
	"cmp"
	"slices"
	"time"
)

// Tally is what a store counts for the supervisor's board: few lines, however many tickets there are.
type Tally struct {
	Open       []OpenCount
	FirstReply Quantiles     // of hand-offs first answered since then, from being opened
	Solving    Quantiles     // of hand-offs solved since then, from being opened
	Solved     []SolvedCount // since then
	Ratings    [6]int        // how many citizens gave 1 to 5, of tickets changed since then
	Reasons    []ReasonCount // why hand-offs were opened since then, the most frequent first
}

// OpenCount counts the open tickets that have all of this in common.
type OpenCount struct {
	Queue    string
	Operator int64 // who has them or is offered them, 0 for nobody
	Offered  bool
	Status   Status
	Count    int
	Overdue  int       // whose term has broken; none while the citizen's answer is awaited
	DueSoon  int       // whose term is about to break
	Oldest   time.Time // when the oldest of them was opened
}

// SolvedCount counts what an operator has solved.
type SolvedCount struct {
	Operator int64
	Count    int
}

// ReasonCount counts a reason for which tickets were opened.
type ReasonCount struct {
	Reason string
	Count  int
}

// Quantiles tell how long things took.
type Quantiles struct {
	Count       int
	Median, P90 time.Duration
}

// Board is what a supervisor sees.
type Board struct {
	Since, At  time.Time
	Total      BoardLine
	Queues     []BoardLine // in the order of the settings
	Operators  []OperatorLine
	FirstReply Quantiles
	Solving    Quantiles
	Solved     int
	Ratings    [6]int
	Rated      int
	Mean       float64 // of the ratings, 0 without any
	Reasons    []ReasonCount
}

// BoardLine is how a queue stands now.
type BoardLine struct {
	Queue   string
	AtWork  int // operators available in it
	Waiting int // in nobody's hands; those who are being offered are counted here and in Offered
	Offered int
	InWork  int
	Clarify int // the citizen's answer is awaited
	Overdue int
	DueSoon int
	Longest time.Duration // the longest that somebody has been waiting
}

// OperatorLine is how an operator stands now.
type OperatorLine struct {
	Seat
	Offered int
	InWork  int
	Clarify int
	Overdue int
	Solved  int
}

// NewBoard makes the board from what was counted and who is at work. It lists every queue of the settings, and every
// operator with a seat; what belongs to others is in the totals.
func NewBoard(t Tally, seats []Seat, queues []string, since, now time.Time) Board {
	b := Board{Since: since, At: now, FirstReply: t.FirstReply, Solving: t.Solving, Ratings: t.Ratings, Reasons: t.Reasons}
	lines := map[string]*BoardLine{}
	b.Queues = make([]BoardLine, len(queues))
	for i, q := range queues {
		b.Queues[i].Queue = q
		lines[q] = &b.Queues[i]
	}
	b.Operators = make([]OperatorLine, len(seats))
	people := map[int64]*OperatorLine{}
	for i, s := range seats {
		b.Operators[i].Seat = s
		people[s.ID] = &b.Operators[i]
		if s.Presence != Available {
			continue
		}
		b.Total.AtWork++
		for _, q := range s.Queues {
			if l := lines[q]; l != nil {
				l.AtWork++
			}
		}
	}
	for _, c := range t.Open {
		b.Total.add(c, now)
		if l := lines[c.Queue]; l != nil {
			l.add(c, now)
		}
		if p := people[c.Operator]; p != nil {
			p.Overdue += c.Overdue
			switch {
			case c.Offered:
				p.Offered += c.Count
			case c.Status == Clarify:
				p.Clarify += c.Count
			default:
				p.InWork += c.Count
			}
		}
	}
	for _, s := range t.Solved {
		b.Solved += s.Count
		if p := people[s.Operator]; p != nil {
			p.Solved = s.Count
		}
	}
	sum := 0
	for stars, n := range t.Ratings {
		b.Rated += n
		sum += stars * n
	}
	if b.Rated > 0 {
		b.Mean = float64(sum) / float64(b.Rated)
	}
	slices.SortFunc(b.Operators, func(x, y OperatorLine) int { return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.ID, y.ID)) })
	return b
}

func (l *BoardLine) add(c OpenCount, now time.Time) {
	l.Overdue += c.Overdue
	l.DueSoon += c.DueSoon
	switch {
	case c.Status == Clarify:
		l.Clarify += c.Count
	case c.Operator != 0 && !c.Offered:
		l.InWork += c.Count
	default:
		l.Waiting += c.Count
		if c.Offered {
			l.Offered += c.Count
		}
		l.Longest = max(l.Longest, now.Sub(c.Oldest))
	}
}

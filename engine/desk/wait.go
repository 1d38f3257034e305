package desk

import (
	"math"
	"slices"
	"time"
)

// Experience is what the newest tickets of a queue have shown. It is kept by whoever sees them; nothing here changes it.
type Experience struct {
	Handling []time.Duration // how long a ticket kept its operator busy
	Taking   []time.Duration // from the offer until it was taken
	Errors   []float64       // of what was told, by [Estimate.Error]; at most WaitErrors of them
}

// WaitErrors is how many of the newest errors of a queue are worth keeping.
const WaitErrors = 100

// Remember adds a value to the newest ones and lets the oldest go.
func Remember[T any](list []T, v T, limit int) []T {
	if len(list) >= limit {
		list = append(list[:0], list[len(list)-limit+1:]...)
	}
	return append(list, v)
}

// Estimate is what can be told of a wait.
type Estimate struct {
	Place    int           // 1 is next
	AtWork   int           // operators available in the queue
	Known    bool          // From and To can be told; if not, nobody is at work or too little is known
	From, To time.Duration // of working time of the queue, from now on until an operator takes the ticket

	mean  float64 // seconds
	shape float64 // of the gamma distribution
}

// Floor is the desk at a moment: who is at work and who waits.
type Floor struct {
	seats []Seat
	rules Rules
	lines map[string]*line
	all   []*Waiting // in the order of the queues
	place map[string]int
}

// NewFloor looks at the desk. Waiting are all tickets that nobody has taken, offered ones too.
func NewFloor(seats []Seat, waiting []Waiting, rules Rules) *Floor {
	f := &Floor{seats: seats, rules: rules, lines: map[string]*line{}, all: make([]*Waiting, len(waiting))}
	for i := range waiting {
		f.all[i] = &waiting[i]
	}
	slices.SortFunc(f.all, (*Waiting).compare)
	return f
}

// line is what the wait in a queue depends on.
type line struct {
	atWork int
	slots  float64            // tickets at a time that the queue's operators can work on
	free   float64            // of them
	share  map[string]float64 // of another queue's tickets, how many the same operators take
}

func (f *Floor) line(queue string) *line {
	if l := f.lines[queue]; l != nil {
		return l
	}
	l := &line{share: map[string]float64{}}
	total := map[string]float64{}
	for i := range f.seats {
		s := &f.seats[i]
		if s.Presence != Available || s.Capacity == 0 {
			continue
		}
		n := float64(s.Capacity)
		here := s.Works(queue)
		if here {
			l.atWork++
			l.slots += n
			l.free += float64(s.Free())
		}
		for _, q := range s.Queues {
			total[q] += n
			if here {
				l.share[q] += n
			}
		}
	}
	for q, n := range l.share {
		l.share[q] = n / total[q]
	}
	f.lines[queue] = l
	return l
}

// Place returns which of its queue the ticket is, 1 being next; 0 if it is not of this floor. Who was begun already and waits again is not counted:
// their operator's place is merely to be filled anew. So with equal priority a place never gets worse: whoever comes
// later stands behind, and what was offered and not taken has kept its place.
func (f *Floor) Place(w *Waiting) int {
	if f.place == nil {
		type row struct {
			queue    string
			returned bool
		}
		f.place = make(map[string]int, len(f.all))
		last := map[row]int{}
		for _, o := range f.all {
			r := row{o.Queue, o.Returned}
			last[r]++
			f.place[o.Number] = last[r]
		}
	}
	return f.place[w.Number]
}

// Wait estimates how long a ticket of the floor will wait.
//
// The operators of the queue work on so many tickets at a time; with each one that they end, the next is taken. So the
// wait is a sum of as many intervals as tickets come before, each the mean handling time divided by that number: a gamma
// distribution. Operators who also work in other queues take those tickets in between. How far the newest estimates were
// off decides how wide the interval is: it is what would have held for six of seven of them, and as long as there are few of them, a
// wide guess takes the place of those that are missing.
func (f *Floor) Wait(w *Waiting, known Experience) Estimate {
	l := f.line(w.Queue)
	e := Estimate{Place: f.Place(w), AtWork: l.atWork}
	if l.slots == 0 || len(known.Handling) < max(1, f.rules.WaitMin) {
		return e
	}
	before := 0.0
	for _, o := range f.all {
		if o.Number == w.Number {
			break
		}
		if !o.Offered {
			before += l.share[o.Queue]
		}
	}
	handling, spread := moments(known.Handling)
	taking, takingSpread := firstTaking.Seconds(), firstTaking.Seconds()
	if len(known.Taking) >= fewTakings {
		taking, takingSpread = moments(known.Taking)
	}
	ends := 0.0 // tickets that have to end first
	if before >= l.free {
		ends = before - l.free + 1
	}
	step := handling / l.slots
	// The error of the mean handling time, from so few of them, and of the number of operators, who come and go.
	doubt := spread*spread/(handling*handling*float64(len(known.Handling))) + staffDoubt*staffDoubt
	e.mean = max(1, taking+ends*step)
	variance := takingSpread*takingSpread + ends*step*step + doubt*ends*ends*step*step
	e.shape = min(maxShape, max(minShape, e.mean*e.mean/max(variance, 1e-9)))
	low, high := interval(known.Errors)
	e.From, e.To = roundDown(e.quantile(low)), roundUp(e.quantile(high))
	e.Known = true
	return e
}

const (
	firstTaking = 30 * time.Second // from the offer until taken, before there is experience
	fewTakings  = 5
	staffDoubt  = 0.3 // relative error of a wait because operators come and go
	minShape    = 0.4
	maxShape    = 60
	aimed       = 0.86 // share of waits that are to be inside
	priorWidth  = 1.5  // standard deviation of the guessed errors
	priorCount  = 12   // of them

)

// Error says how far the estimate was off, in standard deviations of its own distribution: the cube root of a gamma
// distribution is nearly normal (Wilson and Hilferty). It is kept in [Experience].
func (e Estimate) Error(real time.Duration) float64 {
	if e.shape == 0 {
		return 0
	}
	return (math.Cbrt(real.Seconds()/e.mean) - (1 - 1/(9*e.shape))) * 3 * math.Sqrt(e.shape)
}

// quantile is the inverse of Error.
func (e Estimate) quantile(z float64) time.Duration {
	x := math.Max(0, 1-1/(9*e.shape)+z/(3*math.Sqrt(e.shape)))
	return time.Duration(e.mean * x * x * x * float64(time.Second))
}

// guesses are the errors that are supposed before there are any: the quantiles of a normal distribution, wider than
// the model's own. guesses[n] are n of them.
var guesses = func() (out [priorCount + 1][]float64) {
	for n := range out {
		for i := range n {
			p := (float64(i) + 0.5) / float64(n)
			out[n] = append(out[n], priorWidth*math.Sqrt2*math.Erfinv(2*p-1))
		}
	}
	return out
}()

// interval returns the errors between which the aimed share of the next ones lies. Guesses stand in the place of those
// that are missing, fewer with every one that is known.
func interval(errors []float64) (low, high float64) {
	var room [128]float64
	all := append(room[:0], errors...)
	all = append(all, guesses[max(0, priorCount-len(errors)/4)]...)
	slices.Sort(all)
	// The order statistics for what comes next, not for what was: conformal prediction.
	cut := max(0, int(float64(len(all)+1)*(1-aimed)/2)-1)
	return all[cut], all[len(all)-1-cut]
}

// moments returns mean and standard deviation in seconds. The longest tenth counts as the longest of the others: one case
// that lay open over night must not make everybody's wait long.
func moments(list []time.Duration) (mean, deviation float64) {
	var room [64]time.Duration
	sorted := append(room[:0], list...)
	slices.Sort(sorted)
	limit := sorted[len(sorted)-1-len(sorted)/20]
	for _, d := range sorted {
		mean += min(d, limit).Seconds()
	}
	mean /= float64(len(sorted))
	for _, d := range sorted {
		x := min(d, limit).Seconds() - mean
		deviation += x * x
	}
	return max(mean, 1), math.Sqrt(deviation / float64(len(sorted)))
}

// steps are the minutes that an interval is told in: the farther away, the coarser.
var steps = []int{0, 1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 40, 50, 60, 75, 90, 105, 120, 150, 180, 240, 300, 360, 480, 600, 720, 960, 1440}

func roundDown(d time.Duration) time.Duration {
	at := 0
	for i, m := range steps {
		if time.Duration(m)*time.Minute <= d {
			at = i
		}
	}
	return time.Duration(steps[at]) * time.Minute
}

func roundUp(d time.Duration) time.Duration {
	for _, m := range steps[1:] {
		if time.Duration(m)*time.Minute >= d {
			return time.Duration(m) * time.Minute
		}
	}
	return (d + 24*time.Hour - 1).Truncate(24 * time.Hour)
}

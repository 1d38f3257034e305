package understand

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"sort"
	"strings"
	"time"
)

// Case is one labelled message of an evaluation set.
type Case struct {
	Text   string
	Topics []string // none: out of scope; two: both needs, in the order asked
	Tags   []string
}

// UnmarshalJSON reads topic as null, a string or a list.
func (c *Case) UnmarshalJSON(b []byte) error {
	var raw struct {
		Text  string          `json:"text"`
		Topic json.RawMessage `json:"topic"`
		Tags  []string        `json:"tags"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	c.Text, c.Tags, c.Topics = raw.Text, raw.Tags, nil
	if len(raw.Topic) == 0 || string(raw.Topic) == "null" {
		return nil
	}
	if raw.Topic[0] == '[' {
		return json.Unmarshal(raw.Topic, &c.Topics)
	}
	var one string
	if err := json.Unmarshal(raw.Topic, &one); err != nil {
		return err
	}
	c.Topics = []string{one}
	return nil
}

// ReadCases reads JSON Lines.
func ReadCases(r io.Reader) ([]Case, error) {
	var out []Case
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 1<<16), 1<<24)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSpace(sc.Text())
		if line == "" {
			continue
		}
		var c Case
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		out = append(out, c)
	}
	return out, sc.Err()
}

// ReadTSV reads label<TAB>text lines.
func ReadTSV(r io.Reader) ([]Case, error) {
	var out []Case
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 1<<16), 1<<24)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimRight(sc.Text(), "\r\n")
		if line == "" {
			continue
		}
		label, text, ok := strings.Cut(line, "\t")
		if !ok {
			return nil, fmt.Errorf("line %d: no tab", n)
		}
		out = append(out, Case{Text: text, Topics: []string{label}})
	}
	return out, sc.Err()
}

// TagReport is the part of a report for one tag: N messages, Single of them about one topic. Top1 is a share of those, Resolved of all.
type TagReport struct {
	N        int     `json:"n"`
	Single   int     `json:"single"`
	Top1     float64 `json:"top1"`
	Resolved float64 `json:"resolved"`
}

// Report is the contract of `spravka eval --json`. Shares are between 0 and 1.
type Report struct {
	Messages      int                  `json:"messages"`
	InScope       int                  `json:"in_scope"`
	OutOfScope    int                  `json:"out_of_scope"`
	Top1          float64              `json:"top1"`
	Top3          float64              `json:"top3"`
	Answered      float64              `json:"answered"`
	AnsweredRight float64              `json:"answered_right"`
	Offered       float64              `json:"offered"`
	OfferedRight  float64              `json:"offered_right"`
	AskedBack     float64              `json:"asked_back"`
	HandedOff     float64              `json:"handed_off"`
	Resolved      float64              `json:"resolved"`
	WrongShare    float64              `json:"wrong_share"`
	OOSAnswered   float64              `json:"oos_answered"`
	OOSOffered    float64              `json:"oos_offered"`
	BothFound     float64              `json:"both_found"`
	AUROC         float64              `json:"auroc"`
	P50us         float64              `json:"p50_us"`
	P99us         float64              `json:"p99_us"`
	TrainMS       float64              `json:"train_ms"`
	ByTag         map[string]TagReport `json:"by_tag"`
}

// Stopwatch returns a monotonic reading; evaluation is the only part of the package that measures time, and it is handed the clock.
type Stopwatch func() time.Duration

// offers is how many topics an offer shows.
const offers = 3

// Evaluate runs a labelled set through the model. An answer counts as right only when it serves exactly what was asked: a superfluous
// second topic makes it wrong, and so does a missing one in a message of two needs.
func (m *Model) Evaluate(cases []Case, clock Stopwatch) Report {
	rep := Report{Messages: len(cases), ByTag: map[string]TagReport{}}
	var single, two, answers, wrong float64
	var in, out []float64
	var times []float64
	for _, c := range cases {
		var start time.Duration
		if clock != nil {
			start = clock()
		}
		r := m.Understand(Query{Text: c.Text})
		if clock != nil {
			times = append(times, float64((clock()-start).Nanoseconds())/1000)
		}
		if r.Decision == Answer {
			answers++
		}
		top1, resolved := 0.0, 0.0
		if len(c.Topics) == 0 {
			rep.OutOfScope++
			out = append(out, r.score())
			switch r.Decision {
			case Answer:
				rep.OOSAnswered++
				wrong++
			case Offer:
				rep.OOSOffered++
			default:
				resolved = 1
			}
		} else {
			rep.InScope++
			in = append(in, r.score())
			right := sameTopics(r.Needs, c.Topics)
			switch r.Decision {
			case Answer:
				rep.Answered++
				if right {
					rep.AnsweredRight++
					resolved = 1
				} else {
					wrong++
				}
			case Offer:
				rep.Offered++
				if offeredAll(r.Topics, c.Topics) {
					rep.OfferedRight++
					resolved = 1
				}
			case AskBack:
				rep.AskedBack++
			case HandOff:
				rep.HandedOff++
			}
			if len(c.Topics) == 1 {
				single++
				f := m.Forced(c.Text)
				for i := 0; i < min(3, len(f)); i++ {
					if f[i].Topic == c.Topics[0] {
						rep.Top3++
						if i == 0 {
							rep.Top1++
							top1 = 1
						}
					}
				}
			} else {
				two++
				if right {
					rep.BothFound++
				}
			}
		}
		for _, t := range c.Tags {
			x := rep.ByTag[t]
			x.N++
			if len(c.Topics) == 1 {
				x.Single++
			}
			x.Top1 += top1
			x.Resolved += resolved
			rep.ByTag[t] = x
		}
	}
	for _, x := range []*float64{&rep.Answered, &rep.AnsweredRight, &rep.Offered, &rep.OfferedRight, &rep.AskedBack, &rep.HandedOff} {
		*x = share(*x, float64(rep.InScope))
	}
	rep.Top1, rep.Top3, rep.BothFound = share(rep.Top1, single), share(rep.Top3, single), share(rep.BothFound, two)
	rep.OOSAnswered, rep.OOSOffered = share(rep.OOSAnswered, float64(rep.OutOfScope)), share(rep.OOSOffered, float64(rep.OutOfScope))
	rep.Resolved, rep.WrongShare = rep.AnsweredRight+rep.OfferedRight, share(wrong, answers)
	rep.AUROC = auroc(in, out)
	rep.P50us, rep.P99us = quantile(times, 0.5), quantile(times, 0.99)
	for t, x := range rep.ByTag {
		x.Top1, x.Resolved = share(x.Top1, float64(x.Single)), share(x.Resolved, float64(x.N))
		rep.ByTag[t] = x
	}
	return rep
}

// score orders messages from surely out of scope to surely in scope.
func (r *Reading) score() float64 {
	if r.Reject != "" || len(r.Topics) == 0 {
		return 0
	}
	return r.Topics[0].Score
}

func sameTopics(got, want []string) bool {
	if len(got) != len(want) {
		return false
	}
	for i := range got {
		if got[i] != want[i] {
			return false
		}
	}
	return true
}

func offeredAll(topics []Scored, want []string) bool {
	for _, w := range want {
		found := false
		for _, t := range topics[:min(offers, len(topics))] {
			found = found || t.Topic == w
		}
		if !found {
			return false
		}
	}
	return true
}

func share(x, n float64) float64 {
	if n == 0 {
		return 0
	}
	return x / n
}

// auroc is the probability that an in-scope message scores above an out-of-scope one.
func auroc(in, out []float64) float64 {
	if len(in) == 0 || len(out) == 0 {
		return 0
	}
	sort.Float64s(out)
	var sum float64
	for _, x := range in {
		lo := sort.SearchFloat64s(out, x)
		hi := sort.SearchFloat64s(out, math.Nextafter(x, 2))
		sum += float64(lo) + float64(hi-lo)/2
	}
	return sum / float64(len(in)) / float64(len(out))
}

func quantile(xs []float64, q float64) float64 {
	if len(xs) == 0 {
		return 0
	}
	sort.Float64s(xs)
	return xs[min(int(q*float64(len(xs))), len(xs)-1)]
}

// CorpusOf makes a corpus of labelled cases, topics in order of first appearance.
func CorpusOf(cases []Case) Corpus {
	at := map[string]int{}
	var c Corpus
	for _, x := range cases {
		if len(x.Topics) != 1 {
			continue
		}
		id := x.Topics[0]
		i, ok := at[id]
		if !ok {
			i = len(c.Topics)
			at[id] = i
			c.Topics = append(c.Topics, Topic{ID: id})
		}
		c.Topics[i].Phrases = append(c.Topics[i].Phrases, Phrase{Text: x.Text})
	}
	return c
}

// EvaluateSets trains on labelled cases and measures forced choice on others; oos, if any, are messages of no class at all and give
// AUROC. It is `spravka eval --train --test --oos`.
func EvaluateSets(train, test, oos []Case, clock Stopwatch) (Report, error) {
	if len(train) == 0 || len(test) == 0 {
		return Report{}, errors.New("training and test set must not be empty")
	}
	start := clock()
	m := Train(CorpusOf(train), Options{Quick: true})
	took := clock() - start
	for i := range oos {
		oos[i].Topics = nil
	}
	rep := m.Evaluate(append(append([]Case{}, test...), oos...), clock)
	rep.TrainMS = float64(took.Nanoseconds()) / 1e6
	return rep, nil
}

package console

import (
	"encoding/json"
	"fmt"

	"spravka/engine"
)

// why says what the assistant made of a message: in a few words, and in detail.
type why struct {
	Labels  []string
	Place   string // where the talk stood afterwards
	Read    string
	Decided string
	Score   string
	Nearest []nearPhrase
	Weighed []weight
	flow    string
	step    string
}

type nearPhrase struct {
	Topic, Text, Similarity string
}

type weight struct {
	Feature, Weight string
}

// Detail reports whether there is more than labels.
func (w *why) Detail() bool { return w != nil && (w.Place != "" || w.Read != "" || w.Decided != "") }

// why reads a stored trace; nil if there is none.
func (c *Console) why(locale string, trace []byte) *why {
	if len(trace) == 0 {
		return nil
	}
	var d engine.Decided
	if err := json.Unmarshal(trace, &d); err != nil || d.Decision == "" {
		return nil
	}
	w := &why{flow: d.Flow, step: d.Step}
	if d.Decision != engine.DecideSilent { // while a person answers, the assistant's silence goes without saying
		w.Labels = append(w.Labels, wordOr(locale, "decision.", string(d.Decision)))
	}
	for i, topic := range d.Topics {
		if i == 3 {
			break
		}
		w.Labels = append(w.Labels, c.term(locale, topic))
	}
	if d.Flow != "" {
		w.Place = c.place(locale, d.Flow, d.Step)
	}
	if d.Score > 0 {
		w.Score = percent(d.Score)
	}
	if d.Why != nil {
		w.Read, w.Decided = d.Why.Read, d.Why.Decided
		for i, n := range d.Why.Nearest {
			if i == 5 {
				break
			}
			w.Nearest = append(w.Nearest, nearPhrase{c.term(locale, n.Topic), n.Text, percent(n.Similarity)})
		}
		for i, f := range d.Why.Features {
			if i == 8 {
				break
			}
			w.Weighed = append(w.Weighed, weight{f.Feature, fmt.Sprintf("%+.2f", f.Weight)})
		}
	}
	if len(w.Labels) == 0 && !w.Detail() {
		return nil
	}
	return w
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*min(1, max(0, share))) }

// place says where in a flow something happened.
func (c *Console) place(locale, flow, step string) string {
	return c.Content.Place(locale, engine.Conversation{Frames: []engine.Frame{{Flow: flow, Step: step}}})
}

// path is the way of the talk through its flows: the places in the order in which they were reached, the newest last.
func (c *Console) path(locale string, lines []line) []string {
	var path []string
	last := ""
	for _, l := range lines {
		if l.Why == nil || l.Why.flow == "" || l.Why.flow+"/"+l.Why.step == last {
			continue
		}
		last = l.Why.flow + "/" + l.Why.step
		if place := c.place(locale, l.Why.flow, l.Why.step); place != "" && (len(path) == 0 || path[len(path)-1] != place) {
			path = append(path, place)
		}
	}
	return path[max(0, len(path)-pathMost):]
}

// pathMost bounds the places of a path that are shown.
const pathMost = 12

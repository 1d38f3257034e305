package understand

import "math"

// Elliptic follow-ups: «а по почте?», «а если отказали?» after a topic has been served. Their words alone fit several topics; those near the
// last one come first.

const (
	maxElliptic = 6 // words
	// nearness is how much the likeness of a topic to the last one weighs, in nats for each standard deviation.
	nearness = 0.9
	// backless is what the background classes keep of their probability: a follow-up looks vague, but is not. Without an opener a vague message
	// stays one: «не получается».
	backless = 0.1
	// itself is how near a topic is to itself: «а картой?» after the reply about payment is most likely about payment still.
	itself = 5
	// followCap is the most that a reading by context is trusted.
	followCap = 0.93
	// followFloor is the confidence from which the topic before vouches that a follow-up is ours.
	followFloor = 0.25
)

// openers are the words with which a follow-up begins.
var openers = wordSet("а и если тогда ну или and if or then")

// elliptic reports whether a message leans on what was said before.
func elliptic(toks []token) bool {
	return len(toks) > 0 && len(toks) <= maxElliptic && (openers[toks[0].text] || len(toks) <= 3)
}

// follow reads an elliptic message with the topic served last.
func (m *Model) follow(last string, toks []token, e *evidence) {
	if last == "" || e.exact && m.classes[e.top].kind.real() || !elliptic(toks) || len(m.near) == 0 {
		return
	}
	from := -1
	for c := range m.classes {
		if m.classes[c].id == last && m.classes[c].kind == kindTopic {
			from = c
		}
	}
	opened := openers[toks[0].text]
	if from < 0 || e.best < 0 || e.conf >= m.threshold(e.best) && !opened {
		return
	}
	row := m.near[from*len(m.classes):][:len(m.classes)]
	var sum, before, after float64
	for c := range e.p {
		before += e.p[c]
		switch {
		case m.classes[c].kind == kindTopic:
			e.p[c] *= math.Exp(nearness * float64(row[c]))
		case m.classes[c].kind == kindVague && !opened:
		case !m.classes[c].kind.real():
			e.p[c] *= backless
		}
		sum += e.p[c]
	}
	for c := range e.p {
		e.p[c] /= sum
	}
	was := e.best
	e.best, e.next, e.top = firsts(m.classes, e.p)
	after = math.Min(e.p[e.best], followCap)
	if e.best == was {
		e.conf = math.Max(e.conf, after)
	} else {
		e.conf = after
	}
	if e.conf >= followFloor && e.top == e.best {
		e.cover = max(e.cover, m.cal.Offer, m.cal.Ours) // the topic before vouches for it
	}
}

// relate computes how near topics are to each other: the cosine of their centres, standardised for each topic. A topic is the
// likeliest follow-up of itself («и сколько ждать?»), unless the words say otherwise.
func (m *Model) relate() {
	k := len(m.classes)
	sum := make([]float32, k)
	prod := make([]float64, k*k)
	var touched []int32
	for f := 0; f+1 < len(m.nb.start); f++ {
		for i := m.nb.start[f]; i < m.nb.start[f+1]; i++ {
			c := m.nb.label[m.nb.doc[i]]
			if sum[c] == 0 {
				touched = append(touched, c)
			}
			sum[c] += m.nb.val[i]
		}
		for _, a := range touched {
			for _, b := range touched {
				prod[int(a)*k+int(b)] += float64(sum[a]) * float64(sum[b])
			}
		}
		for _, a := range touched {
			sum[a] = 0
		}
		touched = touched[:0]
	}
	m.near = make([]float32, k*k)
	for a := 0; a < k; a++ {
		var mean, dev, n float64
		cos := func(b int) float64 { return prod[a*k+b] / math.Sqrt(prod[a*k+a]*prod[b*k+b]+1e-12) }
		for b := 0; b < k; b++ {
			if b != a && m.classes[b].kind == kindTopic {
				mean += cos(b)
				n++
			}
		}
		if n < 2 {
			continue
		}
		mean /= n
		for b := 0; b < k; b++ {
			if b != a && m.classes[b].kind == kindTopic {
				dev += (cos(b) - mean) * (cos(b) - mean)
			}
		}
		dev = math.Sqrt(dev/n) + 1e-9
		m.near[a*k+a] = itself
		for b := 0; b < k; b++ {
			if b != a && m.classes[b].kind == kindTopic {
				m.near[a*k+b] = float32((cos(b) - mean) / dev)
			}
		}
	}
}

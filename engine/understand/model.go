package understand

import "sync"

// version is part of every hash: raise it when code changes what a model is, so that no cache of older code is loaded.
const version = 13

// kind of a class.
type kind uint8

const (
	kindTopic   kind = iota // a topic that can be served
	kindControl             // talk about the conversation
	kindReject              // a named out-of-scope family
	kindOther               // out of scope, unnamed
	kindVague               // too vague for anyone
)

// real says that the class is something to serve.
func (k kind) real() bool { return k <= kindControl }

// class is one output of the classifiers.
type class struct {
	id        string
	kind      kind
	sensitive bool
}

// Model understands messages. It is immutable once trained or read, and safe for concurrent use.
type Model struct {
	hash    string
	opt     Options
	classes []class
	syn     [][]string
	polite  []string
	phrases []phrase // in the order of the documents
	docs    []vec    // their vectors, kept for the neighbours and for explanations
	sp      *space
	lin     *linear
	nt      *net
	nb      *neighbours
	rep     *repairer
	cut     *politeness
	exact   map[uint64]int32 // hash of a phrase's stems → class, -1 when two classes share it
	near    []float32        // class × class: how near topics are to each other, for follow-ups
	cal     calibration
	pool    sync.Pool
}

// phrase is a stored example.
type phrase struct {
	text  string
	class int32
}

// calibration is what cross-validation has found.
type calibration struct {
	Stack    stack
	Accept   logistic
	Cover    logistic // of messages that any topic covers
	Judge    logistic // of two needs
	Answer   float64  // threshold of the acceptor for an answer
	Strict   float64  // the same for sensitive topics
	Offer    float64  // the cover that an offer needs
	Ours     float64  // the cover that an answer needs besides the confidence
	Reject   float64  // a named reject is spoken of above this
	Both     float64  // threshold of the judge of two needs
	Either   float64  // the same, for asking which of the two is meant
	Done     bool
	WrongCV  float64 // share of wrong answers that the threshold had in cross-validation
	AnswerCV float64 // share of in-scope phrases answered there
}

// Classes returns the number of classes, background classes included.
func (m *Model) Classes() int { return len(m.classes) }

// Hash is the hash of the corpus and options that the model was made from.
func (m *Model) Hash() string { return m.hash }

// full is the length of a vector whose features are all known.
func (t *tuning) full(concepts bool) float32 {
	var sum float32
	for g, w := range t.weight {
		if (g == groupConcept || g == groupConceptPair) && !concepts {
			continue
		}
		sum += w * w
	}
	return sqrt32(sum)
}

// work is the scratch memory of one Understand.
type work struct {
	sc   scratch
	v    vec
	svm  []float32
	net  []float32
	acc  []float32
	seen []int32
	near []nearest
	toks []token
}

func (m *Model) get() *work {
	if w, ok := m.pool.Get().(*work); ok {
		return w
	}
	k := len(m.classes)
	return &work{svm: make([]float32, k+1), net: make([]float32, k), near: make([]nearest, k)}
}

func (m *Model) put(w *work) { m.pool.Put(w) }

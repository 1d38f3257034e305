package understand

// Phrase is one example of how citizens say something.
type Phrase struct {
	Text   string
	Locale string // "ru", "en"; empty when unknown
}

// Topic is one thing that the assistant can understand.
type Topic struct {
	ID      string
	Phrases []Phrase
	// Sensitive topics (recovery of access, change of data) are answered at once only above a stricter threshold.
	Sensitive bool
	// Reject marks a named out-of-scope family: understood, but not ours.
	Reject bool
	// Control marks talk about the conversation itself (greeting, thanks, operator).
	Control bool
}

// Corpus is all that a model is trained from.
type Corpus struct {
	Topics []Topic
	// OutOfScope are phrases that nothing covers and that belong to no named family.
	OutOfScope []Phrase
	// Vague are messages that nobody could answer without asking back ("помогите", "ничего не получается").
	Vague []string
	// Synonyms are groups of words that mean the same here. An entry is a lemma ("пароль"), a prefix ("парол*") or
	// several of them in sequence ("горячая линия").
	Synonyms [][]string
	// Politeness are openings and closings that are cut away before understanding.
	Politeness []string
	// Extra is one optional low-weight document a topic, such as its title and reply.
	Extra map[string]string
}

// Decision says what to do with a message.
type Decision string

// The four decisions, best first for the citizen.
const (
	Answer  Decision = "answer"   // serve Reading.Needs now
	Offer   Decision = "offer"    // show up to three titled topics
	AskBack Decision = "ask_back" // too vague: ask what is meant
	HandOff Decision = "hand_off" // not ours, or not understood: a human
)

// Scored is a topic with the calibrated probability that it is right.
type Scored struct {
	Topic string  `json:"topic"`
	Score float64 `json:"score"`
}

// Query is a message to be understood, with the little context that matters.
type Query struct {
	Text string
	// LastTopic is the topic served last in this conversation; elliptic follow-ups («а по почте?») are read with it.
	LastTopic string
	// Locale of the conversation; reserved: the script of the text decides.
	Locale string
}

// Reading is what was understood.
type Reading struct {
	Decision Decision `json:"decision"`
	// Topics is the ranking over real topics, best first, at most 5.
	Topics []Scored `json:"topics"`
	// Needs are the topics to serve now, in the order asked: one, or two. Set when Decision is Answer.
	Needs []string `json:"needs,omitempty"`
	// Reject is the named out-of-scope family that was understood; Decision is then HandOff.
	Reject string `json:"reject,omitempty"`
	// Confidence is the calibrated probability that the first topic is right (for a named reject: that the reject is; for two needs: that of the
	// less sure one).
	Confidence float64 `json:"confidence"`
	// Normal is the text as understood after repair, personal numbers masked.
	Normal string `json:"normal"`
	// Vague says that the message is too vague for anyone to answer.
	Vague bool `json:"vague,omitempty"`

	judged, cover float64 // what the judges of two needs and of cover said, for explanations
}

// Options steer training. The zero value is the shipped configuration.
type Options struct {
	// WrongShare is the share of wrong answers, among all answers, that the thresholds aim at; 0 means 0.05.
	WrongShare float64
	// Quick trains the classifiers only, without calibration: for forced choice on foreign sets.
	Quick bool
	// Ablation switches, for measuring what each part is worth.
	NoChars, NoStems, NoSynonyms, NoRepair, NoNegatives, NoNet, NoStack bool
}

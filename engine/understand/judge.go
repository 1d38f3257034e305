package understand

import "sort"

// Training of the judge of two needs: in each fold, unseen phrases are joined in pairs, as citizens join them, and set against unseen
// single phrases that could be cut but hold one need only.

// joiners are the ways in which phrases are joined for training: what stands between them, and how the first one ends.
var joiners = []struct {
	end   stop
	words []string
}{
	{stopEnd, nil}, {stopEnd, []string{"и", "еще"}}, {stopPause, []string{"и"}}, {stopNone, []string{"и"}}, {stopPause, []string{"а", "еще"}},
	{stopPause, []string{"а", "также"}}, {stopEnd, []string{"а"}}, {stopPause, nil}, {stopEnd, []string{"заодно"}}, {stopNone, []string{"и", "еще"}},
}

const (
	judgeFolds   = 2
	pairsPerFold = 500
	// akin is the nearness from which two topics are likely to be asked about together; every second pair is made of such.
	akin = 1.0
	// doubles is the share of messages with two needs that the judge assumes.
	doubles = 0.12
	// falseDoubles is the share of single-need messages that may be torn in two by mistake, doubtful the share of those where the citizen may be
	// asked which of the two was meant.
	falseDoubles = 0.03
	doubtful     = 0.035
)

// judgeSet collects the training set of the judge over the folds.
type judgeSet struct {
	texts [][]token
	want  [][2]int // classes; -1 for single needs
	fold  []int
}

// judgeTexts makes the texts of one fold from its documents.
func (m *Model) judgeTexts(p *problem, docs [][]token, fold []int, k int, set *judgeSet) {
	var ids []int
	for i := range docs {
		if fold[i] == k && p.cost[i] == 1 {
			ids = append(ids, i)
		}
	}
	sort.Slice(ids, func(a, b int) bool {
		x, y := hashString(9, m.phrases[ids[a]].text), hashString(9, m.phrases[ids[b]].text)
		return x < y || x == y && ids[a] < ids[b]
	})
	var topics []int
	for _, i := range ids {
		if c := int(p.label[i]); m.need(c) && len(docs[i]) >= 2 && len(docs[i]) <= 14 {
			topics = append(topics, i)
		}
	}
	if len(topics) < 4 {
		return
	}
	for n := 0; n < min(pairsPerFold, len(topics)); n++ {
		a, b := topics[n], m.partner(p, topics, n)
		if b < 0 {
			continue
		}
		j := joiners[(n+k)%len(joiners)]
		text := append([]token{}, docs[a]...)
		text[len(text)-1].end = j.end
		for _, w := range j.words {
			text = append(text, token{text: w})
		}
		text = append(text, docs[b]...)
		set.texts, set.want, set.fold = append(set.texts, text), append(set.want, [2]int{int(p.label[a]), int(p.label[b])}), append(set.fold, k)
	}
	// One need told in two sentences: two phrases of the same topic. This is how long stories look.
	last := map[int32]int{}
	for n, i := range topics {
		if prev, ok := last[p.label[i]]; ok && n < pairsPerFold {
			text := append([]token{}, docs[prev]...)
			text[len(text)-1].end = []stop{stopEnd, stopPause, stopEnd}[n%3]
			text = append(text, docs[i]...)
			set.texts, set.want, set.fold = append(set.texts, text), append(set.want, [2]int{-1, -1}), append(set.fold, k)
		}
		last[p.label[i]] = i
	}
	singles := 0
	for _, i := range ids {
		if singles < 2*pairsPerFold && len(cutPoints(docs[i], nil)) > 0 && len(docs[i]) >= 4 {
			set.texts, set.want, set.fold = append(set.texts, docs[i]), append(set.want, [2]int{-1, -1}), append(set.fold, k)
			singles++
		}
	}
}

// partner finds another document to join with the n-th, of another topic; for every second one, of a topic akin to its own. -1 means none.
func (m *Model) partner(p *problem, topics []int, n int) int {
	own := int(p.label[topics[n]])
	for try := range len(topics) {
		b := topics[(n*7+len(topics)/2+1+try)%len(topics)]
		if c := int(p.label[b]); c != own && (n%2 == 0 || m.nearness(own, c) >= akin) {
			return b
		}
	}
	return -1
}

// fitJudge trains the judge; assess gives, for each fold, a way to judge a piece without the fold's documents.
func (m *Model) fitJudge(set *judgeSet, assess func(fold int, w *work, toks []token) evidence) {
	type row struct {
		p     pair
		found bool
	}
	rows := make([]row, len(set.texts))
	half := (len(rows) + 1) / 2
	parallel(2, func(part int) {
		w := m.get()
		for n := part * half; n < min((part+1)*half, len(rows)); n++ {
			f := func(t []token) evidence { return assess(set.fold[n], w, t) }
			whole := f(set.texts[n])
			if whole.best < 0 {
				continue
			}
			rows[n].p, rows[n].found = m.halves(set.texts[n], &whole, f)
		}
	})
	var xs [][]float64
	var yes []bool
	var weight []float64
	var nYes, nNo float64
	singles := 0.0
	for n, r := range rows {
		if set.want[n][0] < 0 {
			singles++
		}
		if !r.found {
			continue
		}
		y := set.want[n] == [2]int{r.p.left, r.p.right}
		xs, yes, weight = append(xs, r.p.x), append(yes, y), append(weight, 1)
		switch {
		case y:
			nYes++
		case set.want[n][0] < 0:
			nNo++
		default:
			// Two needs, a half of them misread: cross-validation has too many of these (see easier).
			weight[len(weight)-1] = 1 / easier
			nNo += 1 / easier
		}
	}
	if nYes < 20 || nNo < 20 {
		return
	}
	for i, y := range yes {
		if y {
			weight[i] *= doubles * float64(len(xs)) / nYes
		} else {
			weight[i] *= (1 - doubles) * float64(len(xs)) / nNo
		}
	}
	m.cal.Judge = fitLogistic(xs, yes, weight, 2)
	var single []float64
	for n, r := range rows {
		if set.want[n][0] < 0 && r.found {
			single = append(single, m.cal.Judge.prob(r.p.x))
		}
	}
	sort.Float64s(single)
	bar := func(share float64) float64 {
		if k := len(single) - 1 - int(share*singles); k >= 0 {
			return single[k]
		}
		return 0.5
	}
	m.cal.Both, m.cal.Either = bar(falseDoubles), bar(doubtful)
}

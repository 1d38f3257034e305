package understand

// neighbours finds the phrases nearest to a message: an inverted index over the same features as the classifiers, by cosine.
type neighbours struct {
	start []int32 // by feature: where its postings begin
	doc   []int32
	val   []float32
	label []int32
	n     int
	size  []float32 // by class: length of its sum vector
}

// newNeighbours indexes documents. Features of more than a fortieth of them say little about nearness and would cost most; characters and
// skipped pairs cost four fifths of the time and change nothing measurable.
func newNeighbours(docs []vec, label []int32, dim int, group []uint8) *neighbours {
	nb := &neighbours{label: label, n: len(docs)}
	count := make([]int32, dim+1)
	for i := range docs {
		for _, f := range docs[i].id {
			count[f+1]++
		}
	}
	limit := int32(max(len(docs)/40, 12))
	for f := 0; f < dim; f++ {
		if count[f+1] > limit || group[f] == groupChar || group[f] == groupSkip || group[f] == groupForm {
			count[f+1] = 0
		}
	}
	for f := 0; f < dim; f++ {
		count[f+1] += count[f]
	}
	nb.start = count
	nb.doc = make([]int32, count[dim])
	nb.val = make([]float32, count[dim])
	at := make([]int32, dim)
	copy(at, count[:dim])
	for i := range docs {
		for k, f := range docs[i].id {
			if nb.start[f] == nb.start[f+1] {
				continue
			}
			nb.doc[at[f]], nb.val[at[f]] = int32(i), docs[i].val[k]
			at[f]++
		}
	}
	return nb
}

// similar computes the similarity of a message to every document that has anything in common with it, in units of full length. acc is all
// zero before; seen lists the documents that are not zero afterwards.
func (nb *neighbours) similar(v *vec, full float32, acc []float32, seen []int32) ([]float32, []int32) {
	if len(acc) < nb.n {
		acc = make([]float32, nb.n)
	}
	for i, f := range v.id {
		from, to := nb.start[f], nb.start[f+1]
		if from == to {
			continue
		}
		x := v.val[i] / full
		doc := nb.doc[from:to]
		val := nb.val[from:to][:len(doc)]
		for k, d := range doc {
			if acc[d] == 0 {
				seen = append(seen, d)
			}
			acc[d] += x * val[k]
		}
	}
	return acc, seen
}

// nearest is what the documents of a class say: the similarity of the best three, and that of their centre.
type nearest struct{ first, second, third, centre float32 }

// vote reduces similarities to classes; skip leaves documents out. lengths are those of the classes' sums.
func (nb *neighbours) vote(acc []float32, seen []int32, skip []bool, lengths []float32, out []nearest) {
	clear(out)
	for _, d := range seen {
		s := acc[d]
		if skip != nil && skip[d] {
			continue
		}
		t := &out[nb.label[d]]
		t.centre += s
		switch {
		case s > t.first:
			t.first, t.second, t.third = s, t.first, t.second
		case s > t.second:
			t.second, t.third = s, t.second
		case s > t.third:
			t.third = s
		}
	}
	for c := range out {
		out[c].centre /= lengths[c]
	}
}

// lengths are the lengths of the sum vectors of all classes, in units of a full document: what turns a sum of similarities into the cosine
// with the centre of the class.
func (nb *neighbours) lengths(classes int, full float32, skip []bool) []float32 {
	sum := make([]float32, classes)
	out := make([]float32, classes)
	touched := make([]int32, 0, classes)
	for f := 0; f+1 < len(nb.start); f++ {
		for k := nb.start[f]; k < nb.start[f+1]; k++ {
			d := nb.doc[k]
			if skip != nil && skip[d] {
				continue
			}
			c := nb.label[d]
			if sum[c] == 0 {
				touched = append(touched, c)
			}
			sum[c] += nb.val[k]
		}
		for _, c := range touched {
			out[c] += sum[c] * sum[c]
			sum[c] = 0
		}
		touched = touched[:0]
	}
	for c := range out {
		out[c] = max(sqrt32(out[c])/full, 1e-6)
	}
	return out
}

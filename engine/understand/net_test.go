package understand

import (
	"math"
	"slices"
	"testing"
)

// company is a problem that no linear classifier can solve: what each of two words means depends on the other one.
func company() *problem {
	p := &problem{classes: 2, dim: 5, group: make([]uint8, 5)}
	for range 400 {
		for i, words := range [][]int32{{0, 2}, {1, 3}, {0, 3}, {1, 2}} {
			p.docs = append(p.docs, vec{id: append(words, 4), val: []float32{1, 1, 0.5}})
			p.label, p.cost = append(p.label, int32(i/2)), append(p.cost, 1)
		}
	}
	return p
}

func TestNetLearnsCompany(t *testing.T) {
	p := company()
	n := p.trainNet(nil)
	out := make([]float32, 2)
	for i := range 4 {
		n.scores(&p.docs[i], out)
		if right := p.label[i]; out[right] < out[1-right] || math.Exp(float64(out[right])) < 0.6 {
			t.Errorf("%v: class %d has the logarithms %v", p.docs[i].id, right, out)
		}
		if sum := math.Exp(float64(out[0])) + math.Exp(float64(out[1])); math.Abs(sum-1) > 1e-4 {
			t.Errorf("the probabilities sum up to %v", sum)
		}
	}
}

func TestNetIsTheSameEachTime(t *testing.T) {
	p := company()
	nets := p.trainNets([][]bool{nil, nil, choose(len(p.docs), func(i int) bool { return i%5 == 0 })})
	if !slices.Equal(nets[0].in, nets[1].in) || !slices.Equal(nets[0].out, nets[1].out) {
		t.Error("two trainings on the same documents differ")
	}
	if slices.Equal(nets[0].in, nets[2].in) {
		t.Error("documents left out make no difference")
	}
}

// Content may be as small as one phrase, and phrases may contradict each other.
func TestNetStaysFinite(t *testing.T) {
	one := &problem{classes: 1, dim: 1, group: make([]uint8, 1), docs: []vec{{id: []int32{0}, val: []float32{2}}}, label: []int32{0}, cost: []float64{1}}
	torn := company()
	for i := range torn.label {
		torn.label[i] = int32(i / 7 % 2)
	}
	bare := &problem{classes: 3, dim: 1, group: make([]uint8, 1), docs: make([]vec, 50), label: make([]int32, 50), cost: make([]float64, 50)}
	for _, p := range []*problem{one, torn, bare} {
		n := p.trainNet(nil)
		out := make([]float32, p.classes)
		n.scores(&p.docs[0], out)
		for _, w := range slices.Concat(n.in, n.out, n.outBias, out) {
			if math.IsNaN(float64(w)) || math.IsInf(float64(w), 0) {
				t.Fatalf("%d documents, %d classes: a weight is %v", len(p.docs), p.classes, w)
			}
		}
	}
}

package understand

import (
	"math"
	"reflect"
	"testing"
)

// blobs is a small separable problem with three classes.
func blobs() *problem {
	p := &problem{classes: 3, dim: 6, c: 1, pos: 1}
	for i := 0; i < 60; i++ {
		c := int32(i % 3)
		p.docs = append(p.docs, vec{id: []int32{c, 3 + int32(i/3%3)}, val: []float32{1, 0.3}})
		p.label = append(p.label, c)
		p.cost = append(p.cost, 1)
	}
	return p
}

func TestSVM(t *testing.T) {
	p := blobs()
	m, alpha := p.train(nil, nil, 30)
	out := make([]float32, 3)
	for i := range p.docs {
		m.scores(&p.docs[i], out)
		for c := range out {
			if (out[c] > 0) != (int32(c) == p.label[i]) {
				t.Fatalf("document %d: scores %v, class %d", i, out, p.label[i])
			}
		}
	}
	again, _ := p.train(nil, nil, 30)
	if !reflect.DeepEqual(m, again) {
		t.Error("training twice gives two models")
	}
	skip := make([]bool, len(p.docs))
	for i := range skip {
		skip[i] = p.label[i] == 2
	}
	m, _ = p.train(skip, alpha, 8)
	m.scores(&p.docs[2], out)
	if out[2] > -0.9 {
		t.Errorf("a class without documents scores %v", out[2])
	}
}

func TestLogistic(t *testing.T) {
	var xs [][]float64
	var yes []bool
	var w []float64
	for i := 0; i < 200; i++ {
		x := float64(i%20) - 9.5
		xs, yes, w = append(xs, []float64{x, 7}), append(yes, x+float64(i%3)-1 > 0), append(w, 1)
	}
	m := fitLogistic(xs, yes, w, 1)
	if m.prob([]float64{8, 7}) < 0.95 || m.prob([]float64{-8, 7}) > 0.05 || math.IsNaN(m.prob([]float64{0, 7})) {
		t.Error(m.prob([]float64{8, 7}), m.prob([]float64{-8, 7}))
	}
	if m := fitLogistic(nil, nil, nil, 1); len(m.W) != 0 {
		t.Error("something was learned from nothing")
	}
}

func TestSolve(t *testing.T) {
	x := solve([]float64{4, 0, 2, 3}, []float64{10, 8}, 2) // lower half of {{4,2},{2,3}}
	if math.Abs(x[0]-1.75) > 1e-9 || math.Abs(x[1]-1.5) > 1e-9 {
		t.Error(x)
	}
}

package understand

import "math"

// hidden is the number of hidden units of a net.
const hidden = 64

// net is a small neural network over the same features as the linear classifiers: one hidden layer. Where those weigh each word by itself, it
// learns which words mean what in each other's company. Alone it is a little worse than they are; it errs elsewhere, so that together they
// err less.
type net struct {
	classes int
	in      []float32 // feature*hidden + unit
	inBias  [hidden]float32
	out     []float32 // unit*classes + class
	outBias []float32
}

// units computes the hidden layer.
func (n *net) units(v *vec, h *[hidden]float32) {
	*h = n.inBias
	id, val := v.id, v.val[:len(v.id)]
	row := func(f int32) *[hidden]float32 { return (*[hidden]float32)(n.in[int(f)*hidden:]) }
	for len(id) >= 4 && len(val) >= 4 { // four at a time: the sums are read and written a quarter as often
		a, b, c, d := row(id[0]), row(id[1]), row(id[2]), row(id[3])
		x, y, z, t := val[0], val[1], val[2], val[3]
		for j := range h {
			h[j] += (x*a[j] + y*b[j]) + (z*c[j] + t*d[j])
		}
		id, val = id[4:], val[4:]
	}
	for i, f := range id {
		x, a := val[i], row(f)
		for j := range h {
			h[j] += x * a[j]
		}
	}
	for j, x := range h {
		h[j] = max(x, 0)
	}
}

// logits computes the output layer.
func (n *net) logits(h *[hidden]float32, out []float32) {
	copy(out, n.outBias)
	k := n.classes
	for j, x := range h {
		if x == 0 {
			continue
		}
		row := n.out[j*k : j*k+k]
		out := out[:len(row)]
		for c, w := range row {
			out[c] += x * w
		}
	}
}

// scores computes the logarithms of the probabilities of all classes.
func (n *net) scores(v *vec, out []float32) {
	var h [hidden]float32
	n.units(v, &h)
	n.logits(&h, out)
	top := out[0]
	for _, x := range out {
		top = max(top, x)
	}
	var sum float64
	for _, x := range out {
		sum += math.Exp(float64(x - top))
	}
	top += float32(math.Log(sum))
	for c := range out {
		out[c] -= top
	}
}

// emptyNet has no opinion: to it all classes are as likely.
func emptyNet(p *problem) *net {
	return &net{classes: p.classes, in: make([]float32, p.dim*hidden), out: make([]float32, hidden*p.classes), outBias: make([]float32, p.classes)}
}

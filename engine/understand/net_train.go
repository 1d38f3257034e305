package understand

import "math"

// How a net is trained: stochastic gradient descent with Adagrad's steps. At each look some of a message's features are left out, so that no
// single word is relied upon: most of the characters, which are many and say little each, and some of the rest. The targets are softened.
// Found on held-out parts of the public training sets.
const (
	netPasses   = 6
	netStep     = 0.5
	netDrop     = 77   // of 256: features left out
	netDropChar = 205  // of 256: characters left out
	netMute     = 26   // of 256: hidden units left out
	netSoft     = 0.1  // share of the target that is spread over all classes
	netStart    = 0.1  // deviation of the first weights of the hidden layer
	netCaution  = 0.1  // added to Adagrad's divisor
	netBias     = 0.01 // step of the biases
)

// noise is a small random number generator: trainings have to be the same on every machine.
type noise uint64

func (r *noise) next() uint64 {
	x := *r
	x ^= x << 13
	x ^= x >> 7
	x ^= x << 17
	*r = x
	return uint64(x)
}

// normal is a number of about normal distribution.
func (r *noise) normal() float32 {
	var sum float32
	for range 3 {
		x := r.next()
		for range 4 {
			sum += float32(x&0xffff) / 65536
			x >>= 16
		}
	}
	return sum - 6
}

// netTrainer holds what one training needs.
type netTrainer struct {
	*net
	group         []uint8 // of each feature
	random        noise
	stepIn        []float32 // by feature: sum of the squares of its gradients
	stepOut       [hidden]float32
	seen          vec
	h, back, mask [hidden]float32
	p, logit      []float32
	live          [hidden]int32
}

// trainNets fits a net for each list of documents left out, all at the same time: a single one can't be shared out among cores.
func (p *problem) trainNets(skips [][]bool) []*net {
	out := make([]*net, len(skips))
	parallel(len(skips), func(i int) { out[i] = p.trainNet(skips[i]) })
	return out
}

// trainNet fits a net to the documents that are not left out.
func (p *problem) trainNet(skip []bool) *net {
	if p.noNet {
		return emptyNet(p)
	}
	k := p.classes
	t := &netTrainer{
		net:    emptyNet(p),
		group:  p.group,
		random: 88172645463325252,
		stepIn: make([]float32, p.dim),
		p:      make([]float32, k), logit: make([]float32, k),
	}
	for i := range t.in {
		t.in[i] = netStart * t.random.normal()
	}
	scale := float32(math.Sqrt(2.0 / hidden))
	for i := range t.out {
		t.out[i] = scale * t.random.normal()
	}
	var order []int32
	for i := range p.docs {
		if skip == nil || !skip[i] {
			order = append(order, int32(i))
		}
	}
	for pass := range netPasses {
		for i := len(order) - 1; i > 0; i-- {
			j := t.random.next() % uint64(i+1)
			order[i], order[j] = order[j], order[i]
		}
		step := netStep * (1 - 0.9*float32(pass)/netPasses)
		for _, i := range order {
			t.look(&p.docs[i], int(p.label[i]), float32(p.cost[i]), step)
		}
	}
	return t.net
}

// look learns from one document.
func (t *netTrainer) look(v *vec, label int, cost, step float32) {
	t.thin(v)
	t.units(&t.seen, &t.h)
	var bits uint64
	for j := range t.h {
		if j%8 == 0 {
			bits = t.random.next()
		}
		t.mask[j] = 0
		if t.h[j] > 0 && bits&0xff >= netMute {
			t.mask[j] = 256.0 / (256 - netMute)
		}
		bits >>= 8
		t.h[j] *= t.mask[j]
	}
	t.logits(&t.h, t.logit)
	t.miss(label, cost)
	k := t.classes
	var gradient float32
	for _, x := range t.p {
		gradient += x * x
	}
	for j, x := range t.h {
		t.back[j] = 0
		if t.mask[j] == 0 {
			continue
		}
		t.stepOut[j] += x * x * gradient
		by := step * x / (sqrt32(t.stepOut[j]) + netCaution)
		row := t.out[j*k : j*k+k]
		p := t.p[:len(row)]
		var sum float32
		for c, w := range row {
			sum += w * p[c]
			row[c] = w - by*p[c]
		}
		t.back[j] = sum * t.mask[j]
	}
	gradient = 0
	live := t.live[:0]
	for j, x := range t.back {
		if x != 0 {
			live = append(live, int32(j))
			gradient += x * x
		}
	}
	val := t.seen.val[:len(t.seen.id)]
	for i, id := range t.seen.id {
		x := val[i]
		t.stepIn[id] += x * x * gradient
		by := step * x / (sqrt32(t.stepIn[id]) + netCaution)
		row := (*[hidden]float32)(t.in[int(id)*hidden:])
		for _, j := range live {
			row[j&(hidden-1)] -= by * t.back[j&(hidden-1)]
		}
	}
	for c, x := range t.p {
		t.outBias[c] -= netBias * x
	}
	for j, x := range t.back {
		t.inBias[j] -= netBias * x
	}
}

// thin leaves out features at random; what stays weighs more, so that the sum is the same on average.
func (t *netTrainer) thin(v *vec) {
	s := &t.seen
	s.id, s.val = s.id[:0], s.val[:0]
	var bits uint64
	val := v.val[:len(v.id)]
	for i, id := range v.id {
		if i%8 == 0 {
			bits = t.random.next()
		}
		chance := bits & 0xff
		bits >>= 8
		switch {
		case t.group[id] != groupChar:
			if chance >= netDrop {
				s.id, s.val = append(s.id, id), append(s.val, val[i]*(256.0/(256-netDrop)))
			}
		case chance >= netDropChar:
			s.id, s.val = append(s.id, id), append(s.val, val[i]*(256.0/(256-netDropChar)))
		}
	}
}

// miss turns the logits into what the probabilities miss the target by.
func (t *netTrainer) miss(label int, cost float32) {
	top := t.logit[0]
	for _, x := range t.logit {
		top = max(top, x)
	}
	var sum float32
	for c, x := range t.logit {
		t.p[c] = float32(math.Exp(float64(x - top)))
		sum += t.p[c]
	}
	soft := float32(netSoft) / float32(len(t.p))
	for c := range t.p {
		t.p[c] = cost * (t.p[c]/sum - soft)
	}
	t.p[label] -= cost * (1 - netSoft)
}

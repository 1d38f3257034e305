package understand

import (
	"math"
	"runtime"
	"sync"
)

// linear is a one-vs-rest linear classifier: a row of class weights for every feature, so that scoring walks over memory in order.
type linear struct {
	classes int
	w       []float32 // feature*classes + class
	bias    []float32
}

// scores adds up the decision values of all classes.
func (l *linear) scores(v *vec, out []float32) {
	k := l.classes
	out = out[:k]
	copy(out, l.bias)
	id, val := v.id, v.val[:len(v.id)]
	for len(id) >= 4 && len(val) >= 4 { // four at a time: the sums are read and written a quarter as often
		x, y, z, t := val[0], val[1], val[2], val[3]
		a, b := l.w[int(id[0])*k:][:len(out)], l.w[int(id[1])*k:][:len(out)]
		c, d := l.w[int(id[2])*k:][:len(out)], l.w[int(id[3])*k:][:len(out)]
		for j := range out {
			out[j] += (x*a[j] + y*b[j]) + (z*c[j] + t*d[j])
		}
		id, val = id[4:], val[4:]
	}
	for i, f := range id {
		x := val[i]
		a := l.w[int(f)*k:][:len(out)]
		for j := range out {
			out[j] += x * a[j]
		}
	}
}

// problem is a training set. All trainings (full, folds, held-out topics) share the vectors.
type problem struct {
	docs    []vec
	label   []int32
	cost    []float64 // weight of each document
	classes int
	dim     int
	group   []uint8 // of each feature
	c, pos  float64
	noNet   bool // an ablation
	// inside, if set, adds one more classifier after those of the classes: is the document about any real topic at all?
	inside []bool
}

// insideCost is the cost of the classifier "ours at all": it has to generalise over everything, so it is kept simpler than the others.
const insideCost = 0.3

// columns is the number of classifiers.
func (p *problem) columns() int {
	if p.inside != nil {
		return p.classes + 1
	}
	return p.classes
}

// duals are the dual variables of one training; another training can start from them.
type duals [][]float32 // class → document

// train fits the classifiers by dual coordinate descent (L2-regularised squared hinge loss, as in LIBLINEAR, with shrinking).
// skip leaves documents out; warm starts from the duals of a larger training, which then needs few passes. Classes are independent of
// each other, so they are spread over the cores without any effect on the result.
func (p *problem) train(skip []bool, warm duals, passes int) (*linear, duals) {
	k := p.columns()
	m := &linear{classes: k, w: make([]float32, p.dim*k), bias: make([]float32, k)}
	out := make(duals, k)
	q := make([]float64, len(p.docs))
	for i := range p.docs {
		q[i] = 1 // the bias feature
		for _, x := range p.docs[i].val {
			q[i] += float64(x) * float64(x)
		}
	}
	present := make([]bool, k)
	if p.inside != nil {
		present[p.classes] = true
	}
	for i, l := range p.label {
		if skip == nil || !skip[i] {
			present[l] = true
		}
	}
	parallel(k, func(c int) {
		if !present[c] {
			m.bias[c] = -1
			out[c] = make([]float32, len(p.docs))
			return
		}
		var start []float32
		if warm != nil {
			start = warm[c]
		}
		out[c] = p.trainClass(int32(c), q, skip, start, passes, m)
	})
	return m, out
}

func (p *problem) trainClass(c int32, q []float64, skip []bool, warm []float32, passes int, m *linear) []float32 {
	n := len(p.docs)
	w := make([]float32, p.dim)
	var bias float32
	alpha := make([]float32, n)
	active := make([]int32, 0, n)
	for i := 0; i < n; i++ {
		if skip != nil && skip[i] {
			continue
		}
		active = append(active, int32(i))
		if warm != nil && warm[i] > 0 {
			alpha[i] = warm[i]
			d := p.sign(i, c) * warm[i]
			bias += d
			addTo(w, &p.docs[i], d)
		}
	}
	size := len(active)
	rng := uint64(c)*0x9e3779b97f4a7c15 + 88172645463325252
	shrink := math.Inf(1)
	for pass := 0; pass < passes; pass++ {
		pgMax, pgMin := math.Inf(-1), math.Inf(1)
		for i := size - 1; i > 0; i-- {
			rng ^= rng << 13
			rng ^= rng >> 7
			rng ^= rng << 17
			j := int(rng % uint64(i+1))
			active[i], active[j] = active[j], active[i]
		}
		for s := 0; s < size; s++ {
			i := active[s]
			y := p.sign(int(i), c)
			cost := p.c * p.cost[i]
			if y > 0 {
				cost *= p.pos
			}
			if int(c) == p.classes {
				cost = insideCost * p.cost[i]
			}
			diag := 0.5 / cost
			d := &p.docs[i]
			g := float64(y)*float64(dot(w, d)+bias) - 1 + diag*float64(alpha[i])
			pg := g
			if alpha[i] == 0 {
				if g > shrink {
					size--
					active[s], active[size] = active[size], active[s]
					s--
					continue
				}
				pg = math.Min(g, 0)
			}
			pgMax, pgMin = math.Max(pgMax, pg), math.Min(pgMin, pg)
			if math.Abs(pg) > 1e-9 {
				old := alpha[i]
				alpha[i] = float32(math.Max(float64(old)-g/(q[i]+diag), 0))
				step := (alpha[i] - old) * y
				bias += step
				addTo(w, d, step)
			}
		}
		if pgMax-pgMin <= 0.1 {
			if size == len(active) {
				break
			}
			size, shrink = len(active), math.Inf(1)
			continue
		}
		shrink = pgMax
		if pgMax <= 0 {
			shrink = math.Inf(1)
		}
	}
	for f, x := range w {
		m.w[f*m.classes+int(c)] = x
	}
	m.bias[c] = bias
	return alpha
}

func (p *problem) sign(i int, c int32) float32 {
	if p.label[i] == c || int(c) == p.classes && p.inside[i] {
		return 1
	}
	return -1
}

func dot(w []float32, v *vec) (sum float32) {
	id, val := v.id, v.val[:len(v.id)]
	var a, b, c, d float32 // four sums, so that no addition waits for the one before it
	for len(id) >= 4 && len(val) >= 4 {
		a += w[id[0]] * val[0]
		b += w[id[1]] * val[1]
		c += w[id[2]] * val[2]
		d += w[id[3]] * val[3]
		id, val = id[4:], val[4:]
	}
	for i, f := range id {
		a += w[f] * val[i]
	}
	return (a + b) + (c + d)
}

func addTo(w []float32, v *vec, by float32) {
	val := v.val[:len(v.id)]
	for i, id := range v.id {
		w[id] += by * val[i]
	}
}

// parallel runs f(0..n-1) on all cores. Results must not depend on the order.
func parallel(n int, f func(int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers <= 1 {
		for i := 0; i < n; i++ {
			f(i)
		}
		return
	}
	var next sync.Mutex
	at := 0
	var wg sync.WaitGroup
	for k := 0; k < workers; k++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				next.Lock()
				i := at
				at++
				next.Unlock()
				if i >= n {
					return
				}
				f(i)
			}
		}()
	}
	wg.Wait()
}

package understand

import "math"

// logistic is a binary logistic regression on standardised inputs: the acceptor ("is the first topic right?") and the judge of
// two needs are of this kind.
type logistic struct {
	W, Mean, Scale []float64
	Bias           float64
}

func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

// prob is the probability of yes.
func (l *logistic) prob(x []float64) float64 {
	z := l.Bias
	for i, w := range l.W {
		z += w * (x[i] - l.Mean[i]) * l.Scale[i]
	}
	return sigmoid(z)
}

// fitLogistic fits by Newton's method with an L2 penalty. Weights make the sample look like the expected traffic.
func fitLogistic(xs [][]float64, yes []bool, weight []float64, l2 float64) logistic {
	if len(xs) == 0 {
		return logistic{}
	}
	d := len(xs[0])
	m := logistic{W: make([]float64, d), Mean: make([]float64, d), Scale: make([]float64, d)}
	var total float64
	for i, x := range xs {
		total += weight[i]
		for j, v := range x {
			m.Mean[j] += weight[i] * v
		}
	}
	for j := range m.Mean {
		m.Mean[j] /= total
	}
	for i, x := range xs {
		for j, v := range x {
			m.Scale[j] += weight[i] * (v - m.Mean[j]) * (v - m.Mean[j])
		}
	}
	for j := range m.Scale {
		if s := math.Sqrt(m.Scale[j] / total); s > 1e-9 {
			m.Scale[j] = 1 / s
		} else {
			m.Scale[j] = 0
		}
	}
	n := d + 1
	theta := make([]float64, n)
	z := make([]float64, n)
	for iter := 0; iter < 25; iter++ {
		grad := make([]float64, n)
		hess := make([]float64, n*n)
		for i, x := range xs {
			for j, v := range x {
				z[j] = (v - m.Mean[j]) * m.Scale[j]
			}
			z[d] = 1
			var s float64
			for j := range z {
				s += theta[j] * z[j]
			}
			p := sigmoid(s)
			y := 0.0
			if yes[i] {
				y = 1
			}
			r, h := weight[i]*(p-y), weight[i]*math.Max(p*(1-p), 1e-6)
			for j := range z {
				grad[j] += r * z[j]
				for k := 0; k <= j; k++ {
					hess[j*n+k] += h * z[j] * z[k]
				}
			}
		}
		for j := 0; j < n; j++ {
			if j < d {
				grad[j] += l2 * theta[j]
				hess[j*n+j] += l2
			}
			hess[j*n+j] += 1e-9
		}
		step := solve(hess, grad, n)
		var size float64
		for j := range theta {
			theta[j] -= step[j]
			size += step[j] * step[j]
		}
		if size < 1e-10 {
			break
		}
	}
	copy(m.W, theta[:d])
	m.Bias = theta[d]
	return m
}

// solve solves a symmetric positive definite system, given by its lower half, by Cholesky decomposition.
func solve(a, b []float64, n int) []float64 {
	for j := 0; j < n; j++ {
		for k := 0; k < j; k++ {
			for i := j; i < n; i++ {
				a[i*n+j] -= a[i*n+k] * a[j*n+k]
			}
		}
		s := math.Sqrt(math.Max(a[j*n+j], 1e-12))
		for i := j; i < n; i++ {
			a[i*n+j] /= s
		}
	}
	x := make([]float64, n)
	copy(x, b)
	for i := 0; i < n; i++ {
		for k := 0; k < i; k++ {
			x[i] -= a[i*n+k] * x[k]
		}
		x[i] /= a[i*n+i]
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			x[i] -= a[k*n+i] * x[k]
		}
		x[i] /= a[i*n+i]
	}
	return x
}

// stack turns the scores of the members into one distribution over classes: a conditional logit, whose few weights are common to
// all classes and learned on cross-validated scores.
type stack struct {
	W [members]float64
}

// The members of the ensemble.
const (
	memberSVM = iota
	memberCentroid
	memberNearest
	memberNear3
	memberNet
	members
)

// fitStack maximises the likelihood of the true classes. Each sample holds the member scores of some candidate classes.
func fitStack(samples []stackSample) stack {
	s := stack{W: [members]float64{4, 2, 2, 0, 1}}
	if len(samples) == 0 {
		return s
	}
	for iter := 0; iter < 20; iter++ {
		grad := make([]float64, members)
		hess := make([]float64, members*members)
		for _, x := range samples {
			p := s.probs(x.cand)
			var mean [members]float64
			for c, q := range p {
				for j, v := range x.cand[c] {
					mean[j] += q * v
				}
			}
			for j := range mean {
				grad[j] += x.weight * (mean[j] - x.cand[x.truth][j])
			}
			for c, q := range p {
				for j := range mean {
					for k := 0; k <= j; k++ {
						hess[j*members+k] += x.weight * q * (x.cand[c][j] - mean[j]) * (x.cand[c][k] - mean[k])
					}
				}
			}
		}
		for j := range grad {
			grad[j] += 0.1 * s.W[j]
			hess[j*members+j] += 0.1
		}
		step := solve(hess, grad, members)
		var size float64
		for j, d := range step {
			s.W[j] -= math.Max(-2, math.Min(2, d))
			size += d * d
		}
		if size < 1e-8 {
			break
		}
	}
	return s
}

type stackSample struct {
	cand   [][members]float64
	truth  int
	weight float64
}

func (s *stack) probs(cand [][members]float64) []float64 {
	p := make([]float64, len(cand))
	top := math.Inf(-1)
	for c := range cand {
		for j, w := range s.W {
			p[c] += w * cand[c][j]
		}
		top = math.Max(top, p[c])
	}
	var sum float64
	for c := range p {
		p[c] = math.Exp(p[c] - top)
		sum += p[c]
	}
	for c := range p {
		p[c] /= sum
	}
	return p
}

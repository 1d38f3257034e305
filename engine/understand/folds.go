package understand

import (
	"slices"
	"sort"
)

// The scheme of cross-validation.
const (
	folds      = 5
	heldRounds = 5
	// alike is the cosine above which two phrases of a class are one wording: they go into the same fold, so that
	// cross-validation doesn't flatter itself.
	alike = 0.55
)

// assignFolds spreads documents over folds by wording groups.
func (m *Model) assignFolds(p *problem) []int {
	group := make([]int, len(p.docs))
	for i := range group {
		group[i] = i
	}
	root := func(i int) int {
		for group[i] != i {
			group[i] = group[group[i]]
			i = group[i]
		}
		return i
	}
	byClass := make([][]int, p.classes)
	for i, c := range p.label {
		byClass[c] = append(byClass[c], i)
	}
	full := m.sp.tune.full(m.sp.con.n > 0)
	limit := alike * full * full
	rest := limit - m.sp.tune.weight[groupChar]*m.sp.tune.weight[groupChar] // what the others must agree in, at least
	parts := make([]parted, len(p.docs))
	for i := range parts {
		parts[i] = part(&p.docs[i], p.group)
	}
	parallel(p.classes, func(c int) {
		list := byClass[c]
		for a, i := range list {
			for _, j := range list[a+1:] {
				if x, y := &parts[i], &parts[j]; x.others(y) > rest && x.others(y)+overlap(&x.chars, &y.chars) > limit {
					if x, y := root(i), root(j); x < y {
						group[y] = x
					} else {
						group[x] = y
					}
				}
			}
		}
	})
	fold := make([]int, len(p.docs))
	for _, list := range byClass {
		var roots []int
		for _, i := range list {
			if root(i) == i {
				roots = append(roots, i)
			}
		}
		key := func(i int) uint64 { return hashString(77, m.phrases[i].text) }
		sort.Slice(roots, func(a, b int) bool {
			if x, y := key(roots[a]), key(roots[b]); x != y {
				return x < y
			}
			return roots[a] < roots[b]
		})
		for rank, r := range roots {
			fold[r] = rank % folds
		}
		for _, i := range list {
			fold[i] = fold[root(i)]
		}
	}
	return fold
}

// parted is a vector with its characters, which are most of it, apart.
type parted struct{ before, chars, after vec }

func part(v *vec, group []uint8) parted {
	from, _ := slices.BinarySearchFunc(v.id, groupChar, func(f int32, g int) int { return int(group[f]) - g })
	to, _ := slices.BinarySearchFunc(v.id, groupChar+1, func(f int32, g int) int { return int(group[f]) - g })
	cut := func(a, b int) vec { return vec{id: v.id[a:b], val: v.val[a:b]} }
	return parted{cut(0, from), cut(from, to), cut(to, len(v.id))}
}

// others is the scalar product without the characters.
func (p *parted) others(q *parted) float32 {
	return overlap(&p.before, &q.before) + overlap(&p.after, &q.after)
}

// overlap is the scalar product of two sparse vectors, whose ids ascend.
func overlap(a, b *vec) (sum float32) {
	i, j := 0, 0
	for i < len(a.id) && j < len(b.id) {
		switch {
		case a.id[i] == b.id[j]:
			sum += a.val[i] * b.val[j]
			i++
			j++
		case a.id[i] < b.id[j]:
			i++
		default:
			j++
		}
	}
	return sum
}

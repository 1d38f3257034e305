package answer

// nameInside looks for a name amid other words: «здравствуйте, хочу узнать статус, Иванова Мария Петровна». It takes a
// known given name followed by a patronymic and the surname beside them, and a clause that is nothing but a name with a
// known part in it. n is how many different names there are.
func (l *line) nameInside() (value string, n int) {
	add := func(v string) {
		v = inLayout(v)
		if v != "" && v != value {
			value = v
			n++
		}
	}
	led := false
	for from := 0; from < len(l.toks); {
		to := from + 1
		for to < len(l.toks) && !l.clauseAt(to) {
			to++
		}
		var v string
		v, led = l.nameInClause(from, to, led && l.toks[from].gap&sepColon != 0)
		add(v)
		from = to
	}
	return value, n
}

// clauseAt reports whether a clause begins at token i.
func (l *line) clauseAt(i int) bool {
	t := &l.toks[i]
	if t.num != l.toks[i-1].num && t.gap != 0 {
		return true // «Иванова Мария Петровна 12.03.1958»
	}
	return t.gap&(sepComma|sepLine|sepColon|sepQuestion|sepOther|sepParen|sepDot) != 0 || t.gap == sepDash|sepSpace ||
		t.low == "или" || t.low == "либо" || t.low == "or" || l.toks[i-1].low == "или" || l.toks[i-1].low == "либо" || l.toks[i-1].low == "or"
}

// nameInClause looks for a name in the tokens [from, to). led says that the words before a colon have announced one, and
// is returned for the clause that follows: «имя другое: …».
func (l *line) nameInClause(from, to int, led bool) (value string, leads bool) {
	for i := from; i < to; i++ {
		switch l.toks[i].low {
		case "зовут", "звать", "имя", "фио", "фамилия", "name":
			from, led, leads = i, true, true // what stands before it is no part of the name
		}
		if l.toks[i].num {
			return "", false
		}
	}
	var buf [10]nameWord
	ws := l.nameWords(from, to, buf[:0])
	if len(ws) >= 2 && len(ws) <= maxNameWords {
		c := countName(ws)
		r := judgeName(ws)
		if r.OK() && (led && (r.Fit == Strong || c.capitals == len(ws)) || c.given > c.common && (c.capitals == len(ws) || c.sure > 0)) {
			return r.Value, leads
		}
	}
	if v := nameAmid(ws); v != "" {
		return v, leads
	}
	for i := range ws {
		if v := nameAround(ws, i); v != "" {
			return v, leads
		}
	}
	return "", leads
}

// nameAmid reads a name between words that cannot be one: «я же писала Иванова Анна». It wants a known given name and a
// surname or a patronymic beside it, and no «не» before.
func nameAmid(ws []nameWord) string {
	for from := 0; from < len(ws); {
		to := from
		for to < len(ws) && !ws[to].hard && !ws[to].soft && !ws[to].initial && !courtesies.has(ws[to].low) {
			to++
		}
		if n := to - from; n >= 2 && n <= 4 && n < len(ws) && !(from > 0 && ws[from-1].low == "не") {
			c := countName(ws[from:to])
			if r := judgeName(ws[from:to]); r.Fit == Strong && r.OK() && c.given > c.common && c.sureSurnames+c.maybeSurnames+c.sure > 0 {
				return r.Value
			}
		}
		from = to + 1
	}
	return ""
}

// nameAround reads the name whose given name is word i and whose patronymic follows it.
func nameAround(ws []nameWord, i int) string {
	if !ws[i].given || i+1 >= len(ws) || ws[i+1].patronymic != surePatronymic {
		return ""
	}
	fits := func(k int) bool {
		if k < 0 || k >= len(ws) {
			return false
		}
		w := &ws[k]
		return !w.hard && !w.soft && !w.odd && !w.initial && !w.given && w.capital == ws[i].capital && w.surname != noSurname
	}
	from, to := i, i+2
	switch {
	case fits(i - 1):
		from--
	case fits(i + 2):
		to++
	default:
		return ""
	}
	if from > 0 && ws[from-1].low == "не" {
		return "" // «не Иванова Мария Петровна»
	}
	if r := judgeName(ws[from:to]); r.OK() {
		return r.Value
	}
	return ""
}

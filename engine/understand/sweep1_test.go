package understand

func sweep(try func(string, func(*tuning))) {
	try("base", func(t *tuning) {})
	try("pair 1 skip .5", func(t *tuning) { t.weight[groupPair] = 1; t.weight[groupSkip] = 0.5 })
	try("pair .9 skip .4 c.5", func(t *tuning) { t.weight[groupPair] = .9; t.weight[groupSkip] = 0.4; t.c = 0.5 })
	try("concept .8", func(t *tuning) { t.weight[groupConcept] = .8 })
	try("concept 1.3", func(t *tuning) { t.weight[groupConcept] = 1.3 })
}

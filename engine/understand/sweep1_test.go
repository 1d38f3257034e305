package understand

func sweep(try func(string, func(*tuning))) {
	try("base", func(t *tuning) {})
}

package understand

func sweep(try func(string, func(*tuning))) {
	only := func(name string, ids ...int) {
		labMask = 0x7fff
		for _, i := range ids {
			labMask &^= 1 << i
		}
		try(name, func(t *tuning) {})
	}
	only("p ours", 0, 14)
	only("svm ours", 3, 14)
	only("p svm ours entropy", 0, 3, 14, 2)
	only("p svm ours length", 0, 3, 14, 11)
	only("p svm ours centroid", 0, 3, 14, 6)
	only("p svm ours near", 0, 3, 14, 7)
	only("p svm ours nearback", 0, 3, 14, 9)
	only("p svm ours known", 0, 3, 14, 10)
	only("p svm ours backsvm", 0, 3, 14, 5)
	only("p svm ours svmlead", 0, 3, 14, 4)
	only("p svm ours agree", 0, 3, 14, 13)
	only("p", 0)
	only("p lead svm ours", 0, 1, 3, 14)
	labMask = 0
}

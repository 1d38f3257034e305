package understand

// phonetic reduces a word to how it sounds, roughly: what people who spell by ear mix up becomes equal. Two words with the same key
// are candidates for each other, so most illiterate spellings cost no search at all.
func phonetic(word string, out []byte) []byte {
	var last byte
	put := func(c byte) {
		if c != last {
			out = append(out, c)
			last = c
		}
	}
	for _, r := range word {
		switch r {
		case 'а', 'о':
			put('a')
		case 'е', 'э', 'и', 'ы', 'я':
			put('i')
		case 'у', 'ю':
			put('u')
		case 'й', 'ь', 'ъ':
		case 'б', 'п':
			put('p')
		case 'в', 'ф':
			put('f')
		case 'г', 'к':
			put('k')
		case 'х':
			put('h')
		case 'д', 'т':
			put('t')
		case 'ж', 'ш', 'щ':
			put('S')
		case 'з', 'с':
			put('s')
		case 'ц':
			put('t')
			put('s')
		case 'ч':
			if last == 's' { // «счёт», «извозчик»
				out[len(out)-1], last = 'S', 'S'
				continue
			}
			put('c')
		case 'л':
			put('l')
		case 'м':
			put('m')
		case 'н':
			put('n')
		case 'р':
			put('r')
		default:
			if r < 0x80 {
				put(byte(r) - 32) // Latin letters keep their own alphabet
			} else {
				put('?')
			}
		}
	}
	return out
}

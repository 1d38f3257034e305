package answer

import (
	"strings"
	"unicode"
)

// moveDigits is how many digits a move code has: eleven that nobody can guess within the limits of engine/host, and one
// that tells a mistyped code from a wrong one.
const moveDigits = 12

// NewMoveCode writes the code under which a citizen takes a conversation along to another channel: К 1234 5678 9012. Of
// secret the last eleven decimal digits count. The letter keeps it apart from everything else that is twelve digits long.
func NewMoveCode(secret uint64) string {
	var d [moveDigits]byte
	for i := moveDigits - 2; i >= 0; i-- {
		d[i] = byte(secret % 10)
		secret /= 10
	}
	d[moveDigits-1] = dammOf(d[:moveDigits-1])
	var b strings.Builder
	b.WriteRune('К')
	for i, x := range d {
		if i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteByte('0' + x)
	}
	return b.String()
}

// MoveCode reads a message that is nothing but a move code: its letter Cyrillic or Latin, of either case, with or without
// spaces and hyphens. ok tells that it is one, right that its check digit fits; the code comes back as [NewMoveCode] writes it.
func MoveCode(text string) (code string, right, ok bool) {
	if len(text) > 64 {
		return "", false, false
	}
	var d []byte
	letter := false
	for _, r := range text {
		switch {
		case unicode.IsSpace(r) || r == '-' || r == '–' || r == '.':
		case !letter && strings.ContainsRune("КкKk", r):
			letter = true
		case letter && r >= '0' && r <= '9' && len(d) < moveDigits:
			d = append(d, byte(r-'0'))
		default:
			return "", false, false
		}
	}
	if len(d) != moveDigits {
		return "", false, false
	}
	var n uint64
	for _, x := range d[:moveDigits-1] {
		n = n*10 + uint64(x)
	}
	return NewMoveCode(n), dammOf(d[:moveDigits-1]) == d[moveDigits-1], true
}

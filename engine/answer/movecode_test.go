package answer

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestMoveCodeIsReadHoweverItIsTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := NewMoveCode(rapid.Uint64Range(0, 99_999_999_999).Draw(t, "secret"))
		typed := rapid.SampledFrom([]string{code, strings.ReplaceAll(code, " ", ""), strings.ToLower(code), strings.Replace(code, "К", "k", 1),
			strings.ReplaceAll(code, " ", "-"), "  " + code + " "}).Draw(t, "typed")
		if got, right, ok := MoveCode(typed); got != code || !right || !ok {
			t.Fatalf("MoveCode(%q) = %q, %v, %v", typed, got, right, ok)
		}
		// One wrong digit is found.
		b := []byte(strings.ReplaceAll(code, " ", ""))
		i := rapid.IntRange(len("К"), len(b)-1).Draw(t, "where")
		b[i] = '0' + (b[i]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		if _, right, ok := MoveCode(string(b)); right || !ok {
			t.Fatalf("a wrong digit in %s was not found: %v, %v", b, right, ok)
		}
	})
}

func TestWhatIsNoMoveCode(t *testing.T) {
	for _, text := range []string{"", "К", "123456789012", "К 1234 5678 901", "К 1234 5678 90123", "КК 1234 5678 9012", "код К 1234 5678 9012", "1К23456789012", "О-26-000123-4"} {
		if _, _, ok := MoveCode(text); ok {
			t.Errorf("%q was taken for a move code", text)
		}
	}
}

package answer

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestTicketSearch(t *testing.T) {
	for text, want := range map[string][]string{
		"О-26-000123-4":       {"О-26-000123-"},
		"о26000123":           {"О-26-000123-"},
		"O 26 123":            {"О-26-000123-"},
		"zh-26-000001":        {"Ж-26-000001-"},
		"№ Т-26-1-2":          {"Т-26-000001-"},
		"p26-000001-2":        {"П-26-000001-", "Р-26-000001-"},
		"0-26-000123":         {"О-26-000123-"},
		"пароль":              nil,
		"123":                 nil,
		"О-26-000123-4 и ещё": nil,
		"":                    nil,
	} {
		if got := TicketSearch(text); !slices.Equal(got, want) {
			t.Errorf("%q is looked for as %q, want %q", text, got, want)
		}
	}
}

// Whatever letter, year and serial a ticket has: its code in ASCII leads back to it, a search for it or for its beginning
// finds it, its key does not depend on how it is typed, and its letter may be typed in Latin.
func TestTicketLetters(t *testing.T) {
	latin := map[rune][]string{'О': {"O", "o", "о"}, 'Т': {"T", "t", "т"}, 'Ж': {"ZH", "zh", "j", "ж"}, 'П': {"P", "p", "n", "п"}, 'В': {"V", "B", "b", "в"}}
	rapid.Check(t, func(t *rapid.T) {
		letter := rapid.SampledFrom([]rune("ОТЖПВ")).Draw(t, "letter")
		year, serial := rapid.IntRange(0, 99).Draw(t, "year"), rapid.IntRange(0, maxSerial).Draw(t, "serial")
		number := NewTicketNumber(letter, year, serial)
		code := TicketCode(number)
		for _, r := range code {
			if r > 127 {
				t.Fatalf("%s has the code %q", number, code)
			}
		}
		if back, ok := TicketOfCode(code); !ok || back != number {
			t.Fatalf("%s has the code %s, which stands for %q", number, code, back)
		}
		rest := number[len(string(letter)):]
		typed := rapid.SampledFrom(latin[letter]).Draw(t, "typed")
		for _, text := range []string{typed + rest, typed + rest[1:3] + rest[4:10] + rest[11:], typed + " " + rest[1:3] + " " + rest[4:10] + " " + rest[11:]} {
			if r := Parse(TicketNumber, text, Context{Locale: "ru"}); !r.OK() || r.Value != number {
				t.Fatalf("%q reads as %+v, not as %s", text, r, number)
			}
			if !slices.Contains(TicketSearch(text), number[:len(number)-1]) {
				t.Fatalf("%q is looked for as %q", text, TicketSearch(text))
			}
			if key := TicketKey(text); key[len(key)-9:] != TicketKey(number)[len(string(letter)):] {
				t.Fatalf("%q has the key %q", text, key)
			}
		}
	})
}

package understand

import (
	"slices"
	"testing"
)

func TestConcepts(t *testing.T) {
	c := newConcepts([][]string{{"пароль", "код доступа"}, {"горяч* лини*", "телефон"}, {}, {" "}}, stem)
	find := func(text string) []int32 {
		var items [][]int32
		for _, x := range tokenize(clean(text), nil) {
			items = append(items, c.match(x.text, stem(x.text), nil))
		}
		return c.find(items, nil)
	}
	for _, x := range []struct {
		text string
		want []int32
	}{
		{"паролями", []int32{0}},
		{"кода доступа нет", []int32{0}},
		{"код без доступа", nil},
		{"на горячую линию", []int32{1}},
		{"горячая вода", nil},
		{"телефон и пароль", []int32{1, 0}},
		{"12345", nil},
	} {
		if got := find(x.text); !slices.Equal(got, x.want) {
			t.Errorf("%q: groups %v, want %v", x.text, got, x.want)
		}
	}
}

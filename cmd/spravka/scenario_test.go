package main

import (
	"testing"
)

// Every scenario holds. `spravka flows test` plays the same ones and says what they leave unvisited.
func TestScenarios(t *testing.T) {
	content, err := prepareContent("")
	if err != nil {
		t.Fatal(err)
	}
	list, err := readScenarios([]string{"../../testdata/scenarios"})
	if err != nil {
		t.Fatal(err)
	}
	perFlow := map[string]int{}
	for _, s := range list {
		perFlow[s.Flow]++
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			if err := playScenario(content, s, "../../testdata/files", nil); err != nil {
				t.Error(err)
			}
		})
	}
	for _, topic := range content.Topics {
		want := 1
		if topic.Kind == "flow" {
			want = 3
		}
		if got := perFlow[topic.ID]; got < want {
			t.Errorf("%s has %d scenarios, want at least %d", topic.ID, got, want)
		}
	}
}

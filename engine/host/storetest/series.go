package storetest

import (
	"sync"
	"testing"
)

var seriesTests = map[string]func(*testing.T, Store){
	"a series begins with 1 and knows no other": func(t *testing.T, s Store) {
		for _, c := range []struct {
			series string
			want   int64
		}{{"2026", 1}, {"2026", 2}, {"2027", 1}, {"2026", 3}} {
			got, err := s.Serial(t.Context(), c.series)
			must(t, err)
			if got < c.want { // numbers may be left out
				t.Errorf("Serial(%q) = %d, want at least %d", c.series, got, c.want)
			}
		}
	},
	"no number is given twice": func(t *testing.T, s Store) {
		const takers, each = 16, 12
		var mu sync.Mutex
		seen := map[int64]bool{}
		var wait sync.WaitGroup
		for range takers {
			wait.Go(func() {
				last := int64(0)
				for range each {
					n, err := s.Serial(t.Context(), "tickets")
					if err != nil {
						t.Errorf("Serial: %v", err)
						return
					}
					mu.Lock()
					if seen[n] || n <= last {
						t.Errorf("number %d after %d, given before: %v", n, last, seen[n])
					}
					seen[n], last = true, n
					mu.Unlock()
				}
			})
		}
		wait.Wait()
		if len(seen) != takers*each {
			t.Errorf("%d numbers were given, want %d", len(seen), takers*each)
		}
	},
}

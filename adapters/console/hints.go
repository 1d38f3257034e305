package console

import "context"

func hint(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// pass passes on what comes from a source as hints, until the context ends. heard is given each and reports whether it is
// worth a hint.
func pass[T any](ctx context.Context, to chan struct{}, from <-chan T, heard func(T) bool) {
	go func() {
		for {
			select {
			case what := <-from:
				if heard(what) {
					hint(to)
				}
			case <-ctx.Done():
				return
			}
		}
	}()
}

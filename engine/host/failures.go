package host

import "fmt"

// failures gathers what went wrong with some of many things, none of which may keep the others from being done.
type failures struct {
	count int
	first error
}

func (f *failures) add(err error) {
	if err == nil {
		return
	}
	if f.count++; f.first == nil {
		f.first = err
	}
}

// err is nil where nothing failed.
func (f *failures) err() error {
	switch f.count {
	case 0:
		return nil
	case 1:
		return f.first
	}
	return fmt.Errorf("%d failures, at first %w", f.count, f.first)
}

package understand

import "time"

func stopwatch() Stopwatch {
	start := time.Now()
	return func() time.Duration { return time.Since(start) }
}

package sqlite

import "context"

const nextNumber = `INSERT INTO series (name, value) VALUES ($1, 1)
	ON CONFLICT (name) DO UPDATE SET value = series.value + 1 RETURNING value`

// Serial implements [host.Store].
func (s *Store) Serial(ctx context.Context, series string) (int64, error) {
	if err := bounded("the name of the series", series, 1, maxName); err != nil {
		return 0, err
	}
	var n int64
	err := s.writer.do(ctx, 1, func(t *tx) error { return t.row(nextNumber, series).Scan(&n) })
	return n, wrap("next number of series "+series, err)
}

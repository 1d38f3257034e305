package host

import (
	"context"
	"fmt"
	"time"

	"spravka/engine/desk"
)

// Board returns the supervisor's numbers: how the desk stands now, and what has happened since a moment.
func (h *Host) Board(ctx context.Context, since time.Time) (desk.Board, error) {
	seats, err := h.Seats(ctx)
	if err != nil {
		return desk.Board{}, err
	}
	now, content := h.Now(), h.Content()
	tally, err := h.Store.Tally(ctx, since, now, now.Add(content.Desk.WarnBefore))
	if err != nil {
		return desk.Board{}, fmt.Errorf("counting for the board: %w", err)
	}
	return desk.NewBoard(tally, seats, content.Settings.Queues, since, now), nil
}

package console

import (
	"context"
	"net/http"
	"time"

	"spravka/engine/desk"
)

// boardGap is the least time between two counts for one board.
const boardGap = 2 * time.Second

type boardPage struct {
	desk.Board
	Queues []boardQueue
	Shares []share
	Why    []share
}

// boardQueue is a queue with its name in words.
type boardQueue struct {
	desk.BoardLine
	Name string
}

// share is a count and its part of the whole, in percent.
type share struct {
	Name    string
	Count   int
	Percent int
}

// board counts how the desk stands now and what has happened since midnight.
func (c *Console) board(ctx context.Context, v *visit) (boardPage, error) {
	now := c.config.Now().In(c.config.Location)
	b, err := c.Conversations.Board(ctx, time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location()))
	if err != nil {
		return boardPage{}, err
	}
	p := boardPage{Board: b}
	for _, q := range b.Queues {
		p.Queues = append(p.Queues, boardQueue{q, c.term(v.locale, q.Queue)})
	}
	for i := 5; i > 0; i-- {
		p.Shares = append(p.Shares, share{word(v.locale, "rating.of", "n", i), b.Ratings[i], 100 * b.Ratings[i] / max(1, b.Rated)})
	}
	opened := 0
	for _, r := range b.Reasons {
		opened += r.Count
	}
	for _, r := range b.Reasons[:min(10, len(b.Reasons))] {
		p.Why = append(p.Why, share{c.reason(v.locale, r.Reason), r.Count, 100 * r.Count / max(1, opened)})
	}
	return p, nil
}

func (c *Console) showBoard(w http.ResponseWriter, r *http.Request, v *visit) error {
	b, err := c.board(r.Context(), v)
	if err != nil {
		return err
	}
	c.show(w, r, v, http.StatusOK, "board", page{Title: word(v.locale, "board.title"), Body: b})
	return nil
}

// streamBoard draws the board anew whenever something on the desk has changed.
func (c *Console) streamBoard(w http.ResponseWriter, r *http.Request, v *visit) error {
	changed, stop := c.inbox.watch()
	defer stop()
	last := ""
	return c.follow(w, r, v, changed, boardGap, func(s *stream) error {
		b, err := c.board(r.Context(), v)
		if err != nil {
			return err
		}
		text, err := c.draw(v.locale, "numbers", b)
		if err != nil || text == last {
			return err
		}
		last = text
		return s.aside("board", map[string]string{"html": text})
	})
}

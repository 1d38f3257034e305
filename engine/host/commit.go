package host

import (
	"context"
	"errors"
)

// maxBatch bounds a transaction. Batching needs no timer: what waits when a commit ends goes into the next one.
const maxBatch = 256

var errClosed = errors.New("the host is closed")

// committer puts every turn that waits into one transaction and acknowledges after its commit: the price of the disk is
// paid once for all of them (research/storage.md, §2).
type committer struct {
	store Store
	in    chan *commit
	quit  chan struct{}
	done  chan struct{}
}

type commit struct {
	turn   *Turn
	result chan error
}

func newCommitter(s Store) *committer {
	c := &committer{store: s, in: make(chan *commit, maxBatch), quit: make(chan struct{}), done: make(chan struct{})}
	go c.run()
	return c
}

// commit stores a turn and returns when it is durable. The context counts only until the turn is handed over: an error of
// its own means that nothing was written.
func (c *committer) commit(ctx context.Context, t *Turn) error {
	w := &commit{turn: t, result: make(chan error, 1)}
	select {
	case c.in <- w:
	case <-c.quit:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-w.result:
		return err
	case <-c.done:
		select {
		case err := <-w.result:
			return err
		default:
			return errClosed
		}
	}
}

func (c *committer) run() {
	defer close(c.done)
	batch := make([]*commit, 0, maxBatch)
	turns := make([]*Turn, 0, maxBatch)
	for {
		batch, turns = batch[:0], turns[:0]
		select {
		case w := <-c.in:
			batch = append(batch, w)
		case <-c.quit:
			return
		}
	gather:
		for len(batch) < maxBatch {
			select {
			case w := <-c.in:
				batch = append(batch, w)
			default:
				break gather
			}
		}
		for _, w := range batch {
			turns = append(turns, w.turn)
		}
		errs, err := c.store.Commit(context.Background(), turns)
		for i, w := range batch {
			if err != nil {
				w.result <- err
			} else {
				w.result <- errs[i]
			}
		}
	}
}

func (c *committer) close() {
	close(c.quit)
	<-c.done
}

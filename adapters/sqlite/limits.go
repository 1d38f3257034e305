package sqlite

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"spravka/engine"
	"spravka/engine/host"
)

// Limits of what the store takes, far above what an honest turn needs: they keep a fault or a flood from filling the
// disk through one row. Lengths are bytes.
const (
	MaxTurns  = 256      // of one Commit
	MaxFile   = 10 << 20 // of an uploaded file
	maxState  = 1 << 20
	maxBody   = 1 << 20 // of a message, a trace or a call
	maxParts  = 1000    // of one kind in a turn
	maxName   = 128     // of a peer, a timer, a call, a file's identifier
	maxUpdate = 256     // longer than a channel's: the host derives its own from timers and calls
	maxLine   = 1000    // of a name or a subject
	maxNote   = 64 << 10
)

// bounded refuses a text whose length is not between least and most bytes, or that no database could give back unchanged.
func bounded(what, text string, least, most int) error {
	switch {
	case len(text) < least && text == "":
		return fmt.Errorf("%s is empty", what)
	case len(text) < least:
		return fmt.Errorf("%s has %d bytes, fewer than %d", what, len(text), least)
	case len(text) > most:
		return fmt.Errorf("%s has %d bytes, more than %d", what, len(text), most)
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return fmt.Errorf("%s is not valid UTF-8 text", what)
	}
	return nil
}

func checkPeer(p host.Peer) error {
	if err := bounded("the channel", p.Channel, 1, 32); err != nil {
		return err
	}
	return bounded("the peer's identifier", p.ID, 1, maxName)
}

// checkTurn finds what is wrong with a turn before anything is written, so that it can't spoil the turns beside it.
func checkTurn(t *host.Turn) error {
	if t == nil {
		return errors.New("the turn is nil")
	}
	if err := checkPeer(t.Record.Peer); err != nil {
		return err
	}
	if err := bounded("the update's identifier", t.Update, 1, maxUpdate); err != nil {
		return err
	}
	if len(t.State) == 0 || len(t.State) > maxState {
		return fmt.Errorf("the state has %d bytes, it must have 1–%d", len(t.State), maxState)
	}
	parts := max(len(t.Entries), len(t.Set), len(t.Stop), len(t.Calls), len(t.Tickets), len(t.Touched), len(t.Changes), len(t.Errands))
	if parts > maxParts {
		return fmt.Errorf("the turn has %d parts of one kind (entries, timers, calls, tickets or changes), more than %d", parts, maxParts)
	}
	if err := checkEntries(t); err != nil {
		return err
	}
	for _, timer := range t.Set {
		if err := bounded("a timer's name", timer.Name, 1, maxName); err != nil {
			return err
		}
	}
	for _, call := range t.Calls {
		if err := bounded("a call's identifier", call.Call.ID, 1, maxName); err != nil {
			return err
		}
	}
	for _, e := range t.Errands {
		if err := bounded("an errand", e.Kind+e.Message, 1, maxName); err != nil {
			return err
		}
	}
	return checkTickets(t)
}

// checkEntries demands that the entries end at the record's Seq without a gap: a hole in the history, or in the outbox,
// would never be noticed again.
func checkEntries(t *host.Turn) error {
	for i, e := range t.Entries {
		if want := t.Record.Seq - int64(len(t.Entries)-1-i); e.Seq != want || e.Seq < 1 {
			return fmt.Errorf("entry %d of %d has sequence number %d, it must be %d, because the record ends at %d",
				i+1, len(t.Entries), e.Seq, want, t.Record.Seq)
		}
		if len(e.Body) > maxBody || len(e.Trace) > maxBody {
			return fmt.Errorf("entry %d has a body of %d bytes and a trace of %d, more than %d", e.Seq, len(e.Body), len(e.Trace), maxBody)
		}
		if err := bounded("an entry's author", string(e.Author), 1, 32); err != nil {
			return err
		}
		if err := bounded("an entry's name", e.Name, 0, maxLine); err != nil {
			return err
		}
		if err := bounded("an entry's update", e.Update, 0, maxUpdate); err != nil {
			return err
		}
		if err := bounded("an entry's message", e.Message, 0, maxName); err != nil {
			return err
		}
	}
	return nil
}

func checkTickets(t *host.Turn) error {
	for _, k := range t.Tickets {
		if err := bounded("a ticket's number", k.Number, 1, maxName); err != nil {
			return err
		}
		line := strings.Join([]string{string(k.Kind), k.Queue, k.Reason, k.Topic, k.Subject, k.OperatorName, k.Channel, k.Language, k.Resolution, k.MergedInto, k.Follows}, "\n")
		if err := bounded("ticket "+k.Number, line, 0, 8*maxLine); err != nil {
			return err
		}
		if err := bounded("the words with the rating of ticket "+k.Number, k.RatingText, 0, maxNote); err != nil {
			return err
		}
	}
	for _, c := range t.Changes {
		if err := bounded("a ticket change's author", c.By, 0, maxLine); err != nil {
			return err
		}
		if err := bounded("a ticket change's kind and queue", c.Kind+"\n"+c.Queue, 0, maxLine); err != nil {
			return err
		}
		if err := bounded("a ticket change's note", c.Note, 0, maxNote); err != nil {
			return err
		}
	}
	return nil
}

// ownerOf gives the owner's column its value; the state leaves the bot out.
func ownerOf(c engine.Conversation) string {
	if c.Owner == "" {
		return string(engine.OwnerBot)
	}
	return string(c.Owner)
}

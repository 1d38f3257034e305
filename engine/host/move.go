package host

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"spravka/engine"
	"spravka/engine/answer"
)

// The limits that make guessing a move code hopeless. A code is one of 10¹¹: with a thousand of them live at a time, all
// the wrong tries that are allowed in a year find one with a probability below 1 in 10.
const (
	MoveCodeLife    = 15 * time.Minute
	MoveWindow      = time.Hour
	MaxMoveCodes    = 5   // given to one conversation within the window
	MaxMoveTries    = 5   // wrong ones of one conversation within the window
	MaxAllMoveTries = 100 // wrong ones of everybody within the window
)

// ErrTooMany says that a limit of tries is reached.
var ErrTooMany = errors.New("too many tries")

// Moves keeps the codes by which citizens go on in another channel, and which conversations are one person's.
type Moves interface {
	// AddMoveCode keeps the hash (16–64 bytes) of a new code, or returns ErrTooMany if the conversation was given
	// [MaxMoveCodes] since the start of the window. Codes given to it before stop working.
	AddMoveCode(ctx context.Context, hash []byte, conversation int64, now, expires time.Time) error
	// TryMoveCode returns a live code, or one that the conversation has spent itself. A code that is unknown, expired or
	// spent by another one is ErrNotFound and counts as a wrong try; ErrTooMany if there were too many of them. Looking and
	// counting are one transaction, so many tries at once get no more chances than one after another.
	TryMoveCode(ctx context.Context, hash []byte, by int64, now time.Time) (MoveCode, error)
	// MoveConversation gives the conversation From the peer of To with its files and tickets, spends the code and joins
	// both. To keeps its history under the peer "moved:" and its own identifier, which no channel has. One transaction;
	// ErrConflict if either record is not the newest.
	MoveConversation(ctx context.Context, m Moving) error
	// JoinConversations makes two conversations one person's and spends the code.
	JoinConversations(ctx context.Context, hash []byte, a, b int64) error
	// Joined returns the conversations of the same person, this one included, in ascending order.
	Joined(ctx context.Context, conversation int64) ([]int64, error)
}

// MoveCode is what is known of a code.
type MoveCode struct {
	Conversation int64 // the one that it was given to
	Spent        bool  // by the conversation that asks
	Old          Peer  // if spent on a move: where Conversation was before
}

// Moving is a conversation's change of channel.
type Moving struct {
	Hash     []byte
	From, To Record
	Unsent   bool // what From has not sent yet is still to be sent; false where the new channel reads the history
}

// MoveService gives and takes the codes by which a citizen goes on in another channel.
type MoveService struct {
	Host  func() *Host
	Store Moves
}

// Call answers move.code, move.look, move.here and move.join.
func (s MoveService) Call(ctx context.Context, c ServiceCall) (engine.Answered, error) {
	if c.Operation == "move.code" {
		return s.give(ctx, c)
	}
	code, right, ok := answer.MoveCode(c.With["code"])
	if !ok || !right {
		return engine.Answered{Outcome: "wrong"}, nil
	}
	hash := moveHash(code)
	known, err := s.Store.TryMoveCode(ctx, hash, c.Conversation, s.Host().Now())
	switch {
	case errors.Is(err, ErrNotFound):
		return engine.Answered{Outcome: "wrong"}, nil
	case errors.Is(err, ErrTooMany):
		return engine.Answered{Outcome: "too_many"}, nil
	case err != nil:
		return engine.Answered{}, err
	}
	switch c.Operation {
	case "move.look":
		return s.look(ctx, c, known.Conversation)
	case "move.here":
		return s.here(ctx, c, known, hash)
	case "move.join":
		if err := s.Store.JoinConversations(ctx, hash, known.Conversation, c.Conversation); err != nil {
			return engine.Answered{}, err
		}
		return engine.Answered{Outcome: "joined"}, nil
	}
	return engine.Answered{}, fmt.Errorf("there is no operation %q", c.Operation)
}

func moveHash(code string) []byte {
	sum := sha256.Sum256([]byte("spravka move code\x00" + code))
	return sum[:]
}

func (s MoveService) give(ctx context.Context, c ServiceCall) (engine.Answered, error) {
	var secret [8]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return engine.Answered{}, fmt.Errorf("making a move code: %w", err)
	}
	code := answer.NewMoveCode(binary.BigEndian.Uint64(secret[:]))
	now := s.Host().Now()
	err := s.Store.AddMoveCode(ctx, moveHash(code), c.Conversation, now, now.Add(MoveCodeLife))
	if errors.Is(err, ErrTooMany) {
		return engine.Answered{Outcome: "too_many"}, nil
	}
	if err != nil {
		return engine.Answered{}, err
	}
	return engine.Answered{Outcome: "made", Data: map[string]string{"code": code, "minutes": strconv.Itoa(int(MoveCodeLife.Minutes()))}}, nil
}

// look tells what a code leads to, without moving anything.
func (s MoveService) look(ctx context.Context, c ServiceCall, from int64) (engine.Answered, error) {
	if from == c.Conversation {
		return engine.Answered{Outcome: "same"}, nil
	}
	h := s.Host()
	there, err := h.Load(ctx, from)
	if err != nil {
		return engine.Answered{}, err
	}
	here, err := h.Load(ctx, c.Conversation)
	if err != nil {
		return engine.Answered{}, err
	}
	data := map[string]string{"from": there.Peer.Channel}
	if w, ok := h.Content().Locale(here.State.Locale).Terms[there.Peer.Channel]; ok {
		data["from"] = w
	}
	outcome := "live"
	switch {
	case occupied(here):
		outcome = "busy"
	case !alive(there):
		outcome = "idle"
	}
	return engine.Answered{Outcome: outcome, Data: data}, nil
}

// occupied reports whether a conversation has a matter of its own with people: it must not lose its channel.
func occupied(r Record) bool {
	return r.State.Owner != engine.OwnerBot && r.State.Owner != "" || openTickets(r)
}

// alive reports whether something is under way that is worth taking along.
func alive(r Record) bool { return occupied(r) || len(r.State.Frames) > 0 || len(r.State.Slots) > 0 }

func (s MoveService) here(ctx context.Context, c ServiceCall, code MoveCode, hash []byte) (engine.Answered, error) {
	h, from := s.Host(), code.Conversation
	old := code.Old
	if !code.Spent {
		var busy bool
		var err error
		if old, busy, err = h.move(ctx, s.Store, from, c.Conversation, hash); err != nil {
			return engine.Answered{}, err
		}
		if busy {
			return engine.Answered{Outcome: "busy"}, nil
		}
	}
	if old == (Peer{}) {
		return engine.Answered{Outcome: "wrong"}, nil // it was spent on joining them
	}
	// From here on each part may be played again after a crash: its update has the code's name.
	name := fmt.Sprintf("%x", hash[:12])
	if _, err := h.play(ctx, from, internal(from, "move", name), engine.Moved{From: old.Channel}); err != nil {
		return engine.Answered{}, err
	}
	now, err := h.Load(ctx, from)
	if err != nil {
		return engine.Answered{}, err
	}
	left, err := h.find(ctx, old, now.State.Locale)
	if err != nil {
		return engine.Answered{}, err
	}
	if _, err := h.play(ctx, left, internal(left, "move", name), engine.Left{To: now.Peer.Channel}); err != nil {
		return engine.Answered{}, err
	}
	h.hints.Changed(from) // who looks at the old channel has watched this one
	return engine.Answered{Outcome: "moved"}, nil
}

// move carries a conversation over to the peer of another one and returns the peer that it had. Both mailboxes are held
// meanwhile; a process elsewhere is kept out by the versions.
func (h *Host) move(ctx context.Context, store Moves, from, to int64, hash []byte) (old Peer, busy bool, err error) {
	ids := []int64{from, to}
	slices.Sort(ids) // two moves at once wait for each other in one order
	for _, id := range ids {
		box := h.boxes.box(id)
		if err := box.lock(ctx, noBound); err != nil {
			return Peer{}, false, err
		}
		defer box.unlock()
		defer box.set(Record{}) // whatever happens: it is read anew
	}
	there, err := h.Store.Load(ctx, from)
	if err != nil {
		return Peer{}, false, err
	}
	here, err := h.Store.Load(ctx, to)
	if err != nil {
		return Peer{}, false, err
	}
	if occupied(here) {
		return Peer{}, true, nil
	}
	unsent := h.channel(here.Peer.Channel) != nil
	if err := store.MoveConversation(ctx, Moving{Hash: hash, From: there, To: here, Unsent: unsent}); err != nil {
		return Peer{}, false, fmt.Errorf("moving the conversation: %w", err)
	}
	h.boxes.forget(there.Peer, here.Peer)
	h.hints.Changed(from)
	h.hints.Changed(to)
	h.hints.Changed(allTickets)
	return there.Peer, false, nil
}

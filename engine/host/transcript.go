package host

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"spravka/engine"
	"spravka/engine/channel"
)

// maxTranscript bounds the lines of a transcript: the newest ones.
const maxTranscript = 2000

// transcript adds a message with the whole conversation as a file. The file is stored before the turn: a turn that is
// played again finds it.
func (b *builder) transcript(ctx context.Context) error {
	t, h := b.turn, b.h
	if h.Files == nil {
		return errors.New("a transcript needs a store for files")
	}
	var lines []engine.Line
	for after := max(0, t.Record.Seq-maxTranscript); ; {
		page, err := h.Store.History(ctx, t.Record.ID, after, 200)
		if err != nil {
			return fmt.Errorf("reading the history: %w", err)
		}
		if len(page) == 0 {
			break
		}
		for _, e := range page {
			after = e.Seq
			line := engine.Line{At: e.At, Author: e.Author, Name: e.Name}
			if err := json.Unmarshal(e.Body, &line.Message); err != nil {
				return fmt.Errorf("entry %d of conversation %d is unreadable: %w", e.Seq, t.Record.ID, err)
			}
			lines = append(lines, line)
		}
	}
	name, text := engine.Transcript(h.Content(), t.Record.State, lines, func(s string) string { return channel.Parse(s).Plain() }, t.At)
	sum := sha256.Sum256([]byte("spravka transcript\x00" + strconv.FormatInt(t.Record.ID, 10) + "\x00" + t.Update + "\x00" + text))
	file := engine.File{ID: hex.EncodeToString(sum[:16]), Name: name, MIME: "text/plain", Size: int64(len(text))}
	_, stored, err := h.Files.OpenFile(ctx, file.ID)
	switch {
	case err == nil:
		if err := stored.Close(); err != nil {
			return err
		}
	case errors.Is(err, ErrNotFound):
		if err := h.Files.SaveFile(ctx, File{File: file, Peer: t.Record.Peer, At: t.At}, []byte(text)); err != nil {
			return fmt.Errorf("storing the transcript: %w", err)
		}
	default:
		return err
	}
	message := engine.Message{Text: engine.Sentence(h.Content(), t.Record.State.Locale, "transcript.ready"), Files: []engine.File{file}}
	b.entry(Entry{Author: engine.System, Body: encode(&message)})
	return nil
}

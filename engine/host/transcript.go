package host

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"spravka/engine"
	"spravka/engine/channel"
)

// What bounds a transcript: the newest lines, and of them the newest bytes as they are stored, so that it is smaller than
// the largest file that can be.
const (
	maxTranscriptLines = 2000
	maxTranscriptBytes = 4 << 20
)

// maxTranscripts bounds the files of a citizen within a day, those that they have sent included: who wants more transcripts
// is told to wait.
const maxTranscripts = 60

// transcript adds a message with the whole conversation as a file. The file is stored before the turn: a turn that is
// played again finds it. Where that can't be done the citizen is told so.
func (b *builder) transcript(ctx context.Context) error {
	t, h := b.turn, b.h
	say := func(key string, files ...engine.File) {
		b.entry(Entry{Author: engine.System, Body: encode(&engine.Message{Text: engine.Sentence(h.Content(), t.Record.State.Locale, key), Files: files})})
	}
	if h.Files == nil {
		say("transcript.later")
		return nil
	}
	switch count, _, err := h.Files.FilesOf(ctx, t.Record.Peer, t.At.Add(-24*time.Hour)); {
	case err != nil:
		return fmt.Errorf("counting the citizen's files: %w", err)
	case count >= maxTranscripts:
		say("transcript.later")
		return nil
	}
	lines, err := b.lines(ctx)
	if err != nil {
		return err
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
	say("transcript.ready", file)
	return nil
}

// lines reads what was said so far. An entry that can't be read is left out: it would be so every time.
func (b *builder) lines(ctx context.Context) ([]engine.Line, error) {
	t, h := b.turn, b.h
	var lines []engine.Line
	var sizes []int
	size := 0
	for after := max(0, t.Record.Seq-maxTranscriptLines); ; {
		page, err := h.Store.History(ctx, t.Record.ID, after, 200)
		if err != nil {
			return nil, fmt.Errorf("reading the history: %w", err)
		}
		if len(page) == 0 {
			break
		}
		for _, e := range page {
			after = e.Seq
			line := engine.Line{At: e.At, Author: e.Author, Name: e.Name}
			if err := json.Unmarshal(e.Body, &line.Message); err != nil {
				h.Log.Error("an entry is unreadable and not in the transcript", "conversation", t.Record.ID, "entry", e.Seq, "error", err)
				continue
			}
			lines, sizes = append(lines, line), append(sizes, len(e.Body))
			size += len(e.Body)
		}
		for size > maxTranscriptBytes {
			size -= sizes[0]
			lines, sizes = lines[1:], sizes[1:]
		}
	}
	return lines, nil
}

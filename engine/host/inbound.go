package host

import (
	"context"
	"io"
	"time"

	"spravka/engine"
)

// Inbound is an update from a channel.
type Inbound struct {
	Peer   Peer
	Update string // the channel's id of the update, at most 128 bytes; the same id is handled once
	Event  engine.Event
	// Message is the channel's own name of the message, at most 64 bytes, by which it may be edited or deleted later;
	// "" if it has none. It is unique within the conversation.
	Message string
	Locale  string // for a conversation that begins with this update; "" means the default
}

// Receipt says that an update is stored and answered.
type Receipt struct {
	Conversation int64
	Seq          int64 // the newest entry after the turn
	Duplicate    bool  // the update was stored before; its replies are in the history, in the outbox, or sent
}

// File is an uploaded file in the store.
type File struct {
	engine.File
	Peer Peer // who may see it, besides the staff
	At   time.Time
}

// Files keeps uploaded files.
type Files interface {
	// SaveFile stores a file of at most 10 MiB; its ID must be new.
	SaveFile(ctx context.Context, f File, content []byte) error
	// OpenFile returns a file, or ErrNotFound.
	OpenFile(ctx context.Context, id string) (File, io.ReadCloser, error)
	// FilesOf returns how many files a peer has uploaded since the given moment, and their bytes.
	FilesOf(ctx context.Context, p Peer, since time.Time) (count int, bytes int64, err error)
}

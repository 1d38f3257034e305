package vk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"spravka/engine/host"
)

// Cursor keeps durably how far polling has come. VK knows nothing of it: what a poll asks for is all that it goes by.
type Cursor interface {
	// Load returns what was saved last, "" if nothing was.
	Load(ctx context.Context) (string, error)
	// Save returns when ts is durable. Ts has at most 64 bytes.
	Save(ctx context.Context, ts string) error
}

// FileCursor keeps the cursor in a file of its own, whose folder must exist. Where the database can keep it, that is
// better: a backup then holds both.
type FileCursor string

// Load implements [Cursor].
func (f FileCursor) Load(context.Context) (string, error) {
	data, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	ts := strings.TrimSpace(string(data))
	if err == nil && !validTS(ts) {
		err = fmt.Errorf("%s holds no cursor: remove it, then polling begins with what comes in from now on", string(f))
	}
	return ts, err
}

// Save implements [Cursor]. A crash leaves the old cursor or the new one.
func (f FileCursor) Save(_ context.Context, ts string) error {
	file, err := os.CreateTemp(filepath.Dir(string(f)), ".cursor-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // nothing is there any more once all went well
	_, err = file.WriteString(ts + "\n")
	if e := file.Sync(); err == nil {
		err = e
	}
	if e := file.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(file.Name(), string(f))
	}
	if err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(string(f)))
	if err != nil {
		return nil // not every system can sync a folder
	}
	defer folder.Close()
	folder.Sync()
	return nil
}

// StoreCursor keeps the cursor of a community in the database, where a backup finds it beside the turns.
type StoreCursor struct {
	Cursors host.Cursors
	Group   int64
	Before  Cursor // where an earlier release kept it; nil: nowhere
	Now     func() time.Time
}

func (c StoreCursor) name() string { return Channel + ":" + itoa(c.Group) }

// Load implements [Cursor].
func (c StoreCursor) Load(ctx context.Context) (string, error) {
	ts, _, err := c.Cursors.Cursor(ctx, c.name())
	switch {
	case errors.Is(err, host.ErrNotFound) && c.Before != nil:
		return c.Before.Load(ctx)
	case errors.Is(err, host.ErrNotFound):
		return "", nil
	case err == nil && !validTS(ts):
		return "", fmt.Errorf("the database holds no cursor of VK under %s", c.name())
	}
	return ts, err
}

// Save implements [Cursor].
func (c StoreCursor) Save(ctx context.Context, ts string) error {
	return c.Cursors.SaveCursor(ctx, c.name(), ts, c.Now())
}

var tsForm = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,64}$`)

func validTS(ts string) bool { return tsForm.MatchString(ts) }

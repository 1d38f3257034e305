package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"spravka/adapters/terminal"
)

type chatCommand struct {
	Locale  string `help:"Language of the conversation." enum:"ru,en" default:"ru"`
	Now     string `help:"Where the clock starts (RFC 3339); it then moves one second a turn. Without it, now." placeholder:"TIME"`
	Content string `help:"Folder with flows/ and locales/ instead of the built-in content." placeholder:"DIR" type:"existingdir"`
	Data    string `help:"Folder of the database; without it everything is kept in memory and forgotten." placeholder:"DIR"`
	Peer    string `help:"Whose conversation it is." default:"terminal"`
	Why     bool   `help:"Explain each decision: nearest phrases, what weighed most, the threshold that decided."`
	JSON    bool   `help:"One turn a line in, one JSON object a line out."`
}

// Run talks until the input ends.
func (c *chatCommand) Run() error {
	clock := terminal.NewClock(time.Now())
	if c.Now != "" {
		at, err := time.Parse(time.RFC3339, c.Now)
		if err != nil {
			return fmt.Errorf("--now: %q is no moment; write it as 2026-11-24T12:00:00+03:00", c.Now)
		}
		clock = terminal.NewClock(at)
	}
	content, err := prepareContent(c.Content)
	if err != nil {
		return err
	}
	database := ":memory:"
	if c.Data != "" {
		if err := os.MkdirAll(c.Data, 0o700); err != nil {
			return fmt.Errorf("--data: %w", err)
		}
		database = filepath.Join(c.Data, "spravka.db")
	}
	notices := &terminal.Notices{}
	w, err := newWorld(worldOptions{Database: database, Content: content, Now: clock.Now, Notice: notices.Add, CallTimeout: 3 * time.Second})
	if err != nil {
		return err
	}
	defer w.close()
	s := &terminal.Session{Host: w.Host, Files: w.Store, Content: content, Clock: clock, Notices: notices, Peer: c.Peer, Locale: c.Locale, Why: c.Why}
	if err := s.Begin(context.Background()); err != nil {
		return err
	}
	if c.JSON {
		return s.Lines(context.Background(), os.Stdin, os.Stdout)
	}
	return s.Talk(context.Background(), os.Stdin, os.Stdout)
}

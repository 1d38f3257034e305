package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
	"unicode/utf8"

	"spravka/adapters/sqlite"
	"spravka/engine/host"
)

// dataUndecodable shows what the channels could not understand and have put aside.
type dataUndecodable struct {
	dataFolder
	Channel string `help:"Only those of this channel, such as telegram or vk."`
	Limit   int    `help:"How many at most." default:"50"`
	Show    int64  `help:"Write the one with this identifier, as it came." placeholder:"ID"`
}

// Run prints the list, or one update.
func (c *dataUndecodable) Run() error {
	out := printer{Writer: os.Stdout}
	if info, err := os.Stdout.Stat(); err == nil {
		out.terminal = info.Mode()&os.ModeCharDevice != 0
	}
	return c.print(context.Background(), out)
}

// printer is where an update is written: to a terminal without what a terminal would obey.
type printer struct {
	io.Writer
	terminal bool
}

func (c *dataUndecodable) print(ctx context.Context, out printer) error {
	path, err := c.database()
	if err != nil {
		return err
	}
	s, err := sqlite.Look(path)
	if err != nil {
		return err
	}
	if c.Show != 0 {
		err = c.show(ctx, s, out)
	} else {
		err = c.list(ctx, s, out)
	}
	return errors.Join(err, s.Close())
}

func (c *dataUndecodable) show(ctx context.Context, s host.Undecodables, out printer) error {
	u, err := s.Undecodable(ctx, c.Show)
	if errors.Is(err, host.ErrNotFound) {
		return fmt.Errorf("there is no update %d; «spravka data undecodable» lists what is kept", c.Show)
	}
	if err != nil {
		return err
	}
	if out.terminal {
		_, err = fmt.Fprintln(out, harmless(u.Raw))
	} else {
		_, err = out.Write(u.Raw)
	}
	return err
}

// harmless writes bytes so that a terminal shows them and does nothing else.
func harmless(raw []byte) string {
	var b strings.Builder
	for len(raw) > 0 {
		r, n := utf8.DecodeRune(raw)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, raw[0])
		case r == '\n', r == '\t', unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
		raw = raw[n:]
	}
	return b.String()
}

func (c *dataUndecodable) list(ctx context.Context, s host.Undecodables, out printer) error {
	all, err := s.Undecodables(ctx, c.Channel, c.Limit)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(out, "Nothing is kept: every update could be understood.")
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tCHANNEL\tUPDATE\tAT\tBYTES")
	for _, u := range all {
		update, size := harmless([]byte(u.Update)), strconv.Itoa(len(u.Raw))
		if update == "" {
			update = "-"
		}
		if len(u.Raw) >= host.MaxUndecodable {
			size += " or more"
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", u.ID, u.Channel, update, u.At.UTC().Format(time.RFC3339), size)
	}
	return w.Flush()
}

package webchat

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"spravka/engine"
	"spravka/engine/host"
)

// transcript answers GET transcript with the whole conversation as a text file.
func (c *Chat) transcript(w http.ResponseWriter, r *http.Request) error {
	v, err := c.looker(r)
	if err != nil {
		return err
	}
	rec, err := c.host.Find(r.Context(), v.peer)
	if errors.Is(err, host.ErrNotFound) {
		return faulty("no_conversation")
	}
	if err != nil {
		return err
	}
	locale := c.locale(r)
	page, err := c.host.History(r.Context(), rec.ID, 0, historyPage)
	if err != nil {
		return err
	}
	now := c.config.Now().In(c.config.Location)
	attach(w, fmt.Sprintf("%s-%s.txt", strings.ToLower(words.say(locale, "file_prefix")), now.Format("2006-01-02")), "text/plain; charset=utf-8")
	out := bufio.NewWriter(w)
	defer out.Flush()
	fmt.Fprintf(out, "%s: %s\n%s: %s\n", c.config.name(locale), words.say(locale, "transcript"), words.say(locale, "made_at"), now.Format("02.01.2006 15:04 MST"))
	for _, t := range rec.State.Tickets {
		fmt.Fprintf(out, "%s: %s\n", words.say(locale, "ticket"), t.Number)
	}
	for len(page) > 0 {
		for _, e := range page {
			c.writeEntry(out, c.shown(e), locale)
		}
		last := page[len(page)-1].Seq
		if page, err = c.host.History(r.Context(), rec.ID, last, historyPage); err != nil {
			fmt.Fprintf(out, "\n%s\n", words.say(locale, "cut_short"))
			return nil // too late for an error of HTTP
		}
	}
	return nil
}

// writeEntry writes one line of the history, its markup taken off.
func (c *Chat) writeEntry(out *bufio.Writer, e entry, locale string) {
	fmt.Fprintf(out, "\n[%s] %s:\n", e.At.In(c.config.Location).Format("02.01.2006 15:04:05"), speaker(e, locale))
	text := e.Text
	if e.Author != engine.Citizen {
		text = plain(text)
	}
	if text != "" {
		out.WriteString(text + "\n")
	}
	for _, f := range e.Files {
		fmt.Fprintf(out, "(%s: %s, %s)\n", words.say(locale, "file"), f.Name, size(f.Size, locale))
	}
	if len(e.Buttons) > 0 {
		labels := make([]string, len(e.Buttons))
		for i, b := range e.Buttons {
			labels[i] = b.Label
		}
		fmt.Fprintf(out, "(%s: %s)\n", words.say(locale, "options"), strings.Join(labels, " · "))
	}
}

// speaker names who spoke.
func speaker(e entry, locale string) string {
	name := words.say(locale, string(e.Author))
	if e.Author == engine.Operator && e.Name != "" {
		return e.Name + ", " + strings.ToLower(name)
	}
	return name
}

// size writes a file's size for people.
func size(bytes int64, locale string) string {
	unit, n := words.say(locale, "kb"), fmt.Sprint(max(1, (bytes+512)/1024))
	if bytes >= 1<<20 {
		unit, n = words.say(locale, "mb"), fmt.Sprintf("%.1f", float64(bytes)/(1<<20))
	}
	if locale == "ru" {
		n = strings.ReplaceAll(n, ".", ",")
	}
	return n + "\u00a0" + unit
}

//go:build fakes

package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"spravka/engine"
	"spravka/engine/channel"
)

// TestFakesTranscript prints one enquiry for the status of an application as a citizen of each channel sees it, side by side.
func TestFakesTranscript(t *testing.T) {
	s := &server{t: t, data: filepath.Join(t.TempDir(), "data")}
	telegram, vk := startPlatform(t, "telegram"), startPlatform(t, "vk")
	s.more = append(telegram.flags(), vk.flags()...)
	s.start()
	defer s.kill()
	vk.polled()
	v := &visitor{s: s}
	var session struct{ Token string }
	if err := json.Unmarshal(v.insist("POST", "/chat/api/v1/session", map[string]string{}), &session); err != nil {
		t.Fatal(err)
	}
	v.token = session.Token
	const person = 1001
	columns := []string{"web", "telegram", "vk"}
	seen := map[string]int{}
	for _, text := range []string{"где моё заявление", "1000000022", "Семенов Петр Алексеевич", "29.02.1992", "89000000002", "да", "спасибо"} {
		v.insist("POST", "/chat/api/v1/messages", map[string]string{"type": "message", "id": uuid.NewString(), "text": text})
		telegram.say(person, text)
		vk.say(person, text)
		all := map[string][]string{}
		for still, before := time.Now(), -1; time.Since(still) < 3*time.Second; time.Sleep(100 * time.Millisecond) {
			all = map[string][]string{"web": v.shown(), "telegram": telegram.shown(person), "vk": vk.shown(person)}
			n := 0
			for _, list := range all {
				n += len(list)
			}
			if n != before {
				still, before = time.Now(), n
			}
		}
		said := []string{"» " + text}
		cells := map[string][]string{}
		for _, c := range columns {
			cells[c] = append(cells[c], said...)
			for _, m := range all[c][seen[c]:] {
				cells[c] = append(cells[c], "", m)
			}
			if len(all[c]) == seen[c] {
				t.Errorf("%s: no answer to %q", c, text)
			}
			seen[c] = len(all[c])
		}
		fmt.Print(sideBySide(cells, columns))
	}
}

// shown are the messages to a citizen, each with its keyboard.
func (p *platform) shown(peer int) []string {
	var out []string
	for _, a := range p.arrived() {
		if a.peer() == peer {
			out = append(out, withKeyboard(a.shown(), a.rows()))
		}
	}
	return out
}

// shown are the messages to a visitor of the web chat.
func (v *visitor) shown() []string {
	var page struct {
		Entries []struct {
			Author  engine.Author
			Text    string
			Buttons []engine.Button
		}
	}
	if err := json.Unmarshal(v.insist("GET", "/chat/api/v1/messages", nil), &page); err != nil {
		v.s.t.Fatal(err)
	}
	var out []string
	for _, e := range page.Entries {
		if e.Author == engine.Citizen {
			continue
		}
		var row []string
		for _, b := range e.Buttons {
			row = append(row, b.Label)
		}
		out = append(out, withKeyboard(channel.Parse(e.Text).Visible(), [][]string{row}))
	}
	return out
}

func withKeyboard(text string, rows [][]string) string {
	for _, row := range rows {
		if len(row) > 0 {
			text += "\n[" + strings.Join(row, "] [") + "]"
		}
	}
	return text
}

// sideBySide writes columns of text.
func sideBySide(cells map[string][]string, columns []string) string {
	const width = 44
	lines, most := map[string][]string{}, 0
	for _, c := range columns {
		lines[c] = append(lines[c], strings.ToUpper(c))
		for _, text := range cells[c] {
			for line := range strings.SplitSeq(text, "\n") {
				lines[c] = append(lines[c], wrapped(line, width)...)
			}
		}
		most = max(most, len(lines[c]))
	}
	var b strings.Builder
	b.WriteString(strings.Repeat("─", len(columns)*(width+3)) + "\n")
	for i := range most {
		for _, c := range columns {
			line := ""
			if i < len(lines[c]) {
				line = lines[c][i]
			}
			b.WriteString(line + strings.Repeat(" ", width-utf8.RuneCountInString(line)) + " │ ")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func wrapped(line string, width int) []string {
	var out []string
	now := ""
	for _, word := range strings.Fields(line) {
		for utf8.RuneCountInString(word) > width {
			r := []rune(word)
			out, word = append(out, string(r[:width])), string(r[width:])
		}
		if now != "" && utf8.RuneCountInString(now)+1+utf8.RuneCountInString(word) > width {
			out, now = append(out, now), ""
		}
		if now != "" {
			now += " "
		}
		now += word
	}
	return append(out, now)
}

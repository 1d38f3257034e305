package main

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spravka/adapters/terminal"
)

// A secret typed at any point is nowhere afterwards: not in what the citizen or an operator sees, not in the database
// files, not in the log.
func TestSecretsAreNowhere(t *testing.T) {
	content, err := prepareContent("")
	if err != nil {
		t.Fatal(err)
	}
	secrets := []string{"Qwerty123!", "Zima2024", "s3cret#Pass", "Rybka77&", "Gorod_5500", "4929", "883321", "4276550012345679", "4276 5500 1234 5679"}
	dir := t.TempDir()
	clock, notices := terminal.NewClock(time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)), &terminal.Notices{}
	var logged bytes.Buffer
	w, err := newWorld(worldOptions{Database: filepath.Join(dir, "spravka.db"), Content: content, Now: clock.Now, Notice: notices.Add,
		Log: slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	s := &terminal.Session{Host: w.Host, Files: w.Store, Content: content, Clock: clock, Notices: notices, Peer: "p", Locale: "ru"}
	var shown strings.Builder
	say := func(in terminal.Input) terminal.Output {
		t.Helper()
		o, err := s.Play(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range o.Messages {
			shown.WriteString(m.Text + "\n")
		}
		for _, v := range o.Slots {
			shown.WriteString(v + "\n")
		}
		return o
	}
	warned := func(text string) {
		t.Helper()
		o := say(terminal.Input{Text: text})
		for _, m := range o.Messages {
			if strings.Contains(m.Text, "Никому их не сообщайте") {
				return
			}
		}
		t.Errorf("nobody warned of %q: %+v", text, o.Messages)
	}
	warned("мой пароль Qwerty123!")
	warned("Zima2024")
	say(terminal.Input{Text: "сообщить о неисправности"})
	warned("не пускает, пароль: s3cret#Pass, помогите войти в кабинет")
	say(terminal.Input{Text: "отмена"})
	say(terminal.Input{Text: "статус заявления 1000000022"})
	warned("password Rybka77&")
	warned("пинкод 4929")
	warned("мне пришёл код из смс 883321")
	warned("карта 4276 5500 1234 5679")
	warned("4276550012345679")
	say(terminal.Input{Text: "позовите человека"})
	say(terminal.Input{Action: "take"})
	warned("вот пароль: Gorod_5500")
	if err := w.close(); err != nil {
		t.Fatal(err)
	}
	nowhere := func(where string, data []byte) {
		for _, secret := range secrets {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s holds %q", where, secret)
			}
		}
	}
	nowhere("the chat", []byte(shown.String()))
	nowhere("the log", logged.Bytes())
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		nowhere(filepath.Base(name), data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spravka/adapters/sqlite"
	"spravka/engine/host"
)

// An administrator looks at what could not be understood while the server runs.
func TestUndecodableCommand(t *testing.T) {
	c := dataUndecodable{dataFolder: dataFolder{t.TempDir()}, Limit: 50}
	look := func(c dataUndecodable, terminal bool) (string, error) {
		var out bytes.Buffer
		err := c.print(t.Context(), printer{&out, terminal})
		return out.String(), err
	}
	if _, err := look(c, false); err == nil || !strings.Contains(err.Error(), "--data") {
		t.Errorf("without a database: %v", err)
	}
	s, err := sqlite.Open(filepath.Join(c.Data, "spravka.db")) // and it stays open: the server runs
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got, err := look(c, false); err != nil || !strings.Contains(got, "Nothing is kept") {
		t.Errorf("of an empty database: %q, %v", got, err)
	}
	at := time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
	broken := "{\"text\":\"я\x1b[2J\xff\""
	for i, u := range []host.Undecodable{{Channel: "telegram", Update: "77", Raw: []byte(broken)}, {Channel: "vk", Raw: bytes.Repeat([]byte("x"), host.MaxUndecodable+5)}} {
		u.At = at.Add(time.Duration(i) * time.Minute)
		if err := s.KeepUndecodable(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	got, err := look(c, true)
	want := "ID  CHANNEL   UPDATE  AT                    BYTES\n" +
		"2   vk        -       2026-11-22T20:01:00Z  65536 or more\n" +
		"1   telegram  77      2026-11-22T20:00:00Z  17\n"
	if err != nil || got != want {
		t.Errorf("%v\ngot\n%swant\n%s", err, got, want)
	}
	c.Channel, c.Limit = "telegram", 1
	if got, err := look(c, true); err != nil || strings.Contains(got, "vk") {
		t.Errorf("of one channel: %q, %v", got, err)
	}
	c.Show = 1
	if got, err := look(c, false); err != nil || got != broken {
		t.Errorf("into a file: %q, %v", got, err)
	}
	if got, err := look(c, true); err != nil || got != "{\"text\":\"я\\x1b[2J\\xff\"\n" {
		t.Errorf("on a terminal: %q, %v", got, err)
	}
	c.Show = 9
	if _, err := look(c, true); err == nil || !strings.Contains(err.Error(), "no update 9") {
		t.Errorf("one that does not exist: %v", err)
	}
}

package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/host"
)

// The tests of this file start this test program again as another process; the variable says what it is to do.
const playEnv = "SPRAVKA_SQLITE_PLAY"

func TestMain(m *testing.M) {
	play, path, ok := strings.Cut(os.Getenv(playEnv), " ")
	if !ok {
		os.Exit(m.Run())
	}
	var err error
	switch play {
	case "open":
		err = playOpen(path)
	case "commit":
		err = playCommit(path)
	default:
		err = fmt.Errorf("there is no play %q", play)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(3)
	}
	os.Exit(0)
}

func playOpen(path string) error {
	s, err := Open(path)
	if err != nil {
		return err
	}
	return s.Close()
}

// playCommit writes turns of 8 conversations for ever and prints each once it is durable.
func playCommit(path string) error {
	s, err := Open(path)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	var mu sync.Mutex
	var wait sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wait.Go(func() {
			errs[i] = talkForEver(s, i, func(id, seq int64) {
				mu.Lock()
				defer mu.Unlock()
				fmt.Println(id, seq)
			})
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

func talkForEver(s *Store, talker int, durable func(id, seq int64)) error {
	ctx := context.Background()
	r, err := s.Open(ctx, host.Peer{Channel: "web", ID: strconv.Itoa(talker)}, "ru", noon)
	if err != nil {
		return err
	}
	for {
		r.Seq++
		turn := &host.Turn{Update: fmt.Sprintf("%d/%d", talker, r.Seq), At: noon, Record: r, State: []byte("{}"), Outbox: true,
			Entries: []host.Entry{{Seq: r.Seq, At: noon, Author: engine.Bot, Body: []byte("{}")}}}
		got, err := s.Commit(ctx, []*host.Turn{turn})
		if err := errors.Join(append(got, err)...); err != nil {
			return err
		}
		r.Version++
		durable(r.ID, r.Seq)
	}
}

func startPlay(t *testing.T, play, path string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	program, err := os.Executable()
	check(t, err)
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), playEnv+"="+play+" "+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	check(t, err)
	check(t, cmd.Start())
	return cmd, bufio.NewScanner(out)
}

func TestSecondProcessIsRefused(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "spravka.db")
	s := openAt(t, path)

	cmd, out := startPlay(t, "open", path)
	out.Scan()
	said := out.Text()
	if err := cmd.Wait(); err == nil {
		t.Fatal("a second process opened the database")
	}
	for _, want := range []string{path, "in use by another process", fmt.Sprintf("pid %d", os.Getpid())} {
		if !strings.Contains(said, want) {
			t.Errorf("the second process said %q, want %q in it", said, want)
		}
	}
	if again, err := Open(path); err == nil {
		again.Close()
		t.Error("a second store of the same process opened the database")
	}
	alias := filepath.Join(t.TempDir(), "alias.db")
	check(t, os.Symlink(path, alias))
	if again, err := Open(alias); err == nil {
		again.Close()
		t.Error("the database was opened under another name")
	}

	check(t, s.Close())
	cmd, _ = startPlay(t, "open", path)
	if err := cmd.Wait(); err != nil {
		t.Errorf("after Close another process could not open the database: %v", err)
	}
}

// TestKill kills a process that writes, as kill -9 does, and looks for every turn that it called durable.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spravka.db")
	durable := map[int64]int64{} // conversation → newest entry
	turns := 0
	for range 5 {
		cmd, out := startPlay(t, "commit", path)
		turns += collect(t, cmd, out, durable)
		s, err := Open(path) // at once: the lock of a dead process is no obstacle
		check(t, err)
		for id, seq := range durable {
			r, err := s.Load(t.Context(), id)
			check(t, err)
			if r.Seq < seq || r.Version != r.Seq {
				t.Errorf("conversation %d is at entry %d, version %d, though entry %d was durable", id, r.Seq, r.Version, seq)
			}
			history, err := s.History(t.Context(), id, 0, 1_000_000)
			check(t, err)
			outbox, err := s.Outbox(t.Context(), id, 1_000_000)
			check(t, err)
			if int64(len(history)) != r.Seq || int64(len(outbox)) != r.Seq {
				t.Errorf("conversation %d has %d entries and %d messages, want %d", id, len(history), len(outbox), r.Seq)
			}
		}
		var integrity string
		check(t, s.readers.QueryRow("PRAGMA integrity_check").Scan(&integrity))
		if integrity != "ok" {
			t.Errorf("integrity: %s", integrity)
		}
		check(t, s.Close())
	}
	if turns < 100 {
		t.Errorf("only %d turns were made: nothing was proved", turns)
	}
	t.Logf("%d turns, 5 kills", turns)
}

// collect notes what the process prints, kills it in the middle, and returns how many turns there were.
func collect(t *testing.T, cmd *exec.Cmd, out *bufio.Scanner, durable map[int64]int64) (turns int) {
	t.Helper()
	deadline := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer deadline.Stop()
	for out.Scan() {
		var id, seq int64
		if n, _ := fmt.Sscan(out.Text(), &id, &seq); n != 2 {
			if out.Text() != "ready" {
				t.Fatalf("the process said %q", out.Text())
			}
			continue
		}
		durable[id] = max(durable[id], seq)
		if turns++; turns == 200 {
			check(t, cmd.Process.Kill()) // and read what is left in the pipe: that, too, was durable
		}
	}
	_ = cmd.Wait() // killed
	return turns
}

package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"spravka/engine/host"
)

func TestBackupRestores(t *testing.T) {
	both(t, func(t *testing.T, s *Store) {
		want := fill(t, s)
		path := filepath.Join(t.TempDir(), "it's a backup.db")
		check(t, s.Backup(t.Context(), path))
		info, err := os.Stat(path)
		check(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("the backup may be read by others: %v", info.Mode())
		}
		if _, err := s.Serial(t.Context(), "tickets"); err != nil { // the store goes on, the backup does not follow
			t.Error(err)
		}
		restored := openAt(t, path)
		if got := snapshot(t, restored, want.record.ID); !reflect.DeepEqual(got, want) {
			t.Errorf("stored\n%+v\nrestored\n%+v", want, got)
		}
		if n, err := restored.Serial(t.Context(), "tickets"); n != 3 || err != nil {
			t.Errorf("the restored series goes on with %d, %v", n, err)
		}
	})
}

// TestBackupUnderLoad takes backups while conversations go on: each shows every conversation whole.
func TestBackupUnderLoad(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "spravka.db"))
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	turned := make(chan struct{}, 1)
	go func() {
		done <- talkForEver(s, 0, func(id, seq int64) {
			select {
			case turned <- struct{}{}:
			default:
			}
			if ctx.Err() != nil {
				s.Close() // ends the talk
			}
		})
	}()
	folder := t.TempDir()
	for i := range 3 {
		<-turned
		path := filepath.Join(folder, fmt.Sprint(i))
		check(t, s.Backup(t.Context(), path))
		copied := openAt(t, path)
		r, err := copied.Open(t.Context(), host.Peer{Channel: "web", ID: "0"}, "ru", noon)
		check(t, err)
		history, err := copied.History(t.Context(), r.ID, 0, 1_000_000)
		check(t, err)
		if int64(len(history)) != r.Seq || r.Seq == 0 {
			t.Errorf("backup %d has %d entries of %d", i, len(history), r.Seq)
		}
	}
	stop()
	if err := <-done; !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

func TestBackupRefuses(t *testing.T) {
	both(t, func(t *testing.T, s *Store) {
		folder := t.TempDir()
		path := filepath.Join(folder, "backup.db")
		check(t, os.WriteFile(path, []byte("precious"), 0o600))
		if err := s.Backup(t.Context(), path); err == nil || !strings.Contains(err.Error(), "exists") {
			t.Errorf("a backup over a file: %v", err)
		}
		if data, err := os.ReadFile(path); string(data) != "precious" {
			t.Errorf("the file is now %q, %v", data, err)
		}
		if err := s.Backup(t.Context(), filepath.Join(folder, "none", "backup.db")); err == nil {
			t.Error("a backup into a folder that does not exist")
		}

		left := filepath.Join(folder, "left.db")
		check(t, os.WriteFile(left+".part", nil, 0o600))
		if err := s.Backup(t.Context(), left); err == nil || !strings.Contains(err.Error(), "interrupted") {
			t.Errorf("a backup beside a part of another: %v", err)
		}

		ended, end := context.WithCancel(t.Context())
		end()
		gone := filepath.Join(folder, "gone.db")
		if err := s.Backup(ended, gone); !errors.Is(err, context.Canceled) {
			t.Errorf("a backup with a context that has ended: %v", err)
		}
		for _, name := range []string{gone, gone + ".part"} {
			if _, err := os.Stat(name); err == nil {
				t.Errorf("%s was left behind", name)
			}
		}
	})
}

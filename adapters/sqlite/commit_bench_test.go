//go:build linux

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/host"
)

const benchTalks = 10_000

// BenchmarkCommit writes turns of random conversations out of 10,000, each an update, a state of 1 KB, two entries and
// a timer. The disk differs from minute to minute: compare turns/s with what it gave before and after, in fsync/s.
func BenchmarkCommit(b *testing.B) {
	for _, size := range []int{1, 64, 256} {
		b.Run(fmt.Sprint("batch=", size), func(b *testing.B) { benchCommit(b, size) })
	}
}

func benchCommit(b *testing.B, size int) {
	folder := b.TempDir()
	s, err := Open(filepath.Join(folder, "spravka.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	talks := manyTalks(b, s)
	before := fsyncs(b, folder)
	var memory, memoryAfter runtime.MemStats
	runtime.ReadMemStats(&memory)
	cpu := processor(b)
	order, update := rand.Perm(benchTalks), 0
	for b.Loop() {
		batch := make([]*host.Turn, size)
		for i := range batch {
			batch[i] = benchTurn(&talks[order[update%benchTalks]], update)
			update++
		}
		got, err := s.Commit(context.Background(), batch)
		if err := errors.Join(append(got, err)...); err != nil {
			b.Fatal(err)
		}
	}
	runtime.ReadMemStats(&memoryAfter)
	turns := float64(b.N * size)
	b.ReportMetric(float64((processor(b)-cpu).Microseconds())/turns, "cpu-µs/turn")
	b.ReportMetric(turns/b.Elapsed().Seconds(), "turns/s")
	b.ReportMetric(float64(memoryAfter.Mallocs-memory.Mallocs)/turns, "allocs/turn")
	b.ReportMetric(before, "fsync/s-before")
	b.ReportMetric(fsyncs(b, folder), "fsync/s-after")
}

func manyTalks(b *testing.B, s *Store) []host.Record {
	err := s.Write(context.Background(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
			INSERT INTO conversations (id, channel, peer, version, seq, owner, state, opened, changed)
			SELECT i, 'web', 'peer ' || i, 0, 0, 'bot', zeroblob(1024), 0, 0 FROM n`, benchTalks)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	talks := make([]host.Record, benchTalks)
	for i := range talks {
		talks[i] = host.Record{ID: int64(i + 1), Peer: host.Peer{Channel: "web", ID: fmt.Sprint("peer ", i+1)}}
	}
	return talks
}

var (
	benchState = []byte(`{"topic":"` + strings.Repeat("x", 1012) + `"}`)
	benchBody  = []byte(`{"text":"` + strings.Repeat("y", 190) + `"}`)
)

func benchTurn(r *host.Record, update int) *host.Turn {
	r.Seq += 2
	turn := &host.Turn{Update: fmt.Sprint(update), At: noon, Record: *r, State: benchState,
		Entries: []host.Entry{
			{Seq: r.Seq - 1, At: noon, Author: engine.Citizen, Body: benchBody},
			{Seq: r.Seq, At: noon, Author: engine.Bot, Body: benchBody},
		},
		Set: []host.Timer{{Name: "silence", Due: noon.Add(time.Duration(update) * time.Millisecond)}}}
	r.Version++
	return turn
}

// processor returns the time that the process has computed: unlike the clock it does not count what neighbours take.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// fsyncs measures for half a second how often the disk makes an overwrite of 24 KB durable: what a commit asks of it.
func fsyncs(b *testing.B, folder string) (perSecond float64) {
	b.Helper()
	file, err := os.OpenFile(filepath.Join(folder, "fsync"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	data := make([]byte, 24<<10)
	begin := time.Now()
	n := 0
	for ; time.Since(begin) < 500*time.Millisecond; n++ {
		if _, err := file.WriteAt(data, 0); err != nil {
			b.Fatal(err)
		}
		if err := syscall.Fdatasync(int(file.Fd())); err != nil {
			b.Fatal(err)
		}
	}
	return float64(n) / time.Since(begin).Seconds()
}

// BenchmarkOpenMemory is what the terminal chat waits for at its start.
func BenchmarkOpenMemory(b *testing.B) {
	for b.Loop() {
		s, err := Open(":memory:")
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

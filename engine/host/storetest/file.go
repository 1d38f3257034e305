package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"spravka/engine"
	"spravka/engine/host"
)

func upload(peer, id string, size, second int) host.File {
	return host.File{File: engine.File{ID: id, Name: "справка.pdf", MIME: "application/pdf", Size: int64(size)},
		Peer: host.Peer{Channel: "web", ID: peer}, At: after(second)}
}

// content is data that no compression or repetition hides a mistake in.
func content(size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(i ^ i>>8 ^ i>>16*31)
	}
	return b
}

var fileTests = map[string]func(*testing.T, Store){
	"a file comes back as it was": func(t *testing.T, s Store) {
		for _, size := range []int{0, 1, 256<<10 - 1, 256 << 10, 256<<10 + 1, 700_000} {
			want := upload("a", fmt.Sprint("file-", size), size, 1)
			must(t, s.SaveFile(t.Context(), want, content(size)))
			got, r, err := s.OpenFile(t.Context(), want.ID)
			must(t, err)
			same(t, "file", got, want)
			data, err := io.ReadAll(r)
			must(t, err)
			must(t, r.Close())
			if !bytes.Equal(data, content(size)) {
				t.Errorf("a file of %d bytes came back with %d bytes, or others", size, len(data))
			}
			if n, err := r.Read(make([]byte, 1)); n != 0 || err == nil {
				t.Errorf("a closed file was read: %d, %v", n, err)
			}
		}
	},
	"an identifier is given once": func(t *testing.T, s Store) {
		must(t, s.SaveFile(t.Context(), upload("a", "x", 3, 1), []byte("one")))
		if err := s.SaveFile(t.Context(), upload("b", "x", 3, 2), []byte("two")); err == nil {
			t.Error("a file was overwritten")
		}
		got, r, err := s.OpenFile(t.Context(), "x")
		must(t, err)
		data, err := io.ReadAll(r)
		must(t, err)
		if string(data) != "one" || got.Peer.ID != "a" {
			t.Errorf("the file is now %q of %q", data, got.Peer.ID)
		}
	},
	"an unknown one is not found": func(t *testing.T, s Store) {
		if _, _, err := s.OpenFile(t.Context(), "x"); !errors.Is(err, host.ErrNotFound) {
			t.Errorf("OpenFile: %v", err)
		}
	},
	"10 MiB are the most": func(t *testing.T, s Store) {
		const most = 10 << 20
		must(t, s.SaveFile(t.Context(), upload("a", "most", most, 1), content(most)))
		if err := s.SaveFile(t.Context(), upload("a", "more", most+1, 1), content(most+1)); err == nil {
			t.Error("a file of more than 10 MiB was accepted")
		}
		if _, _, err := s.OpenFile(t.Context(), "more"); !errors.Is(err, host.ErrNotFound) {
			t.Errorf("OpenFile of the refused file: %v", err)
		}
	},
	"what can't be kept is refused": func(t *testing.T, s Store) {
		for name, f := range map[string]host.File{
			"no identifier":        upload("a", "", 1, 1),
			"identifier too long":  upload("a", strings.Repeat("x", 129), 1, 1),
			"no peer":              upload("", "x", 1, 1),
			"another size":         upload("a", "x", 2, 1),
			"a name not in UTF-8":  {File: engine.File{ID: "x", Name: "\xff"}, Peer: host.Peer{Channel: "web", ID: "a"}},
			"a name without bound": {File: engine.File{ID: "x", Name: strings.Repeat("x", 5000)}, Peer: host.Peer{Channel: "web", ID: "a"}},
		} {
			if err := s.SaveFile(t.Context(), f, []byte("x")); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
	},
	"a peer's files are counted since a moment": func(t *testing.T, s Store) {
		for i, f := range []host.File{upload("a", "1", 10, 1), upload("a", "2", 20, 2), upload("a", "3", 30, 3), upload("b", "4", 40, 3)} {
			must(t, s.SaveFile(t.Context(), f, content(10*(i+1))))
		}
		for _, c := range []struct {
			peer   host.Peer
			second int
			count  int
			bytes  int64
		}{
			{host.Peer{Channel: "web", ID: "a"}, 0, 3, 60},
			{host.Peer{Channel: "web", ID: "a"}, 2, 2, 50},
			{host.Peer{Channel: "web", ID: "a"}, 4, 0, 0},
			{host.Peer{Channel: "web", ID: "b"}, 0, 1, 40},
			{host.Peer{Channel: "vk", ID: "a"}, 0, 0, 0},
		} {
			count, size, err := s.FilesOf(t.Context(), c.peer, after(c.second))
			must(t, err)
			if count != c.count || size != c.bytes {
				t.Errorf("files of %v since second %d: %d of %d bytes, want %d of %d", c.peer, c.second, count, size, c.count, c.bytes)
			}
		}
	},
}

package sqlite

import (
	"path/filepath"
	"testing"
	"time"

	"spravka/engine/host"
)

// Looking into a database that belongs to a running server sees what it writes, and changes nothing.
func TestLook(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spravka.db")
	if _, err := Look(path); err == nil {
		t.Error("a database that does not exist was looked into")
	}
	server, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	looker, err := Look(path)
	if err != nil {
		t.Fatal(err)
	}
	keep := func(s *Store) error {
		return s.KeepUndecodable(t.Context(), host.Undecodable{Channel: "vk", Raw: []byte("{"), At: time.UnixMilli(1)})
	}
	if err := keep(server); err != nil {
		t.Fatal(err)
	}
	if all, err := looker.Undecodables(t.Context(), "", 5); err != nil || len(all) != 1 {
		t.Errorf("seen: %+v, %v", all, err)
	}
	if keep(looker) == nil {
		t.Error("who looks can write")
	}
	if err := looker.Close(); err != nil {
		t.Error(err)
	}
	if err := keep(server); err != nil {
		t.Errorf("the server can't write any more: %v", err)
	}
}

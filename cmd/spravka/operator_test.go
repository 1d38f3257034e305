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

// TestOperatorCommands plays what somebody who is locked out does.
func TestOperatorCommands(t *testing.T) {
	folder := staffFolder{dataFolder{t.TempDir()}}
	if err := (&operatorList{folder}).Run(); err == nil || !strings.Contains(err.Error(), "no database") {
		t.Errorf("without a database: %v", err)
	}
	open := func() *sqlite.Store {
		t.Helper()
		s, err := sqlite.Open(filepath.Join(folder.Data, "spravka.db"))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	if err := (&operatorList{folder}).Run(); err == nil {
		t.Error("the database was opened beside a running server")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	do := func(command interface{ Run() error }, wrong string) {
		t.Helper()
		err := command.Run()
		if wrong == "" && err != nil || wrong != "" && (err == nil || !strings.Contains(err.Error(), wrong)) {
			t.Errorf("%T: %v, want %q", command, err, wrong)
		}
	}
	do(&operatorAdd{Login: "vera", Name: "Вера", Role: host.RoleAdministrator, staffFolder: folder}, "")
	do(&operatorAdd{Login: "vera", Role: host.RoleOperator, staffFolder: folder}, "exists")
	do(&operatorAdd{Login: "В", Role: host.RoleOperator, staffFolder: folder}, "can't be a login")
	do(&operatorAdd{Login: "anna", Role: host.RoleOperator, staffFolder: folder}, "")
	do(&operatorReset{Login: "nobody", staffFolder: folder}, "no operator")
	do(&operatorDisable{Login: "vera", staffFolder: folder}, "only administrator")

	s = open()
	vera, err := s.OperatorByLogin(t.Context(), "vera")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	token := bytes.Repeat([]byte{1}, 32)
	if err := s.SetTOTP(t.Context(), vera.ID, "SECRET", 0, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.CreateSession(t.Context(), token, host.Session{Operator: vera.ID, Created: now, Expires: now.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	do(&operatorReset{Login: "vera", Factor: true, staffFolder: folder}, "")
	do(&operatorDisable{Login: "anna", staffFolder: folder}, "")

	s = open()
	defer s.Close()
	all, err := s.Operators(t.Context())
	if err != nil || len(all) != 2 {
		t.Fatalf("%v, %v", all, err)
	}
	anna, after := all[0], all[1]
	if !anna.Disabled || anna.Name != "anna" || after.TOTPSecret != "" || after.PasswordHash == vera.PasswordHash || !strings.HasPrefix(after.PasswordHash, "generated:") {
		t.Errorf("stored: %+v", all)
	}
	if _, _, err := s.Session(t.Context(), token, now); err == nil {
		t.Error("the session goes on after the reset")
	}
	lines, err := s.AuditLog(t.Context(), host.AuditFilter{})
	if err != nil || len(lines) != 4 {
		t.Fatalf("audit log: %+v, %v", lines, err)
	}
	for _, line := range lines {
		if d := line.Details[len(line.Details)-1]; d.Field != "how" || d.After != "command" {
			t.Errorf("line %+v", line)
		}
	}
	var out bytes.Buffer
	if err := printOperators(&out, all); err != nil || !strings.Contains(out.String(), "vera") || !strings.Contains(out.String(), "closed") {
		t.Errorf("%s, %v", &out, err)
	}
}

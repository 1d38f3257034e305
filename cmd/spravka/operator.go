package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"spravka/adapters/console"
	"spravka/adapters/sqlite"
	"spravka/engine/host"
)

// operatorCommand is for an administrator who can't get into the console. Everybody else is invited there.
type operatorCommand struct {
	List    operatorList    `cmd:"" help:"List the staff."`
	Add     operatorAdd     `cmd:"" help:"Make an operator with a temporary password, which is shown once."`
	Reset   operatorReset   `cmd:"" help:"Give an operator a temporary password, which is shown once, and end all their sessions."`
	Disable operatorDisable `cmd:"" help:"Shut an operator out, ending all their sessions; or let them in again."`
}

// staffFolder is where the commands find the staff. The server must be stopped meanwhile.
type staffFolder struct{ dataFolder }

// auditor writes into the audit log what was done to an operator.
type auditor func(o host.Operator, action string, details ...host.AuditChange) error

// use opens the database and gives it to do.
func (f staffFolder) use(do func(ctx context.Context, s *sqlite.Store, log auditor) error) error {
	path, err := f.database()
	if err != nil {
		return err
	}
	s, err := sqlite.Open(path)
	if err != nil {
		return err
	}
	ctx := context.Background()
	err = do(ctx, s, func(o host.Operator, action string, details ...host.AuditChange) error {
		details = append(details, host.AuditChange{Field: "how", After: "command"})
		return s.Record(ctx, host.AuditEntry{At: time.Now(), Address: "local", Action: action, Subject: o.Login, Details: details})
	})
	return errors.Join(err, s.Close())
}

func find(ctx context.Context, s *sqlite.Store, login string) (host.Operator, error) {
	o, err := s.OperatorByLogin(ctx, login)
	if errors.Is(err, host.ErrNotFound) {
		return o, fmt.Errorf("there is no operator %q; «spravka operator list» shows all", login)
	}
	return o, err
}

type operatorList struct{ staffFolder }

// Run prints everybody.
func (c *operatorList) Run() error {
	return c.use(func(ctx context.Context, s *sqlite.Store, _ auditor) error {
		all, err := s.Operators(ctx)
		if err != nil {
			return err
		}
		return printOperators(os.Stdout, all)
	})
}

func printOperators(out io.Writer, all []host.Operator) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "LOGIN\tNAME\tROLE\tACCESS\tQUEUES\tCAPACITY\tSECOND FACTOR\tCREATED")
	for _, o := range all {
		access, queues, factor := "open", "all", "no"
		if o.Disabled {
			access = "closed"
		}
		if len(o.Queues) > 0 {
			queues = strings.Join(o.Queues, ",")
		}
		if o.TOTPSecret != "" {
			factor = "yes"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%s\t%s\n", o.Login, o.Name, o.Role, access, queues, o.Capacity, factor, o.Created.Format(time.DateOnly))
	}
	return w.Flush()
}

type operatorAdd struct {
	Login string `arg:"" help:"Latin letters, digits, dot, hyphen, underscore; 2 to 32 characters."`
	Name  string `help:"As citizens see it; the login by default."`
	Role  string `help:"operator, supervisor, editor or administrator." enum:"operator,supervisor,editor,administrator" default:"operator"`
	staffFolder
}

// Run makes an operator.
func (c *operatorAdd) Run() error {
	if !console.GoodLogin(c.Login) {
		return fmt.Errorf("%q can't be a login: it is made of Latin small letters, digits, dot, hyphen and underscore, 2 to 32 characters", c.Login)
	}
	name := c.Name
	if name == "" {
		name = c.Login
	}
	return c.use(func(ctx context.Context, s *sqlite.Store, log auditor) error {
		password, hash, err := console.TemporaryPassword()
		if err != nil {
			return err
		}
		o := host.Operator{Login: c.Login, Name: name, Role: c.Role, PasswordHash: hash, Created: time.Now()}
		_, err = s.CreateOperator(ctx, o)
		if errors.Is(err, host.ErrTaken) {
			return fmt.Errorf("the login %q exists, or somebody is invited with it; «spravka operator reset %s» gives a new password", c.Login, c.Login)
		}
		if err != nil {
			return err
		}
		showPassword(c.Login, password)
		return log(o, "people.join", host.AuditChange{Field: "role", After: o.Role})
	})
}

func showPassword(login, password string) {
	fmt.Printf("Log in to the console as %q with the password  %s\nIt is shown this once and has to be changed at the first log-in.\n", login, password)
}

type operatorReset struct {
	Login  string `arg:"" help:"Whose password."`
	Factor bool   `help:"Take the second factor away as well: the phone and the recovery codes are lost."`
	staffFolder
}

// Run gives an operator a temporary password.
func (c *operatorReset) Run() error {
	return c.use(func(ctx context.Context, s *sqlite.Store, log auditor) error {
		o, err := find(ctx, s, c.Login)
		if err != nil {
			return err
		}
		password, hash, err := console.TemporaryPassword()
		if err != nil {
			return err
		}
		if err := s.SetPassword(ctx, o.ID, hash); err != nil {
			return err
		}
		if err := s.EndSessions(ctx, o.ID); err != nil {
			return err
		}
		var details []host.AuditChange
		if c.Factor && o.TOTPSecret != "" {
			if err := s.SetTOTP(ctx, o.ID, "", 0, nil); err != nil {
				return err
			}
			details = append(details, host.AuditChange{Field: "factor", Before: "on", After: "off"})
		}
		showPassword(o.Login, password)
		if o.Disabled {
			fmt.Printf("The access of %q is closed; «spravka operator disable --undo %s» opens it.\n", o.Login, o.Login)
		}
		if o.TOTPSecret != "" && !c.Factor {
			fmt.Println("The second factor stays; with --factor it is taken away as well.")
		}
		return log(o, "people.renew", details...)
	})
}

type operatorDisable struct {
	Login string `arg:"" help:"Whom."`
	Undo  bool   `help:"Let them in again."`
	staffFolder
}

// Run shuts an operator out or lets them in again. The last administrator who has access keeps it.
func (c *operatorDisable) Run() error {
	return c.use(func(ctx context.Context, s *sqlite.Store, log auditor) error {
		o, err := find(ctx, s, c.Login)
		if err != nil {
			return err
		}
		all, err := s.Operators(ctx)
		if err != nil {
			return err
		}
		others := 0
		for _, other := range all {
			if other.ID != o.ID && other.Role == host.RoleAdministrator && !other.Disabled {
				others++
			}
		}
		if !c.Undo && others == 0 && o.Role == host.RoleAdministrator {
			return fmt.Errorf("%q is the only administrator with access; make another one first: «spravka operator add LOGIN --role administrator»", o.Login)
		}
		if err := s.SetDisabled(ctx, o.ID, !c.Undo); err != nil {
			return err
		}
		before, after := "on", "off"
		if c.Undo {
			before, after = after, before
		}
		fmt.Printf("The access of %q is %s.\n", o.Login, map[bool]string{true: "open", false: "closed; open tickets go back to the queue when the server runs"}[c.Undo])
		return log(o, "people.change", host.AuditChange{Field: "access", Before: before, After: after})
	})
}

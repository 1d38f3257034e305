package register

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"spravka/engine/host"
)

func TestOperationsAreThoseOfTheFlows(t *testing.T) {
	want := services(t)
	for name, op := range want {
		ours, ok := operations[name]
		if host.Own(name) {
			if ok {
				t.Errorf("%s is the desk's", name)
			}
			continue
		}
		if !ok || !slices.Equal(ours.params, op.Params) && len(op.Params) > 0 {
			t.Errorf("%s takes %v, flows/services.yaml says %v", name, ours.params, op.Params)
		}
	}
	for name := range operations {
		if _, ok := want[name]; !ok {
			t.Errorf("flows/services.yaml does not name %s", name)
		}
	}
}

func TestCallThatDoesNotFitIsRefused(t *testing.T) {
	b := newBench(t)
	for name, change := range map[string]func(*host.ServiceCall){
		"unknown operation":   func(c *host.ServiceCall) { c.Operation = "register.drop" },
		"desk's operation":    func(c *host.ServiceCall) { c.Operation = "ticket.list" },
		"no ID":               func(c *host.ServiceCall) { c.ID = "" },
		"long ID":             func(c *host.ServiceCall) { c.ID = strings.Repeat("a", maxID+1) },
		"unknown parameter":   func(c *host.ServiceCall) { c.With["password"] = "x" },
		"long parameter":      func(c *host.ServiceCall) { c.With["name"] = strings.Repeat("я", maxText+1) },
		"parameter not UTF-8": func(c *host.ServiceCall) { c.With["name"] = "\xff" },
	} {
		c := b.newCall("application.find", "number", "1000000011", "name", ivanova["name"])
		change(&c)
		if a, err := b.Call(t.Context(), c); !errors.Is(err, ErrCall) {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
	if n := b.count(`SELECT COUNT(*) FROM register_answers`); n != 0 {
		t.Errorf("%d answers are kept of calls that were refused", n)
	}
}

func TestHostileTextsAreOnlyTexts(t *testing.T) {
	b := newBench(t)
	for _, text := range []string{"' OR 1=1 --", "1000000011' OR '1'='1", "%", "_", "\x00", strings.Repeat("9", maxText), "１０００００００１１"} {
		b.want("not_found", nil, "application.find", "number", text, "name", text, "born", text, "contact", text)
		b.want("mismatch", nil, "identity.check", "name", text, "born", text, "id", text, "passport", text)
		b.want("mismatch", nil, "document.order", "name", text, "snils", text, "inn", text, "document", text, "consent", "yes")
		b.want("expired", nil, "code.check", "challenge", text, "code", text)
		b.refused(ErrCall, "code.send", "citizen", text)
		b.refused(ErrCall, "account.recover", "citizen", text, "challenge", text)
		b.refused(ErrCall, "application.notify", "number", text, "contact", text)
	}
}

func TestEndedContextIsAnError(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name := range operations {
		if a, err := b.Call(ctx, b.newCall(name)); err == nil {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

func TestRealChanceMakesSixDigits(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		code, err := New(Options{}).code()
		if err != nil || len(code) != 6 || strings.Trim(code, "0123456789") != "" {
			t.Fatalf("code %q, %v", code, err)
		}
		seen[code] = true
	}
	if len(seen) < 190 {
		t.Errorf("200 codes, only %d different ones", len(seen))
	}
}

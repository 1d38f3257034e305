package flow_test

import (
	"strings"
	"testing"

	"spravka/engine/flow"
	"spravka/engine/flow/flowtest"
)

// Each kind of mistake that an editor can make is found, at its place, with a way to mend it.
func TestCheckFinds(t *testing.T) {
	for _, tt := range []struct{ name, file, old, new, want string }{
		{"a step that does not exist", "flows/application.status.yaml", "next: contact}", "next: contcat}",
			`flows/application.status.yaml:7: step "born" leads to "contcat", which does not exist; did you mean "contact"?`},
		{"a step that is never reached", "flows/application.status.yaml", "  later:   {end: true}", "  later:   {end: true}\n  orphan: {end: true}",
			`step "orphan" is never reached`},
		{"a dead end", "flows/hotline.urgent.yaml", "  duty: {handoff: urgent, priority: urgent, reason: urgent}", "  duty: {ask: text, next: duty}",
			`step "duty" is a dead end`},
		{"an outcome that is not handled", "flows/application.status.yaml", "outcomes: {found: which, not_found: unknown, mismatch: differs}", "outcomes: {found: which, not_found: unknown}",
			`step "find" does not handle outcome "mismatch" of application.find`},
		{"an outcome that never happens", "flows/application.status.yaml", "sent: sent, no_contact: nowhere", "sent: sent, no_contact: nowhere, foud: sent",
			`handles outcome "foud", which application.notify never has`},
		{"an unknown operation", "flows/application.status.yaml", "call: application.notify", "call: application.notfy",
			`calls "application.notfy", which no service offers; did you mean "application.notify"?`},
		{"an unknown field", "flows/application.status.yaml", "{ask: full_name, next: born}", "{ask: full_name, nxt: born}",
			`there is no field "nxt" here; did you mean "next"?`},
		{"an unknown kind of answer", "flows/application.status.yaml", "{ask: full_name,", "{ask: fullname,",
			`asks for "fullname", which is no kind of answer; did you mean "full_name"?`},
		{"two kinds at once", "flows/application.status.yaml", "{ask: full_name, next: born}", "{ask: full_name, say: true, next: born}",
			`step "name" is of two kinds, say and ask`},
		{"a condition that names nothing", "flows/application.status.yaml", `status == "на проверке"`, `statsu == "на проверке"`,
			`unknown name statsu`},
		{"a circle without a question", "flows/tech.problem.yaml", "{say: true, next: register}", "{say: true, next: advice2}\n  advice2: {say: true, next: advice}",
			"leads in a circle that never waits"},
		{"a text missing in one language", "locales/en/application.status.yaml", "  born:\n", "  borne:\n",
			`step "born" of flows/application.status.yaml has no text`},
		{"words of a step that is not there", "locales/en/application.status.yaml", "  born:\n", "  borne:\n",
			`flow "application.status" has no step "borne"; did you mean "born"?`},
		{"a fact written out", "locales/ru/hotline.call.yaml", "{@hotline.phone}", "8 800 100-70-10",
			`spells out "8 800 100-70-10", which is a fact; write {@hotline.phone}`},
		{"a fact that does not exist", "locales/ru/hotline.call.yaml", "{@hotline.phone}", "{@hotline.fone}",
			`refers to fact "hotline.fone", which does not exist; did you mean "hotline.phone"?`},
		{"a placeholder that nothing sets", "locales/ru/application.status.yaml", "({service})", "({servise})",
			`refers to {servise}, which nothing sets; did you mean "service"?`},
		{"a label too long for VK", "locales/ru/application.status.yaml", "label: Прислать подтверждение,", "label: Прислать подтверждение по СМС или на электронную почту,",
			"a button shows at most 40 characters"},
		{"a secret asked for", "locales/ru/application.status.yaml", "Дата рождения заявителя?", "Введите пароль от кабинета",
			"asks for a secret"},
		{"an empty fact", "flows/facts.yaml", "value: 8-800-100-70-10", `value: ""`,
			"fact hotline.phone has no value"},
		{"a button to nowhere", "flows/topics.yaml", "next: [hotline.hours, hotline.questions, operator]", "next: [hotline.hour]",
			`topic "hotline.call" leads on to "hotline.hour", which does not exist; did you mean "hotline.hours"?`},
		{"a way of assigning that there is not", "flows/desk.yaml", "assign: auto", "assign: autp", `assign: "autp" is neither auto nor manual; did you mean "auto"?`},
		{"an offer too short to be seen", "flows/desk.yaml", "accept_within: 2m ", "accept_within: 2s ", `flows/desk.yaml:7: accept_within: 2s is outside of 10s to 24h0m0s`},
		{"a wait that could never be told", "flows/desk.yaml", "wait_min: 8", "wait_min: 60", `wait_min: 60 is more than wait_sample, 50`},
		{"an unknown setting of the desk", "flows/desk.yaml", "max_lapses:", "max_lapse:", `there is no field "max_lapse" here; did you mean "max_lapses"?`},
		{"broken YAML", "flows/tech.problem.yaml", "steps:\n", "steps: [\n", "flows/tech.problem.yaml:"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := flowtest.Shipped(t)
			before := string(files[tt.file].Data)
			if !strings.Contains(before, tt.old) {
				t.Fatalf("%s no longer holds %q", tt.file, tt.old)
			}
			files[tt.file].Data = []byte(strings.Replace(before, tt.old, tt.new, 1))
			_, ps := flow.Load(files)
			for _, p := range ps.Fatal() {
				if strings.Contains(p.Error(), tt.want) {
					return
				}
			}
			t.Errorf("%q is not among the problems:\n%v", tt.want, ps.Fatal())
		})
	}
}

func TestAdvance(t *testing.T) {
	c := flowtest.Load(t, flowtest.Shipped(t))
	f := c.Flows["application.status"]
	if next, err := f.Advance("number", flow.Next); err != nil || next != "name" {
		t.Errorf("after the number comes %q (%v)", next, err)
	}
	for range 3 { // a refused outcome must not spoil the machine for the next turn
		if next, err := f.Advance("number", "nonsense"); err == nil {
			t.Errorf("an unknown outcome led to %q", next)
		}
		if next, err := f.Advance("sent", "again"); err != nil || next != "sending" {
			t.Errorf("again leads to %q (%v)", next, err)
		}
	}
	if g, err := f.Graph(); err != nil || !strings.Contains(g, "number --> name") {
		t.Errorf("the graph is %q (%v)", g, err)
	}
}

func FuzzParseFlow(f *testing.F) {
	for name, file := range flowtest.Shipped(f) {
		if strings.HasPrefix(name, "flows/") {
			f.Add(file.Data)
		}
	}
	f.Add([]byte("flow: x\nsteps: {a: {ask: text, next: a}}"))
	f.Add([]byte("steps: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		fl, _ := flow.ParseFlow("flows/fuzz.yaml", data)
		if fl != nil {
			for _, s := range fl.Steps {
				if fl.Step(s.Name) == nil {
					t.Fatalf("step %q is listed but not found", s.Name)
				}
			}
		}
	})
}

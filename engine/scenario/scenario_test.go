package scenario_test

import (
	"strings"
	"testing"

	"spravka/engine/scenario"
)

// parrot says what it hears.
type parrot struct{ heard []scenario.Input }

func (p *parrot) Prepare(scenario.Scenario) (string, error) { return "", nil }

func (p *parrot) Play(in scenario.Input) (scenario.Reply, error) {
	p.heard = append(p.heard, in)
	return scenario.Reply{Texts: []string{"Вы сказали: " + in.Text}, Buttons: []scenario.Button{{Label: "Да", Payload: "yes"}}, SMS: []string{"Код 123456"}, Owner: "bot"}, nil
}

const dialogues = `# A comment on top.
---
# And a document of nothing but a comment.
---
scenario: first
turns:
  - citizen: привет
    bot: {says: [ПРИВЕТ, "[да]"], owner: bot}
  - press: да
    bot: {asks: nothing}
  - citizen: "код $SMS"
    bot: {says: "123456"}
---
scenario: second
turns:
  - citizen: а
    bot: {does_not: сказали}
`

func TestRun(t *testing.T) {
	list, err := scenario.Parse("x.yaml", []byte(dialogues))
	if err != nil || len(list) != 2 {
		t.Fatalf("%d scenarios, %v", len(list), err)
	}
	p := &parrot{}
	if err := scenario.Run(list[0], p, nil); err != nil {
		t.Error(err)
	}
	if p.heard[1].Press != "yes" {
		t.Errorf("the button sent %+v", p.heard[1])
	}
	err = scenario.Run(list[1], p, nil)
	if err == nil || !strings.Contains(err.Error(), `x.yaml: scenario "second", turn 1 (а): it says "сказали"`) {
		t.Errorf("what does not hold is reported as %v", err)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"an unknown field":  "scenario: a\nturns: [{citizen: x, bot: {sayz: y}}]",
		"two inputs":        "scenario: a\nturns: [{citizen: x, press: y}]",
		"no turns":          "scenario: a",
		"no name":           "turns: [{citizen: x}]",
		"what is no YAML":   "scenario: [",
		"an unknown button": "scenario: a\nturns: [{citizn: x}]",
	} {
		if list, err := scenario.Parse("x.yaml", []byte(text)); err == nil {
			t.Errorf("%s was taken: %+v", name, list)
		}
	}
}

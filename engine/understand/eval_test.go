package understand

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func TestReadCases(t *testing.T) {
	cases, err := ReadCases(strings.NewReader(`{"text":"а","topic":"x","tags":["t"]}

{"text":"б","topic":null}
{"text":"в","topic":["x","y"]}
{"text":"г"}`))
	if err != nil || len(cases) != 4 || len(cases[0].Topics) != 1 || cases[1].Topics != nil || len(cases[2].Topics) != 2 || cases[3].Topics != nil {
		t.Fatal(cases, err)
	}
	for _, bad := range []string{`{`, `{"text":"a","topic":5}`, `{"text":5}`} {
		if _, err := ReadCases(strings.NewReader(bad)); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
	if c, err := ReadTSV(strings.NewReader("a\tb c\r\n\nd\te\n")); err != nil || len(c) != 2 || c[0].Text != "b c" || c[1].Topics[0] != "d" {
		t.Error(c, err)
	}
	if _, err := ReadTSV(strings.NewReader("no tab")); err == nil {
		t.Error("a line without a tab was read")
	}
}

func TestAUROC(t *testing.T) {
	for _, x := range []struct {
		in, out []float64
		want    float64
	}{{[]float64{2, 3}, []float64{0, 1}, 1}, {[]float64{0}, []float64{1}, 0}, {[]float64{1}, []float64{1}, 0.5}, {nil, []float64{1}, 0}} {
		if got := auroc(x.in, x.out); math.Abs(got-x.want) > 1e-9 {
			t.Errorf("%v", got)
		}
	}
}

func TestReport(t *testing.T) {
	m := Train(smallCorpus(), Options{})
	cases := []Case{{"забыл пароль", []string{"account.recover"}, []string{"clean"}}, {"до скольки вы работаете", []string{"hotline.hours"}, []string{"clean"}}, {"какая завтра погода", nil, []string{"far"}},
		{"где моё заявление? И ещё: до скольки вы работаете?", []string{"application.status", "hotline.hours"}, nil}}
	rep := m.Evaluate(cases, nil)
	if rep.Messages != 4 || rep.InScope != 3 || rep.OutOfScope != 1 || rep.Top1 != 1 || rep.Top3 != 1 || rep.ByTag["clean"].N != 2 || rep.ByTag["clean"].Top1 != 1 {
		t.Errorf("%+v", rep)
	}
	raw, err := json.Marshal(rep)
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]any
	if err := json.Unmarshal(raw, &keys); err != nil {
		t.Fatal(err)
	}
	for _, k := range strings.Fields("messages in_scope out_of_scope top1 top3 answered answered_right offered offered_right asked_back handed_off resolved wrong_share oos_answered oos_offered both_found auroc p50_us p99_us train_ms by_tag") {
		if _, ok := keys[k]; !ok {
			t.Errorf("no %s in the report", k)
		}
		delete(keys, k)
	}
	if len(keys) > 0 {
		t.Errorf("the report has more than its contract: %v", keys)
	}
	if empty := m.Evaluate(nil, nil); empty.Top1 != 0 || math.IsNaN(empty.WrongShare) {
		t.Errorf("%+v", empty)
	}
}

func TestEvaluateSets(t *testing.T) {
	train := []Case{{"turn on the light", []string{"light"}, nil}, {"switch the lamp on", []string{"light"}, nil}, {"play some music", []string{"music"}, nil}, {"I want to hear a song", []string{"music"}, nil}}
	rep, err := EvaluateSets(train, []Case{{"switch on the light", []string{"light"}, nil}, {"play a song", []string{"music"}, nil}}, []Case{{"quarterly tax report", []string{"__oos__"}, nil}}, stopwatch())
	if err != nil || rep.Top1 != 1 || rep.OutOfScope != 1 || rep.AUROC != 1 {
		t.Errorf("%+v %v", rep, err)
	}
	if _, err := EvaluateSets(nil, nil, nil, stopwatch()); err == nil {
		t.Error("nothing was trained on nothing")
	}
}

func TestConfusions(t *testing.T) {
	c := smallCorpus()
	c.Topics[0].Phrases = append(c.Topics[0].Phrases, Phrase{"до скольки вы работаете сегодня", "ru"}) // stands in the wrong topic
	x := FindConfusions(c, Options{})
	if x.Phrases == 0 || len(x.Pairs) == 0 || len(x.Topics) != len(c.Topics) {
		t.Fatalf("%+v", x)
	}
	found := false
	for _, p := range x.Pairs {
		for _, text := range p.Phrases {
			found = found || text == "до скольки вы работаете сегодня" && p.Taken == "hotline.hours"
		}
	}
	if !found {
		t.Errorf("the misplaced phrase is not reported: %+v", x.Pairs)
	}
	for _, h := range x.Topics {
		if h.Topic == "hotline.hours" && !h.Few {
			t.Error("too few phrases are not reported")
		}
	}
}

func TestCurveAndAblation(t *testing.T) {
	cases := []Case{{"забыл пароль", []string{"account.recover"}, nil}, {"погода", nil, nil}}
	pts := LearningCurve(smallCorpus(), cases, []int{1, 4}, Options{}, nil)
	if len(pts) != 2 || pts[1].Report.Top1 != 1 {
		t.Errorf("%+v", pts)
	}
	abl := Ablation(smallCorpus(), cases, Options{}, nil)
	if len(abl) < 6 || abl[0].Without != "" {
		t.Errorf("%+v", abl)
	}
}

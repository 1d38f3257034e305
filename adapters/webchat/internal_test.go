package webchat

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"spravka/engine"
)

func FuzzFrame(f *testing.F) {
	token := newVisitor().token
	const id = "0190c1a2-7b3e-4c5d-8e9f-0a1b2c3d4e5f"
	for _, seed := range []string{
		`{"type":"hello","token":"` + token + `","after":-200,"locale":"ru"}`,
		`{"type":"message","id":"` + id + `","text":"привет","files":["abc"]}`,
		`{"type":"press","id":"` + id + `","payload":"~human"}`, `{"type":"ping"}`, `{"type":"x"}`, `{}`, `[]`, `null`, ``, "\xff",
		`{"type":"message","id":"` + id + `","text":"\ud800\u0000\r\n"}`, `{"type":"hello","after":1e99}`, strings.Repeat(`{"a":`, 100),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := parseFrame(data)
		if err != nil {
			if fault, ok := errors.AsType[*fault](err); !ok || kinds[fault.code].status == 0 {
				t.Fatalf("an error without a code: %v", err)
			}
			return
		}
		if len(data) > maxFrame {
			t.Fatalf("%d bytes were accepted", len(data))
		}
		switch got.Type {
		case "ping":
		case "hello":
			if v, ok := knownVisitor(got.Token); !ok || v.token != got.Token {
				t.Fatalf("token %q was accepted", got.Token)
			}
		case "message":
			if !utf8.ValidString(got.Text) || utf8.RuneCountInString(got.Text) > maxText || got.Text == "" && len(got.Files) == 0 || len(got.Files) > maxFiles {
				t.Fatalf("accepted: %+v", got)
			}
			if again, err := cleanText(got.Text, true); err != nil || again != got.Text {
				t.Fatalf("%q is not tidy: %q, %v", got.Text, again, err)
			}
		case "press":
			if got.Payload == "" || len(got.Payload) > maxPayload {
				t.Fatalf("accepted: %+v", got)
			}
		default:
			t.Fatalf("type %q was accepted", got.Type)
		}
		if got.Type == "message" || got.Type == "press" {
			if len(got.ID) != 36 || got.ID != strings.ToLower(got.ID) {
				t.Fatalf("id %q was accepted", got.ID)
			}
			if update := newVisitor().update(got.ID); clientID(update) != got.ID || len(update) > 128 {
				t.Fatalf("id %q does not come back", got.ID)
			}
		}
	})
}

func TestEveryFaultHasBothLanguages(t *testing.T) {
	for code, k := range kinds {
		ru, _ := tell(faulty(code), "ru")
		en, _ := tell(faulty(code), "en")
		if k.status < 400 || ru.Message == "" || en.Message == "" || ru.Message == en.Message || ru.Code != code {
			t.Errorf("%s: %d %+v %+v", code, k.status, ru, en)
		}
	}
	if got, _ := tell(errors.New("secret"), "ru"); got.Code != "internal" || strings.Contains(got.Message, "secret") {
		t.Errorf("got %+v", got)
	}
}

func TestBothLanguagesHaveTheSameWords(t *testing.T) {
	for name, d := range map[string]dictionary{"page": words, "widget": readWords(widgetWords)} {
		if len(d) != 2 {
			t.Fatalf("%s: %d languages", name, len(d))
		}
		for word, ru := range d["ru"] {
			if en, ok := d["en"][word]; !ok || en == "" || ru == "" {
				t.Errorf("%s: %q is missing in a language", name, word)
			}
		}
		if len(d["ru"]) != len(d["en"]) {
			t.Errorf("%s: %d and %d words", name, len(d["ru"]), len(d["en"]))
		}
	}
	js := string(scriptAsset.plain)
	for word := range readWords(widgetWords)["ru"] {
		if !strings.Contains(js, "say."+word) && !strings.Contains("citizen bot operator", word) { // those are looked up by author
			t.Errorf("the widget does not use %q", word)
		}
	}
}

func TestMarkup(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "",
		"a\nb\n\nc":                         "p(a|b) p(c)",
		"a\n- b\n- **c** d\ne":              "p(a) ul(b|B[c] d) p(e)",
		"- a\n\n- b":                        "ul(a) ul(b)",
		"**a** и **b":                       "p(B[a] и **b)",
		"[я](https://e.ru/a?b=c).":          "p(L[я→https://e.ru/a?b=c].)",
		"[я](javascript:alert(1))":          "p([я](javascript:alert(1)))",
		"[я](http://e.ru)":                  "p([я](http://e.ru))",
		"[a](tel:+7800) [b](mailto:a@e.ru)": "p(L[a→tel:+7800] L[b→mailto:a@e.ru])",
		"см. https://e.ru/x, и (https://e.ru).": "p(см. L[https://e.ru/x→https://e.ru/x], и (L[https://e.ru→https://e.ru]).)",
		"<b>x</b>":        "p(<b>x</b>)",
		"*a* _b_ `c` # d": "p(*a* _b_ `c` # d)",
	} {
		var got []string
		for _, b := range blocks(text) {
			var lines []string
			for _, l := range b.Lines {
				var line strings.Builder
				for _, s := range l {
					switch {
					case s.Href != "":
						fmt.Fprintf(&line, "L[%s→%s]", s.Text, s.Href)
					case s.Bold:
						fmt.Fprintf(&line, "B[%s]", s.Text)
					default:
						line.WriteString(s.Text)
					}
				}
				lines = append(lines, line.String())
			}
			kind := "p"
			if b.List {
				kind = "ul"
			}
			got = append(got, kind+"("+strings.Join(lines, "|")+")")
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%q:\n%s", text, diff)
		}
	}
}

func TestTheLimiterForgetsTheIdleOnly(t *testing.T) {
	now := time.Unix(0, 0)
	l := newLimiter(1, 2, func() time.Time { return now })
	for range 2 {
		if ok, _ := l.allow("busy"); !ok {
			t.Fatal("refused too early")
		}
	}
	for i := range 5 * limiterKeys {
		l.allow(fmt.Sprint(i))
		if i%1000 == 0 {
			if ok, wait := l.allow("busy"); ok || wait != time.Second {
				t.Fatalf("after %d others the busy one is forgotten: %v, %v", i, ok, wait)
			}
		}
	}
	if n := len(l.young) + len(l.former); n > limiterKeys {
		t.Errorf("%d keys are kept", n)
	}
	now = now.Add(time.Second)
	if ok, _ := l.allow("busy"); !ok {
		t.Error("a second later it is still refused")
	}
}

func TestTheBudgetOfUploads(t *testing.T) {
	b := newBudget(100, 60)
	release, ok := b.take("a", 60)
	if !ok {
		t.Fatal("refused")
	}
	if _, ok := b.take("a", 1); ok {
		t.Error("one key has more than its share")
	}
	if _, ok := b.take("b", 41); ok {
		t.Error("all have more than there is")
	}
	if _, ok := b.take("b", 40); !ok {
		t.Error("refused though there is room")
	}
	release()
	release() // harmless
	if _, ok := b.take("a", 60); !ok {
		t.Error("what was given back can't be taken")
	}
}

func TestAnEntryOverTheWire(t *testing.T) {
	at := time.Date(2026, 11, 24, 9, 0, 0, 123456789, time.FixedZone("", 3*3600))
	data, err := json.Marshal(entry{Seq: 1, At: at.UTC().Truncate(time.Millisecond), Author: engine.Bot, Text: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(data), `{"seq":1,"at":"2026-11-24T06:00:00.123Z","author":"bot","text":"x"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

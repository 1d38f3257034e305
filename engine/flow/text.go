package flow

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Text is a text with placeholders, compiled at load:
//
//	{name}                    a slot, or a value that the engine computes, such as {hours.until}
//	{@hotline.phone}          a fact
//	{phone|mask}              through a filter: mask, term, list, lower
//	{ahead:человек|человека|человек}   the number and the plural form of the language (CLDR's cardinal rules)
//	{? note}…{/}              only if the value is not empty
//	{?! note}…{/}             only if it is
type Text struct {
	Source string
	parts  []part
	pl     *plurals
}

type part struct {
	kind   partKind
	lit    string   // literal
	name   string   // slot or fact
	filter string   // slot
	forms  []string // plural
	inner  []part   // conditional
	empty  bool     // conditional: the value must be empty
}

type partKind uint8

const (
	literal partKind = iota
	slotPart
	factPart
	pluralPart
	condPart
)

// plurals picks among the forms that editors write: one|few|many for Russian, one|other for English.
type plurals struct{ tag language.Tag }

func (p *plurals) pick(n int, forms []string) string {
	if n < 0 {
		n = -n
	}
	f := plural.Cardinal.MatchPlural(p.tag, n, 0, 0, 0, 0)
	i := len(forms) - 1
	switch {
	case f == plural.One:
		i = 0
	case f == plural.Few && len(forms) > 2:
		i = 1
	}
	return forms[i]
}

// ParseText compiles a text.
func ParseText(src, locale string) (*Text, error) {
	src = strings.TrimSpace(src)
	t := &Text{Source: src, pl: &plurals{language.Make(locale)}}
	parts, rest, err := parseParts(src, false)
	if err != nil {
		return nil, err
	}
	if rest != "" {
		return nil, fmt.Errorf("{/} without {? …} before it")
	}
	t.parts = parts
	return t, nil
}

func parseParts(src string, inner bool) (parts []part, rest string, err error) {
	for {
		i := strings.IndexByte(src, '{')
		if i < 0 {
			if inner {
				return nil, "", fmt.Errorf("{? …} is not closed by {/}")
			}
			if src != "" {
				parts = append(parts, part{kind: literal, lit: src})
			}
			return parts, "", nil
		}
		if i > 0 {
			parts = append(parts, part{kind: literal, lit: src[:i]})
		}
		j := strings.IndexByte(src[i:], '}')
		if j < 0 {
			return nil, "", fmt.Errorf("{ is not closed in %q", shorten(src[i:], 30))
		}
		body := strings.TrimSpace(src[i+1 : i+j])
		src = src[i+j+1:]
		switch {
		case body == "/":
			if inner {
				return parts, src, nil
			}
			return parts, "{/}" + src, nil
		case strings.HasPrefix(body, "?"):
			name, empty := strings.CutPrefix(body[1:], "!")
			p := part{kind: condPart, name: strings.TrimSpace(name), empty: empty}
			if p.inner, src, err = parseParts(src, true); err != nil {
				return nil, "", err
			}
			parts = append(parts, p)
		case strings.HasPrefix(body, "@"):
			parts = append(parts, part{kind: factPart, name: strings.TrimSpace(body[1:])})
		case strings.Contains(body, ":"):
			name, forms, _ := strings.Cut(body, ":")
			parts = append(parts, part{kind: pluralPart, name: strings.TrimSpace(name), forms: strings.Split(forms, "|")})
		default:
			name, filter, _ := strings.Cut(body, "|")
			name, filter = strings.TrimSpace(name), strings.TrimSpace(filter)
			switch filter {
			case "", "mask", "term", "list", "lower":
			default:
				return nil, "", fmt.Errorf("there is no filter %q; there are mask, term, list and lower", filter)
			}
			if name == "" {
				return nil, "", fmt.Errorf("{} names nothing")
			}
			parts = append(parts, part{kind: slotPart, name: name, filter: filter})
		}
	}
}

// Values gives the value of a placeholder. Filter is "" or one of Text's filters; fact says that the name is a fact's.
type Values interface {
	Value(name, filter string, fact bool) string
}

// Render fills the placeholders in.
func (t *Text) Render(v Values) string {
	if len(t.parts) == 1 && t.parts[0].kind == literal {
		return t.parts[0].lit
	}
	var b strings.Builder
	b.Grow(len(t.Source) + 32)
	t.render(&b, t.parts, v)
	return b.String()
}

func (t *Text) render(b *strings.Builder, parts []part, v Values) {
	for i := range parts {
		p := &parts[i]
		switch p.kind {
		case literal:
			b.WriteString(p.lit)
		case slotPart:
			b.WriteString(v.Value(p.name, p.filter, false))
		case factPart:
			b.WriteString(v.Value(p.name, "", true))
		case pluralPart:
			s := v.Value(p.name, "", false)
			n, _ := strconv.Atoi(s)
			b.WriteString(s)
			b.WriteByte(' ')
			b.WriteString(t.pl.pick(n, p.forms))
		case condPart:
			fact := strings.HasPrefix(p.name, "@")
			if (v.Value(strings.TrimPrefix(p.name, "@"), "", fact) == "") == p.empty {
				t.render(b, p.inner, v)
			}
		}
	}
}

// Refers calls f with each placeholder's name.
func (t *Text) Refers(f func(name string, fact bool)) { refers(t.parts, f) }

func refers(parts []part, f func(string, bool)) {
	for _, p := range parts {
		switch p.kind {
		case slotPart, pluralPart:
			f(p.name, false)
		case factPart:
			f(p.name, true)
		case condPart:
			f(strings.TrimPrefix(p.name, "@"), strings.HasPrefix(p.name, "@"))
			refers(p.inner, f)
		}
	}
}

func shorten(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n]) + "…"
}

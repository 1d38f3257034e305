package console

import (
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/language"
)

//go:embed words/*.yaml
var wordFiles embed.FS

// languages holds every text of the console: locale → key → text. Placeholders stand in braces: {name}.
var languages = map[string]map[string]string{"ru": readWords("ru"), "en": readWords("en")}

// localeOrder is the order in which languages are offered, and that of the matcher below.
var localeOrder = []string{"ru", "en"}

var matcher = language.NewMatcher([]language.Tag{language.Russian, language.English})

// readWords reads the files of a language, words/ru.yaml and words/ru.*.yaml: a fault in one is a fault of the program.
func readWords(locale string) map[string]string {
	names, err := fs.Glob(wordFiles, "words/"+locale+".*")
	if err != nil {
		panic(err)
	}
	texts := map[string]string{}
	for _, name := range names {
		file, err := wordFiles.ReadFile(name)
		if err != nil {
			panic(err)
		}
		var more map[string]string
		if err := yaml.UnmarshalWithOptions(file, &more, yaml.DisallowUnknownField()); err != nil {
			panic(fmt.Sprintf("console: %s: %v", name, err))
		}
		for key, text := range more {
			if _, ok := texts[key]; ok {
				panic(fmt.Sprintf("console: %s: %s stands in another file as well", name, key))
			}
			texts[key] = text
		}
	}
	return texts
}

// word returns the text of a key. args are name, value, name, value, … for its placeholders.
func word(locale, key string, args ...any) string {
	text, ok := languages[locale][key]
	if !ok {
		return key
	}
	for i := 0; i+1 < len(args); i += 2 {
		text = strings.ReplaceAll(text, "{"+fmt.Sprint(args[i])+"}", fmt.Sprint(args[i+1]))
	}
	return text
}

// wordOr is the word for a value if there is one, else the value.
func wordOr(locale, prefix, value string) string {
	if text := word(locale, prefix+value); text != prefix+value {
		return text
	}
	return value
}

// term asks the content for a word and falls back to the value.
func (c *Console) term(locale, value string) string {
	if value == "" {
		return ""
	}
	if name := c.Content.Term(locale, value); name != "" {
		return name
	}
	return value
}

const localeCookie = "spravka_console_locale"

// localeOf returns the language of a request: the one chosen before, else the one that the browser likes best.
func (c *Console) localeOf(r *http.Request) string {
	if cookie, err := r.Cookie(localeCookie); err == nil {
		if _, ok := languages[cookie.Value]; ok {
			return cookie.Value
		}
	}
	header := r.Header.Get("Accept-Language")
	if len(header) > 200 {
		header = ""
	}
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(tags) == 0 {
		return c.config.Locale
	}
	if _, i, sure := matcher.Match(tags...); sure != language.No {
		return localeOrder[i]
	}
	return c.config.Locale
}

func (c *Console) setLanguage(w http.ResponseWriter, r *http.Request, v *visit) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	locale := form.Get("locale")
	if _, ok := languages[locale]; !ok {
		return problem(http.StatusBadRequest, "problem.form")
	}
	if v.known() && v.operator.Locale != "" {
		o := v.operator
		o.Locale = locale
		if err := c.Accounts.UpdateOperator(r.Context(), o); err != nil {
			return err
		}
	}
	http.SetCookie(w, &http.Cookie{
		Name: localeCookie, Value: locale, Path: Root, MaxAge: 365 * 24 * 60 * 60,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: c.secure(r),
	})
	http.Redirect(w, r, localPath(form.Get("back")), http.StatusSeeOther)
	return nil
}

// cut shortens a text to at most n characters.
func cut(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:n-1])) + "…"
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

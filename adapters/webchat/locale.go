package webchat

import (
	_ "embed"
	"encoding/json"
	"net/http"

	"golang.org/x/text/language"
)

//go:embed words/page.json
var pageWords []byte

//go:embed words/widget.json
var widgetWords []byte

// words of the page and of transcripts, per locale. The widget has its own, which it gets with its script.
var words = readWords(pageWords)

type dictionary map[string]map[string]string

func readWords(data []byte) dictionary {
	var d dictionary
	if err := json.Unmarshal(data, &d); err != nil {
		panic("web chat: its embedded words are broken: " + err.Error()) // a test reads them
	}
	return d
}

// say returns a word in a locale.
func (d dictionary) say(locale, word string) string {
	if w, ok := d[locale][word]; ok {
		return w
	}
	return d["ru"][word]
}

var tongues = language.NewMatcher([]language.Tag{language.Russian, language.English})

// known returns the locale if the chat speaks it, otherwise "".
func known(locale string) string {
	if len(locale) > 2 && (locale[2] == '-' || locale[2] == '_') {
		locale = locale[:2]
	}
	if _, ok := words[locale]; ok {
		return locale
	}
	return ""
}

// locale tells in which language to answer a request: the one it asks for, else the browser's, else the default.
func (c *Chat) locale(r *http.Request) string {
	if l := known(r.URL.Query().Get("lang")); l != "" {
		return l
	}
	head := r.Header.Get("Accept-Language")
	if head == "" || len(head) > 200 {
		return c.config.Locale
	}
	wanted, _, err := language.ParseAcceptLanguage(head)
	if err != nil || len(wanted) == 0 {
		return c.config.Locale
	}
	_, i, confidence := tongues.Match(wanted...)
	if confidence == language.No {
		return c.config.Locale
	}
	return []string{"ru", "en"}[i]
}

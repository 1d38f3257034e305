package console

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"spravka/engine/host"
)

func TestCommonPasswords(t *testing.T) {
	o := host.Operator{Login: "a.petrova", Name: "Анна Петрова"}
	for password, want := range map[string]string{
		"":                         "password.too_short",
		"короткий":                 "password.too_short",
		strings.Repeat("ж", 129):   "password.too_long",
		"\xff\xff\xffabcdefghijkl": "password.too_long",
		"aaaaaaaaaaaaaaaa":         "password.common",
		"123456789012":             "password.common",
		"qwertyuiop123":            "password.common",
		"1q2w3e4r5t6y7u":           "password.common",
		"1qaz2wsx3edc":             "password.common",
		"zaq12wsxcde3":             "password.common",
		"Password2026!":            "password.common",
		"P@ssw0rd2026":             "password.common",
		"administrator1":           "password.common",
		"iloveyou2026!":            "password.common",
		"Пароль123456":             "password.common",
		"gfhjkm123456":             "password.common", // «пароль» in the other layout
		"ghbdtnghbdtn":             "password.common",
		"Москва-2026-лето":         "password.common",
		"йцукенгшщзхъ":             "password.common",
		"0987654321-10":            "password.common",
		"abcdefghijklm":            "password.common",
		"20.11.2026 20.11":         "password.common",
		"passwordpassword":         "password.common",
		"петрова и синее море":     "password.has_name",
		"gtnhjdf b cbytt vjht":     "password.has_name", // the same in the other layout
		"xx-a.PETROVA-kloptz":      "password.has_name",
		"парус над морем":          "",
		"три корабля ушли":         "",
		"correct horse battery":    "",
		"fjwmkeoprqxn":             "",
		"Новый год был тёплым":     "",
	} {
		if got := weakness(password, o); got != want {
			t.Errorf("%q: %q, want %q", password, got, want)
		}
	}
	for range 100 {
		if password := NewPassword(); weakness(password, o) != "" {
			t.Errorf("the generated password %q is refused", password)
		}
	}
}

// TestCommonIsSafe feeds whatever there is: no text may break it or keep it busy.
func TestCommonIsSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, passwordMost, -1).Draw(t, "text")
		first := common(text)
		if again := common(text); again != first {
			t.Fatal("differs")
		}
	})
}

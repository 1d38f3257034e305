package console

import (
	"testing"

	"spravka/adapters/sqlite"
	"spravka/engine/host"
)

// The board is open to supervisors only, draws what the desk counts, and is accessible on a phone.
func TestBoard(t *testing.T) {
	chrome := startChromium(t)
	x := openDesk(t, func(c *host.Config, store *sqlite.Store) { c.Staff = store })
	x.callOperator("somebody")
	_, supervisor := x.hire("vera", "Вера Соколова", host.RoleSupervisor)
	_, operator := x.hire("anna", "Анна Петрова", host.RoleOperator)
	w := x.window(chrome, supervisor)
	w.size(360, 740)
	w.open("board")
	w.clean("the board at first")
	live(w)
	w.until(`document.querySelector('.tiles dd').textContent === '1'`)
	x.callOperator("another")
	w.until(`document.querySelector('.tiles dd').textContent === '2'`)
	for _, scheme := range []string{"light", "dark"} {
		w.scheme(scheme)
		w.accessible("the board, " + scheme)
		if over := eval[int](w, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
			t.Errorf("%d pixels stand out at the side: %s", over, eval[string](w, `[...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 4).map((e) => e.tagName + "." + e.className).join(" ")`))
		}
		shoot(w, "board-"+scheme+"-360")
	}
	w.clean("the board")
	stranger := x.window(chrome, operator)
	stranger.open("board")
	if name := eval[string](stranger, `document.body.dataset.page`); name != "problem" {
		t.Errorf("an operator sees %s", name)
	}
}

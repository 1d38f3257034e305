package telegram

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"spravka/engine/host"
)

// What can't be taken in is told once, however often the words beside it have to be tried while the store is down.
func TestANoticeIsToldOnce(t *testing.T) {
	for name, body := range map[string]string{
		"a video": `"video":{"file_id":"x"},"caption":"не открывается"`,
		"a file":  `"document":{"file_id":"F","file_name":"a.pdf","file_size":10485761},"caption":"не открывается"`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSetting(t, nil)
				down := time.Now().Add(5 * time.Minute)
				s.ear.Fail(func(host.Inbound) error {
					if time.Now().Before(down) {
						return errors.New("the store is down")
					}
					return nil
				})
				s.fake.push(documentOf(body))
				s.run(func(context.Context) { time.Sleep(10 * time.Minute) })
				if diff := cmp.Diff(map[string][]string{"5": {"не открывается"}}, s.ear.Texts()); diff != "" {
					t.Error(diff)
				}
				if n := len(s.fake.out()); n != 1 {
					t.Errorf("told %d times", n)
				}
			})
		})
	}
}

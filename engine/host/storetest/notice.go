package storetest

import (
	"errors"
	"testing"

	"spravka/engine/desk"
	"spravka/engine/host"
)

func announce(t *testing.T, s Store, kind desk.NoticeKind, from, to int, request string) desk.Notice {
	t.Helper()
	n := desk.Notice{Kind: kind, Texts: map[string]string{"ru": "Не грузятся файлы.", "en": "Files do not load."}, Starts: after(from), MadeBy: "olga", Made: start}
	if to != 0 {
		n.Ends = after(to)
	}
	id, err := s.AddNotice(t.Context(), n, request)
	must(t, err)
	n.ID = id
	return n
}

func notices(t *testing.T, s Store, second int, open, over []desk.Notice) {
	t.Helper()
	gotOpen, gotOver, err := s.Notices(t.Context(), after(second), 10)
	must(t, err)
	same(t, "open notices", gotOpen, open)
	same(t, "notices that are over", gotOver, over)
}

// noticeTests prove [host.Notices].
var noticeTests = map[string]func(*testing.T, Store){
	"a notice lasts until its end, or until it is ended": func(t *testing.T, s Store) {
		works := announce(t, s, desk.Works, 100, 200, "a")
		fault := announce(t, s, desk.FaultNews, 0, 0, "b")
		notices(t, s, 150, []desk.Notice{fault, works}, nil)
		notices(t, s, 200, []desk.Notice{fault}, []desk.Notice{works})
		must(t, s.EndNotice(t.Context(), fault.ID, "pavel", after(300)))
		fault.Ended, fault.EndedBy = after(300), "pavel"
		notices(t, s, 300, nil, []desk.Notice{fault, works})
		if err := s.EndNotice(t.Context(), fault.ID, "pavel", after(301)); !errors.Is(err, host.ErrNotFound) {
			t.Errorf("ending it again: %v, want ErrNotFound", err)
		}
	},
	"a form that is sent twice makes one notice": func(t *testing.T, s Store) {
		one, two := announce(t, s, desk.Works, 0, 100, "form"), announce(t, s, desk.Works, 0, 100, "form")
		if one.ID != two.ID {
			t.Errorf("notices %d and %d", one.ID, two.ID)
		}
		notices(t, s, 1, []desk.Notice{one}, nil)
	},
	"who has reported a fault is told once that it is over": func(t *testing.T, s Store) {
		r := begin(t, s, "a")
		r = put(t, s, r, ticket(r, "Т-26-000001-1"))
		fault := announce(t, s, desk.FaultNews, 0, 0, "f")
		for range 2 {
			must(t, s.JoinNotice(t.Context(), fault.ID, "Т-26-000001-1"))
		}
		for _, none := range []struct {
			id     int64
			ticket string
		}{{fault.ID, "Т-26-000009-9"}, {fault.ID + 99, "Т-26-000001-1"}} {
			if err := s.JoinNotice(t.Context(), none.id, none.ticket); !errors.Is(err, host.ErrNotFound) {
				t.Errorf("joining %v: %v, want ErrNotFound", none, err)
			}
		}
		none, err := s.Untold(t.Context(), after(10), 10)
		must(t, err)
		same(t, "reports of a fault that lasts", none, []host.Report(nil))
		must(t, s.EndNotice(t.Context(), fault.ID, "olga", after(20)))
		fault.Ended, fault.EndedBy = after(20), "olga"
		want := []host.Report{{Notice: fault, Ticket: "Т-26-000001-1", Conversation: r.ID}}
		got, err := s.Untold(t.Context(), after(21), 10)
		must(t, err)
		same(t, "reports", got, want)
		must(t, s.Told(t.Context(), got[0]))
		none, err = s.Untold(t.Context(), after(22), 10)
		must(t, err)
		same(t, "reports that were told", none, []host.Report(nil))
	},
	"bad notices are refused": func(t *testing.T, s Store) {
		for name, n := range map[string]desk.Notice{
			"no text": {Kind: desk.Works, MadeBy: "olga"}, "an empty text": {Kind: desk.Works, MadeBy: "olga", Texts: map[string]string{"ru": ""}},
			"another kind": {Kind: "gossip", MadeBy: "olga", Texts: map[string]string{"ru": "x"}}, "nobody": {Kind: desk.Works, Texts: map[string]string{"ru": "x"}},
		} {
			if _, err := s.AddNotice(t.Context(), n, name); err == nil {
				t.Errorf("%s: it was stored", name)
			}
		}
	},
}

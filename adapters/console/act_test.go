package console

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"spravka/engine"
	"spravka/engine/host"
)

func TestAWholeCase(t *testing.T) {
	b := newBench(t)
	one := b.world.open(ticketOf("О-26-00001"))
	b.world.say(one.Conversation, engine.Citizen, "Помогите")
	br := b.as(anna)
	path := ticketURL(one.Number)
	step := func(action, text, notice string) {
		t.Helper()
		to := br.do(one.Number, action, text).status(t, 303).location()
		if to != path+"?done="+action {
			t.Errorf("%s leads to %q", action, to)
		}
		br.get(to).status(t, 200).has(t, notice)
	}
	step("take", "", "Обращение за вами")
	br.get(path).has(t, "<strong>У вас</strong>").lacks(t, "disabled", `value="take"`)
	step("reply", "Здравствуйте!\r\nСмотрю.  ", "Ответ отправлен")
	step("ask", "Какой у вас браузер?", "попросили уточнить")
	step("ask", "", "попросили уточнить")
	step("resolve", "", "Обращение решено")
	br.get(path).has(t, "Обращение закончено (решено)")
	want := []engine.Acted{
		{Action: engine.Take, Operator: anna, Name: "Анна Петрова", Ticket: one.Number},
		{Action: engine.Reply, Operator: anna, Name: "Анна Петрова", Ticket: one.Number, Text: "Здравствуйте!\nСмотрю."},
		{Action: engine.Ask, Operator: anna, Name: "Анна Петрова", Ticket: one.Number, Text: "Какой у вас браузер?"},
		{Action: engine.Ask, Operator: anna, Name: "Анна Петрова", Ticket: one.Number},
		{Action: engine.Resolve, Operator: anna, Name: "Анна Петрова", Ticket: one.Number},
	}
	if got := fmt.Sprint(b.world.acted); got != fmt.Sprint(want) {
		t.Errorf("acted:\n%s\nwant\n%s", got, fmt.Sprint(want))
	}
	for update := range b.world.updates {
		if len(update) > 60 {
			t.Errorf("the update id %q is too long", update)
		}
	}
	br.do(one.Number, "reply", "ещё слово").status(t, 409).has(t, "Обращение уже закончено", "ещё слово</textarea>")

	two := b.world.open(ticketOf("О-26-00002"))
	br.do(two.Number, "take", "").status(t, 303)
	br.get(br.do(two.Number, "return", "").status(t, 303).location()).has(t, "снова ведёт помощник")
	if owner := b.world.records[two.Conversation].State.Owner; owner != engine.OwnerBot {
		t.Errorf("the owner is %s", owner)
	}
	br.get(path+"?done=<script>").status(t, 200).lacks(t, `class="notice`)
}

func TestReplayedForms(t *testing.T) {
	b := newBench(t)
	one := b.world.open(ticketOf("О-26-00001"))
	br := b.as(anna)
	path := ticketURL(one.Number)
	send := func(form url.Values, done string) {
		t.Helper()
		if to := br.multipart(path, form).status(t, 303).location(); to != path+"?done="+done {
			t.Errorf("leads to %q, want done=%s", to, done)
		}
	}
	take := url.Values{"action": {"take"}, "key": {newKey()}}
	send(take, "take")
	send(take, "again")
	reply := url.Values{"action": {"reply"}, "text": {"Да"}, "key": {newKey()}}
	send(reply, "reply")
	send(reply, "again")
	br.get(path+"?done=again").has(t, "Второй раз ничего не сделано")
	reply.Set("text", "Нет") // somebody went back and wrote something else
	send(reply, "reply")
	send(url.Values{"action": {"reply"}, "text": {"Да"}, "key": {newKey()}}, "reply") // the same words, meant again
	resolve := url.Values{"action": {"resolve"}, "key": {newKey()}}
	send(resolve, "resolve")
	send(resolve, "again")
	if len(b.world.acted) != 5 {
		t.Errorf("%d actions: %v", len(b.world.acted), b.world.acted)
	}

	two := b.world.open(ticketOf("О-26-00002"))
	br.do(two.Number, "take", "")
	path = ticketURL(two.Number)
	send(reply, "reply") // the same key with another ticket is another form
	b.console.forms = newForms(b.clock.now)
	send(reply, "again") // after a restart the store still knows it
}

func TestBadForms(t *testing.T) {
	b := newBench(t)
	one := b.world.open(ticketOf("О-26-00001"))
	br := b.as(anna)
	br.do(one.Number, "take", "").status(t, 303)
	path := ticketURL(one.Number)
	for _, form := range []url.Values{
		{"action": {"reply"}, "text": {"x"}, "key": {"short"}}, {"action": {"reply"}, "text": {"x"}, "key": {strings.Repeat("k", 65)}},
		{"action": {"explode"}}, {"text": {"x"}}, {"action": {"reply"}, "key": {"<script>alert(1)"}},
	} {
		br.multipart(path, form).status(t, 400).has(t, "Форма не принята")
		br.post(path, form).status(t, 400)
	}
	br.send("POST", path, "multipart/form-data", strings.NewReader("x")).status(t, 400)
	br.send("POST", path, "multipart/form-data; boundary=x", strings.NewReader("--x\r\nbroken")).status(t, 400)
	br.send("POST", path, "text/plain", strings.NewReader("action=take")).status(t, 400)
	br.do(one.Number, "reply", " \n\t ").status(t, 422).has(t, "Напишите ответ")
	long := strings.Repeat("ы", 4001)
	br.do(one.Number, "reply", long).status(t, 422).has(t, "4001 знаков", long+"</textarea>")
	long = strings.Repeat("ы", 70000)
	br.do(one.Number, "reply", long).status(t, 422).has(t, "70000 знаков", "4000", long+"</textarea>")
	br.do(one.Number, "reply", strings.Repeat("ы", wordyBytes)).status(t, 400)
	for _, action := range []string{"return", "release", "transfer", "merge"} { // what solves a ticket carries its last answer
		br.do(one.Number, action, "не отправил").status(t, 422).has(t, "неотправленный ответ", "не отправил</textarea>")
	}
	if len(b.world.acted) != 1 {
		t.Errorf("acted: %v", b.world.acted)
	}
	br.do(one.Number, "reply", "a\x00b\x1bc\u202ed\xff").status(t, 303)
	if got := b.world.acted[1].Text; got != "abc\u202ed�" {
		t.Errorf("text %q", got)
	}
	br.do(one.Number, "reply", strings.Repeat("ы", 4000)).status(t, 303)
}

func TestOnlyTheOwnerAnswers(t *testing.T) {
	b := newBench(t)
	one := b.world.open(ticketOf("О-26-00001"))
	a, other := b.as(anna), b.as(boris)
	path := ticketURL(one.Number)
	for _, action := range []string{"reply", "ask", "return", "resolve"} {
		a.do(one.Number, action, "мой текст").status(t, 409).has(t, "Сначала возьмите обращение", "мой текст</textarea>")
	}
	a.get(path+"/take").status(t, 303)
	other.do(one.Number, "take", "").status(t, 303)
	a.get(path).has(t, "Отвечает Борис Лукин", `href="/console/tickets/%D0%9E-26-00001/take"`).lacks(t, `value="take"`)
	for _, action := range []string{"reply", "ask", "return", "resolve"} {
		a.do(one.Number, action, "мой текст").status(t, 409).has(t, "сейчас у сотрудника Борис Лукин", "мой текст</textarea>")
	}
	a.do(one.Number, "take", "").status(t, 409).has(t, "сейчас у сотрудника Борис Лукин")
	a.multipart(path, url.Values{"action": {"take"}, "over": {"77"}}).status(t, 409)

	page := a.get(path+"/take").status(t, 200).has(t, "С гражданином разговаривает Борис Лукин", "Отмена")
	confirmed := url.Values{"action": {"take"}, "over": {page.field("over")}, "key": {page.field("key")}}
	b.world.hand(one.Number, vera, "Вера Соколова") // meanwhile somebody else has it: the confirmation was about Boris
	a.post(path, confirmed).status(t, 409).has(t, "Вера Соколова")
	b.world.hand(one.Number, boris, "Борис Лукин")
	confirmed.Set("key", newKey())
	a.post(path, confirmed).status(t, 303)
	other.do(one.Number, "reply", "поздно").status(t, 409).has(t, "сейчас у сотрудника Анна Петрова", "поздно</textarea>")
	a.do(one.Number, "take", "").status(t, 409).has(t, "уже за вами")
	if len(b.world.acted) != 2 {
		t.Errorf("acted: %v", b.world.acted)
	}
}

func TestTwoTakeAtOnce(t *testing.T) {
	for range 30 {
		b := newBench(t)
		one := b.world.open(ticketOf("О-26-00001"))
		var wait sync.WaitGroup
		codes := make([]int, 3)
		for i, br := range []*browser{b.as(anna), b.as(boris), b.as(vera)} {
			wait.Go(func() { codes[i] = br.do(one.Number, "take", "").Code })
		}
		wait.Wait()
		if len(b.world.acted) != 1 {
			t.Fatalf("%d took it: %v", len(b.world.acted), codes)
		}
	}
}

func TestRefusalsOfTheHost(t *testing.T) {
	b := newBench(t)
	one := b.world.open(ticketOf("О-26-00001"))
	br := b.as(anna)
	br.do(one.Number, "take", "").status(t, 303)
	path := ticketURL(one.Number)
	form := url.Values{"action": {"reply"}, "text": {"важный текст"}, "key": {newKey()}}

	b.world.refuse = host.ErrConflict
	br.multipart(path, form).status(t, 409).has(t, "только что изменилось", "важный текст</textarea>")
	b.world.refuse = errors.New("disk full at /var/lib")
	page := br.multipart(path, form).status(t, 503).has(t, "повторите через минуту", "важный текст</textarea>").lacks(t, "disk full")
	if page.field("key") != form.Get("key") {
		t.Error("the form has another key, so sending it again would not be the same")
	}
	if log := b.log.String(); !strings.Contains(log, "disk full") || strings.Contains(log, "важный") {
		t.Error("log:", log)
	}
	for reason, says := range map[engine.Refusal]string{
		engine.NotOwner: "Сначала возьмите", engine.TicketEnded: "уже закончено", engine.NoTicket: "только что изменилось", engine.Empty: "Напишите ответ",
	} {
		b.world.refuse = host.RefusedError{Reason: reason}
		if a := br.multipart(path, form).has(t, says, "важный текст</textarea>"); a.Code != 409 && a.Code != 422 {
			t.Errorf("%s: status %d", reason, a.Code)
		}
	}
	b.world.refuse = nil
	b.world.before = func() { b.world.hand(one.Number, boris, "Борис Лукин") } // between the look and the deed
	br.multipart(path, form).status(t, 409).has(t, "сейчас у сотрудника Борис Лукин", "важный текст</textarea>")
	b.world.before = nil
	b.world.hand(one.Number, anna, "Анна Петрова")
	br.multipart(path, form).status(t, 303)
	if got := b.world.acted[len(b.world.acted)-1].Text; got != "важный текст" {
		t.Errorf("sent %q", got)
	}
}

var (
	png  = append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), make([]byte, 100)...)
	jpeg = append([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"), make([]byte, 100)...)
	pdf  = []byte("%PDF-1.7\n1 0 obj\n<<>>\nendobj\n")
)

func TestRepliesWithFiles(t *testing.T) {
	b := newBench(t)
	one := b.world.open(ticketOf("О-26-00001"))
	br := b.as(anna)
	br.do(one.Number, "take", "").status(t, 303)
	path := ticketURL(one.Number)
	form := url.Values{"action": {"reply"}, "text": {""}, "key": {newKey()}}
	files := []upload{{"снимок.PNG", png}, {`C:\Users\anna\скан.jpeg`, jpeg}, {"договор", pdf}, {"", nil}}
	br.multipart(path, form, files...).status(t, 303)
	acted := b.world.acted[1]
	var got []string
	for _, f := range acted.Files {
		stored := b.world.files[f.ID]
		got = append(got, fmt.Sprint(f.Name, " ", f.MIME, " ", f.Size, " ", len(stored.content) == int(f.Size), " ", stored.Peer.ID))
	}
	want := "снимок.PNG image/png 116 true visitor|скан.jpeg image/jpeg 111 true visitor|договор.pdf application/pdf 29 true visitor"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("files:\n%s\nwant\n%s", s, want)
	}
	br.multipart(path, form, files...).status(t, 303)
	if b.world.saved != 3 || len(b.world.acted) != 2 {
		t.Errorf("after a replay: %d files, %d actions", b.world.saved, len(b.world.acted))
	}

	b.world.refuse = errors.New("not now") // files of a failed reply are not stored twice when it is sent again
	form = url.Values{"action": {"reply"}, "text": {"вот"}, "key": {newKey()}}
	br.multipart(path, form, upload{"a.png", png}).status(t, 503)
	b.world.refuse = nil
	br.multipart(path, form, upload{"a.png", png}).status(t, 303)
	if b.world.saved != 4 {
		t.Errorf("%d files are stored", b.world.saved)
	}
}

func TestBadFiles(t *testing.T) {
	b := newBench(t)
	one := b.world.open(ticketOf("О-26-00001"))
	br := b.as(anna)
	br.do(one.Number, "take", "").status(t, 303)
	path := ticketURL(one.Number)
	big := append(bytes.Clone(png), make([]byte, fileBytes)...)
	most := bytes.Clone(big[:fileBytes])
	for name, c := range map[string]struct {
		files  []upload
		status int
		says   string
	}{
		"a page":         {[]upload{{"x.png", []byte("<html><script>alert(1)</script>")}}, 422, "«x.png» не подходит"},
		"a program":      {[]upload{{"x.pdf", []byte("MZ\x90\x00")}}, 422, "«x.pdf» не подходит"},
		"an archive":     {[]upload{{"x.pdf", []byte("PK\x03\x04")}}, 422, "не подходит"},
		"an SVG":         {[]upload{{"x.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)}}, 422, "не подходит"},
		"an empty one":   {[]upload{{"x.png", nil}}, 422, "пустой"},
		"a big one":      {[]upload{{"x.png", big}}, 422, "больше 10 МБ"},
		"too many":       {slicesRepeat(upload{"x.png", png}, 6), 422, "не больше 5"},
		"too much":       {slicesRepeat(upload{"x.png", most}, 4), 422, "до 30 МБ"},
		"far too much":   {slicesRepeat(upload{"x.png", most}, 7), 413, "Слишком много данных"},
		"one of two bad": {[]upload{{"a.png", png}, {"b.txt", []byte("text")}}, 422, "«b.txt» не подходит"},
		"a wicked name":  {[]upload{{"<script>alert(1)</script>.txt", []byte("text")}}, 422, "не подходит"},
	} {
		form := url.Values{"action": {"reply"}, "text": {"мой текст"}}
		a := br.multipart(path, form, c.files...).status(t, c.status).has(t, c.says).lacks(t, "<script>")
		if c.status == 422 {
			a.has(t, "мой текст</textarea>")
		}
		if len(b.world.files) != 0 || len(b.world.acted) != 1 {
			t.Fatalf("%s: something was stored", name)
		}
	}
	br.multipart(path, url.Values{"action": {"reply"}}, upload{"x.png", most}).status(t, 303)
	b.as(boris).multipart(path, url.Values{"action": {"reply"}}, upload{"x.png", png}).status(t, 409)
	if b.world.saved != 1 {
		t.Error("a file of somebody who may not answer was stored")
	}
}

func slicesRepeat[T any](one T, n int) []T {
	var all []T
	for range n {
		all = append(all, one)
	}
	return all
}

func TestFileNames(t *testing.T) {
	for name, want := range map[string]string{
		"a.png": "a.png", "../../etc/passwd": "passwd.png", `..\..\boot.ini`: "boot.ini.png", "": "file.png", "...": "file.png", "/": "file.png",
		"a\x00b.png": "ab.png", "x\"y<z>.png": "x_y_z_.png", "gnp.\u202eexe": "gnp._exe.png", "photo.PNG": "photo.PNG",
	} {
		if got := fileName(name, ".png"); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := fileName(strings.Repeat("длинное", 100)+".png", ".png"); len([]rune(got)) != 91 || !strings.HasSuffix(got, ".png") {
		t.Errorf("a long name: %q", got)
	}
}

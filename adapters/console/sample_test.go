package console

import (
	"time"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

// sample fills the world with what a morning at the desk looks like. It returns the tickets that the tests open.
func sample(b *bench) (free, mine, other, solved desk.Ticket) {
	now := b.clock.now()
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	w := b.world
	free = w.open(desk.Ticket{
		Number: "О-26-00417-3", Queue: "urgent", Priority: desk.Urgent, Kind: desk.HandOff, Reason: "flow:tech.problem", Topic: "tech.problem",
		Subject: "Ошибка в кабинете, срок сегодня", Opened: ago(6 * time.Minute), Due: now.Add(4 * time.Minute),
	})
	talkOfFault(w, free.Conversation, now)
	mine = w.open(desk.Ticket{
		Number: "О-26-00409-8", Queue: "status", Kind: desk.HandOff, Reason: "asked", Topic: "application.status",
		Subject: "Где моё заявление", Opened: ago(48 * time.Minute), Due: ago(3 * time.Minute), Status: desk.InWork, Operator: anna, OperatorName: "Анна Петрова",
	})
	talkOfStatus(w, mine.Conversation, now)
	w.changes[mine.Number] = append(w.changes[mine.Number],
		desk.Change{At: ago(40 * time.Minute), Status: desk.InWork, By: "anna"},
		desk.Change{At: ago(30 * time.Minute), Status: desk.Clarify, By: "anna", Note: "Ждём номер заявления от гражданина"},
		desk.Change{At: ago(21 * time.Minute), Status: desk.InWork, By: "citizen"},
	)
	other = w.open(desk.Ticket{
		Number: "О-26-00411-5", Queue: "registration", Kind: desk.HandOff, Reason: "misses", Topic: "account.recover",
		Subject: "Не приходит код на телефон", Opened: ago(35 * time.Minute), Due: now.Add(25 * time.Minute), Status: desk.Clarify, Operator: boris, OperatorName: "Борис Лукин",
	})
	w.say(other.Conversation, engine.Citizen, "Код не приходит второй день, телефон тот же")
	w.say(other.Conversation, engine.Operator, "Проверьте, пожалуйста, не включена ли блокировка коротких номеров.")
	solved = w.open(desk.Ticket{
		Number: "О-26-00388-1", Queue: "general", Kind: desk.HandOff, Reason: "asked", Subject: "График приёма", Opened: ago(26 * time.Hour),
		Status: desk.Solved, Operator: anna, OperatorName: "Анна Петрова",
	})
	w.say(solved.Conversation, engine.Citizen, "Спасибо!")
	for i, s := range []string{
		"Справка 2-НДФЛ за прошлый год", "Сайт не загружает фотографию", "Жалоба на долгое ожидание", "Сменила фамилию, нужна замена данных",
		"Как записать ребёнка в сад", "Очень длинная тема обращения, которую гражданин изложил одним предложением без знаков препинания и которая не помещается в строку",
	} {
		t := w.open(desk.Ticket{Queue: b.console.config.Queues[i%5], Kind: desk.Fault, Reason: "misses", Subject: s, Opened: ago(time.Duration(i*97+70) * time.Minute), Due: now.Add(time.Duration(30-i) * time.Hour)})
		w.say(t.Conversation, engine.Citizen, []string{"Добрый день, подскажите, куда обращаться", "не грузится фото, пишет ошибка 500", "Жду уже третий час!!!"}[i%3])
	}
	return free, mine, other, solved
}

func talkOfFault(w *world, conversation int64, now time.Time) {
	at := func(minutes int) host.Entry { return host.Entry{At: now.Add(-time.Duration(minutes) * time.Minute)} }
	by := func(a engine.Author, minutes int) host.Entry { e := at(minutes); e.Author = a; return e }
	said := by(engine.Citizen, 9)
	said.Trace = traced(engine.Decided{Decision: engine.DecideFlow, Topics: []string{"tech.problem"}})
	w.put(conversation, said, engine.Message{Text: "Здравствуйте! Не могу подать заявление, а сегодня последний день"})
	w.put(conversation, by(engine.Bot, 9), engine.Message{Text: "Понял, это срочно. Что именно не работает?", Buttons: []engine.Button{{Label: "Сайт", Payload: "a"}, {Label: "Приложение", Payload: "b"}, {Label: "Позвать специалиста", Payload: "c"}}})
	w.put(conversation, by(engine.Citizen, 8), engine.Message{Text: "сайт. вот снимок", Files: []engine.File{{ID: "shot", Name: "снимок экрана.png", MIME: "image/png", Size: 421034}}})
	w.put(conversation, by(engine.Bot, 6), engine.Message{Text: "Передаю дежурному специалисту. Номер обращения **О-26-00417-3**.\n\n- Вы первый в очереди.\n- Ответ придёт сюда же."})
	w.put(conversation, by(engine.System, 6), engine.Message{Text: "Обращение О-26-00417-3 открыто"})
	record := w.records[conversation]
	record.State.Frames = []engine.Frame{{Flow: "Техническая неполадка", Step: "шаг: описание"}}
	record.State.Slots = []engine.Slot{{Name: "Что не работает", Value: "Сайт", At: now.Add(-8 * time.Minute)}}
	w.records[conversation] = record
}

func talkOfStatus(w *world, conversation int64, now time.Time) {
	e := func(a engine.Author, minutes int, decided *engine.Decided) host.Entry {
		e := host.Entry{Author: a, At: now.Add(-time.Duration(minutes) * time.Minute)}
		if a == engine.Operator {
			e.Name = "Анна Петрова"
		}
		if decided != nil {
			e.Trace = traced(*decided)
		}
		return e
	}
	w.put(conversation, e(engine.Citizen, 26*60, &engine.Decided{Decision: engine.DecideFlow, Topics: []string{"application.status"}}), engine.Message{Text: "где моё заявление"})
	w.put(conversation, e(engine.Bot, 26*60, nil), engine.Message{Text: "Назовите номер заявления. Он есть в письме о приёме."})
	w.put(conversation, e(engine.Citizen, 52, &engine.Decided{Decision: engine.DecideAskBack}), engine.Message{Text: "нет у меня номера\nпозовите человека"})
	w.put(conversation, e(engine.Bot, 48, &engine.Decided{Decision: engine.DecideHandOff, Topics: []string{"application.status"}}), engine.Message{Text: "Зову специалиста. Номер обращения **О-26-00409-8**."})
	w.put(conversation, e(engine.System, 40, nil), engine.Message{Text: "Разговор ведёт Анна Петрова"})
	w.put(conversation, e(engine.Operator, 39, nil), engine.Message{Text: "Добрый день! Найду по фамилии. Напишите, пожалуйста, фамилию, имя, отчество и дату рождения."})
	w.put(conversation, e(engine.Citizen, 21, nil), engine.Message{Text: "Семёнов Пётр Алексеевич, 29.02.1992"})
	w.put(conversation, e(engine.Operator, 18, nil), engine.Message{Text: "Спасибо. Заявление нашлось, оно **на проверке**. Прикладываю выписку.", Files: []engine.File{{ID: "extract", Name: "выписка по заявлению 1000000022.pdf", MIME: "application/pdf", Size: 88231}}})
	w.put(conversation, e(engine.Citizen, 4, nil), engine.Message{Text: "а когда ответят-то? обещали за десять дней, идёт двенадцатый"})
	record := w.records[conversation]
	record.State.Frames = []engine.Frame{{Flow: "Статус заявления", Step: "шаг: номер"}}
	record.State.Slots = []engine.Slot{
		{Name: "Фамилия, имя, отчество", Value: "Семёнов Пётр Алексеевич", At: now.Add(-21 * time.Minute), Verified: true},
		{Name: "Дата рождения", Value: "29.02.1992", At: now.Add(-21 * time.Minute), Verified: true},
		{Name: "Номер заявления", Value: "1000000022", By: engine.Operator, At: now.Add(-19 * time.Minute)},
	}
	w.records[conversation] = record
}

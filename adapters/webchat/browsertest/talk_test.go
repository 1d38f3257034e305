package browsertest

import (
	"fmt"

	"spravka/engine"
)

// converse leads a conversation in which everything appears: quick replies, files, a queue, an operator.
func converse(b *tab, s *server) {
	b.t.Helper()
	b.say("Здравствуйте! Не могу войти в личный кабинет, пишет «неверный пароль».")
	b.until("$$('.bot').length > 1 && !$('.fate')")
	ids := s.host.Conversations()
	id := ids[len(ids)-1]
	s.host.Say(id, engine.Bot, "", engine.Message{
		Text:    "Пароль можно сменить за **15 минут**:\n\n- откройте страницу входа\n- нажмите «Не помню пароль»\n- следуйте подсказкам\n\nПодробности — в [инструкции](https://example.org/help) или по телефону [8-800-100-70-10](tel:88001007010).",
		Buttons: []engine.Button{{Label: "Помогите вернуть доступ", Payload: "access"}, {Label: "Другой вопрос", Payload: "other"}},
	})
	b.until("text('.quick').includes('Другой вопрос')")
	b.click(".human")
	b.until("shown('.bar')")
	s.host.Take(id)
	s.host.Say(id, engine.Operator, "Анна Сергеевна", engine.Message{Text: "Добрый день! Вижу ваше обращение, сейчас проверю.", Files: []engine.File{{ID: "x", Name: "Памятка о входе.pdf", Size: 340 << 10}}})
	b.until(fmt.Sprintf("text('.operator').includes(%q)", "Добрый день"))
	b.say("Спасибо, жду!")
	b.until("$$('.citizen').length > 2 && !$('.fate')")
}

package register

import (
	"fmt"
	"strings"
	"time"
)

// What citizens read in SMS and e-mails of the register. No names, no passwords, no addresses.

func codeMessage(c citizen, code string) *message {
	return &message{to: c, subject: "Код подтверждения", text: fmt.Sprintf("%s — код подтверждения. Введите его в чате, где вы его запросили. "+
		"Действует %s мин. По телефону и в письмах его никто не спрашивает.", code, minutes(codeLife))}
}

func recoveryMessage(c citizen) *message {
	return &message{to: c, subject: "Новый пароль", text: "В чате поддержки для вас запрошена ссылка, по которой задают новый пароль. " +
		"Если это были не вы, сообщите в поддержку. Сам пароль мы не присылаем и не спрашиваем."}
}

func statusMessage(c citizen, a application) *message {
	var b strings.Builder
	fmt.Fprintf(&b, "Заявление %s (%s): %s.", a.number, a.service, a.status)
	line := func(label string, parts []string) {
		if len(parts) > 0 {
			fmt.Fprintf(&b, " %s: %s.", label, strings.Join(parts, ", "))
		}
	}
	if day, err := time.Parse(time.DateOnly, a.expected); err == nil {
		line("Ожидаемая дата", []string{day.Format("02.01.2006")})
	}
	line("Не хватает", a.Missing)
	line("Как получить", a.Delivery)
	line("Причины", a.Reasons)
	if a.MayFileAgain {
		b.WriteString(" Можно подать снова.")
	}
	return &message{to: c, subject: "Статус заявления " + a.number, text: b.String()}
}

package understand

import (
	"fmt"
	"os"
	"testing"
)

func TestFollowLab(t *testing.T) {
	if os.Getenv("FOLLOW") == "" {
		t.Skip()
	}
	m := Train(contentCorpus(t), Options{})
	for _, x := range [][3]string{
		{"application.status", "а по почте?", "document.delivery"}, {"document.order", "а по почте можно", "document.delivery"},
		{"application.status", "а если отказали?", "application.refused"}, {"hotline.call", "а в выходные?", "hotline.hours"},
		{"hotline.hours", "а ночью?", "hotline.hours"}, {"hotline.hours", "а в чате?", "contact.chat"}, {"account.recover", "а если код не приходит?", "account.no_code"},
		{"account.register", "а какие документы?", "account.documents"}, {"account.wrong_password", "а если заблокировали?", "account.locked"},
		{"hotline.call", "а сколько стоит?", "hotline.call"}, {"contact.chat", "а по почте?", "contact.email"}, {"application.status", "и сколько ждать?", "application.status"},
		{"document.delivery", "а муж может забрать?", "document.delivery"}, {"account.register", "а если уже зарегистрирован?", "account.duplicate"},
		{"application.upload_failed", "а какой формат?", "application.upload_failed"}, {"document.order", "а как оплатить?", "service.payment"},
		{"hotline.call", "а если занято?", "hotline.no_connection"}, {"application.refused", "а куда пожаловаться?", "feedback.send"},
		{"contact.email", "а в телеграме?", "contact.social"}, {"service.income_certificate", "а без интернета?", "document.no_internet"},
	} {
		a := m.Understand(Query{Text: x[1]})
		b := m.Understand(Query{Text: x[1], LastTopic: x[0]})
		ok := "  "
		if b.Topics[0].Topic != x[2] {
			ok = "!!"
		}
		fmt.Println(ok, x, "alone:", a.Decision, a.Topics[:2], "follow:", b.Decision, b.Topics[:3])
	}
}

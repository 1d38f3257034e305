package register

import (
	"strings"
	"testing"
	"time"
)

// prove lets the citizen answer a code right.
func (b *bench) prove(citizen string) (challenge string) {
	b.t.Helper()
	challenge = b.sendCode(citizen, "804513")
	b.want("right", nil, "code.check", b.check(challenge, "804513")...)
	b.sent()
	return challenge
}

func TestRecoverySendsAWordAndNoPassword(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		who              map[string]string
		masked, kind, to string
	}{
		{ivanova, "+7 9** ***-**-01", "sms", "+79000000001"},
		{akhmetova, "a***@example.test", "email", "akhmetova@example.test"},
	} {
		handle := b.identify(c.who)
		challenge := b.prove(handle)
		b.want("started", []string{"to", c.masked}, "account.recover", "citizen", handle, "challenge", challenge)
		sent := b.sent()
		if len(sent) != 1 || sent[0].kind != c.kind || sent[0].to != c.to || !strings.Contains(sent[0].text, "ссылка") ||
			strings.ContainsAny(sent[0].text, "0123456789") {
			t.Errorf("sent %+v", sent)
		}
		b.refused(ErrCall, "account.recover", "citizen", handle, "challenge", challenge) // a proof serves once
		if sent := b.sent(); len(sent) != 0 {
			t.Errorf("sent %v", sent)
		}
	}
}

func TestRecoveryNeedsTheCitizensOwnFreshProof(t *testing.T) {
	b := newBench(t)
	handle, others := b.identify(ivanova), b.identify(kim)
	proof, othersProof := b.prove(handle), b.prove(others)
	unanswered := b.sendCode(handle, "111111")
	b.sent()
	for _, pairs := range [][]string{
		{"citizen", handle, "challenge", othersProof},
		{"citizen", others, "challenge", proof},
		{"citizen", handle, "challenge", unanswered},
		{"citizen", handle, "challenge", ""},
		{"citizen", handle, "challenge", "UNKNOWN"},
		{"citizen", "", "challenge", proof},
		{"citizen", ivanova["snils"], "challenge", proof},
	} {
		b.refused(ErrCall, "account.recover", pairs...)
	}
	b.want("wrong", []string{"left", "2"}, "code.check", b.check(unanswered, "1")...)
	b.refused(ErrCall, "account.recover", "citizen", handle, "challenge", unanswered)

	b.advance(15 * time.Minute)
	b.want("started", []string{"to", "+7 9** ***-**-01"}, "account.recover", "citizen", handle, "challenge", proof)
	b.advance(time.Millisecond)
	b.refused(ErrCall, "account.recover", "citizen", others, "challenge", othersProof)
	if sent := b.sent(); len(sent) != 1 {
		t.Errorf("sent %v", sent)
	}
}

func TestRecoveryWithoutContactIsRefused(t *testing.T) {
	b := newBench(t)
	handle := b.identify(ivanova)
	proof := b.prove(handle)
	b.exec(`UPDATE register_citizens SET phone = '', email = '' WHERE snils = $1`, ivanova["snils"])
	b.refused(ErrCall, "account.recover", "citizen", handle, "challenge", proof)
}

package vk

import (
	"context"
	"slices"
	"strings"
)

// refusal is why an attachment was not taken.
type refusal int

const (
	refuseKind refusal = iota
	refuseSize
	refuseEmpty
	refuseQuota
	refuseLost
)

type sentences struct {
	refused map[refusal]string
	invite  string
	file    string // what stands in for a file that can't be sent
}

// These few sentences belong to VK alone: they speak of what never reaches the engine.
var sentencesOf = map[string]sentences{
	"ru": {
		refused: map[refusal]string{
			refuseKind:  "Я понимаю текст, фотографии и документы (JPEG, PNG, PDF). Остальное, к сожалению, прочитать не могу — напишите, пожалуйста, словами или пришлите файл одного из этих видов.",
			refuseSize:  "Файл больше 10 МБ, такой я принять не могу. Пришлите, пожалуйста, файл поменьше.",
			refuseEmpty: "Файл пришёл пустым. Пришлите его, пожалуйста, ещё раз.",
			refuseQuota: "За сутки от вас пришло уже очень много файлов. Пришлите остальные, пожалуйста, завтра.",
			refuseLost:  "Не получилось загрузить файл. Пришлите его, пожалуйста, ещё раз.",
		},
		invite: "Напишите, пожалуйста, нам в личные сообщения — там ответим подробно: ",
		file:   "Файл не удалось приложить: ",
	},
	"en": {
		refused: map[refusal]string{
			refuseKind:  "I understand text, photos and documents (JPEG, PNG, PDF). I can't read anything else, sorry: please write it in words or send a file of one of these kinds.",
			refuseSize:  "The file is larger than 10 MB, which I can't take. Please send a smaller one.",
			refuseEmpty: "The file came empty. Please send it again.",
			refuseQuota: "You have sent a lot of files within a day. Please send the others tomorrow.",
			refuseLost:  "The file could not be loaded. Please send it again.",
		},
		invite: "Please write to us in private messages, we answer there in detail: ",
		file:   "The file could not be attached: ",
	},
}

func words(locale string) sentences {
	if s, ok := sentencesOf[locale]; ok {
		return s
	}
	return sentencesOf["ru"]
}

// explain says why attachments were not taken: each reason once.
func (a *Adapter) explain(ctx context.Context, s said, refused []refusal) error {
	if len(refused) == 0 {
		return nil
	}
	slices.Sort(refused)
	var text []string
	for _, r := range slices.Compact(refused) {
		text = append(text, words(s.locale).refused[r])
	}
	return a.tell(ctx, s.peer, "refused:"+s.id, strings.Join(text, "\n\n"))
}

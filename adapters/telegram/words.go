package telegram

// tongues are the languages that the channel itself can speak; the first one is the default.
var tongues = []string{"ru", "en"}

// commandNames are the commands in the bot's menu, as they stand there.
var commandNames = []string{"start", "menu", "help", "operator"}

// words is what the channel says without the engine: about what it could not take in.
var words = map[string]map[string]string{
	"ru": {
		"file_type":   "Такой файл мы принять не можем. Подойдут фото JPEG или PNG и документы PDF до 10 МБ.",
		"file_large":  "Файл больше 10 МБ. Пришлите файл поменьше, пожалуйста.",
		"file_empty":  "Файл пуст. Пришлите его ещё раз, пожалуйста.",
		"file_quota":  "На сегодня файлов уже достаточно. Пришлите остальные завтра, пожалуйста.",
		"file_failed": "Файл не удалось получить. Пришлите его ещё раз, пожалуйста.",
		"file_gone":   "Файл больше не доступен: ",
		"kind":        "Здесь понятны слова, фото и документы PDF. Напишите, пожалуйста, словами.",
		"contact":     "Нужен ваш собственный номер. Напишите его, пожалуйста, цифрами.",
		"private":     "Написать лично",
		"/start":      "Начать",
		"/menu":       "Разделы",
		"/help":       "Что можно написать",
		"/operator":   "Позвать специалиста",
	},
	"en": {
		"file_type":   "We can't take a file of this kind. JPEG or PNG pictures and PDF documents up to 10 MB will do.",
		"file_large":  "The file is larger than 10 MB. Please send a smaller one.",
		"file_empty":  "The file is empty. Please send it again.",
		"file_quota":  "That is enough files for today. Please send the others tomorrow.",
		"file_failed": "The file could not be received. Please send it again.",
		"file_gone":   "The file is no longer available: ",
		"kind":        "I understand words, pictures and PDF documents. Please put it in words.",
		"contact":     "Your own number is needed. Please write it in digits.",
		"private":     "Write in private",
		"/start":      "Begin",
		"/menu":       "Topics",
		"/help":       "What you can write",
		"/operator":   "Call a specialist",
	},
}

// word returns a word in a locale, or in the default one.
func word(locale, name string) string {
	if w, ok := words[locale]; ok {
		return w[name]
	}
	return words[tongues[0]][name]
}

// tongue makes a locale of Telegram's language code; "" if it is none of ours.
func tongue(code string) string {
	if len(code) > 2 && (code[2] == '-' || code[2] == '_') {
		code = code[:2]
	}
	if _, ok := words[code]; ok {
		return code
	}
	return ""
}

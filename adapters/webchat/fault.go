package webchat

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"
)

// fault is an error that the client is told: a code for programs and a sentence for people.
type fault struct {
	code string
	wait time.Duration // try again after; zero if that would not help or can be tried at once
}

func (f *fault) Error() string { return f.code }

func faulty(code string) error { return &fault{code: code} }

func faultyIn(code string, wait time.Duration) error { return &fault{code: code, wait: wait} }

// kind is what is known about a code.
type kind struct {
	status int
	ru, en string
}

// Every code that the API may answer with; API.md lists them.
var kinds = map[string]kind{
	"bad_request":      {400, "Запрос составлен неверно.", "The request is malformed."},
	"bad_json":         {400, "Это не JSON или в нём поле неверного вида.", "This is not JSON, or a field has the wrong type."},
	"invalid_utf8":     {400, "Текст не в кодировке UTF-8.", "The text is not valid UTF-8."},
	"not_text":         {400, "Двоичные кадры не принимаются, только текст.", "Binary frames are not accepted, only text."},
	"unknown_type":     {400, "Неизвестный вид кадра: бывают hello, message, press и ping.", "Unknown frame type: there are hello, message, press and ping."},
	"hello_first":      {400, "Первым должен быть кадр hello.", "The first frame must be hello."},
	"hello_again":      {400, "Кадр hello уже был.", "There was a hello frame already."},
	"no_token":         {401, "Нужен ключ переписки: POST /chat/api/v1/session.", "A visitor token is needed: POST /chat/api/v1/session."},
	"bad_token":        {401, "Ключ переписки повреждён.", "The visitor token is damaged."},
	"origin":           {403, "Этому сайту не разрешено показывать чат.", "This site is not allowed to embed the chat."},
	"no_address":       {404, "Такого адреса нет или у него другой метод.", "There is no such address, or it has another method."},
	"no_file":          {404, "Такого файла нет.", "There is no such file."},
	"no_conversation":  {404, "Переписки ещё нет.", "There is no conversation yet."},
	"length_required":  {411, "Укажите длину файла в Content-Length.", "Give the length of the file in Content-Length."},
	"too_large":        {413, "Запрос слишком большой: не больше 64 КиБ.", "The request is too large: 64 KiB at most."},
	"file_too_large":   {413, "Файл больше 10 МБ. Пришлите файл поменьше.", "The file is larger than 10 MB. Please send a smaller one."},
	"file_type":        {415, "Подойдут только фото JPEG или PNG и документы PDF.", "Only JPEG or PNG pictures and PDF documents can be sent."},
	"encoding":         {415, "Сжатые запросы не принимаются.", "Compressed requests are not accepted."},
	"file_empty":       {422, "Файл пуст.", "The file is empty."},
	"too_many_files":   {422, "В одном сообщении может быть не больше 5 файлов.", "A message can have 5 files at most."},
	"too_long":         {422, "Сообщение длиннее 4000 знаков. Сократите его или разделите на части.", "The message is longer than 4,000 characters. Please shorten or split it."},
	"empty":            {422, "Сообщение пустое.", "The message is empty."},
	"bad_id":           {422, "Поле id должно быть UUID.", "The id must be a UUID."},
	"bad_payload":      {422, "Поле payload должно содержать от 1 до 64 печатных знаков ASCII.", "The payload must have 1 to 64 printable ASCII characters."},
	"bad_cursor":       {422, "Параметры after, limit и wait должны быть целыми числами в допустимых пределах.", "The parameters after, limit and wait must be whole numbers within their ranges."},
	"file_quota":       {429, "Сегодня больше файлов прислать нельзя. Попробуйте завтра.", "No more files can be sent today. Please try tomorrow."},
	"too_many":         {429, "Слишком много сообщений подряд. Подождите немного.", "Too many messages in a row. Please wait a little."},
	"too_many_sockets": {429, "Чат открыт в слишком многих вкладках.", "The chat is open in too many tabs."},
	"internal":         {500, "Что-то сломалось. Мы уже разбираемся.", "Something broke. We are looking into it."},
	"busy":             {503, "Сервер сейчас занят. Попробуйте через минуту.", "The server is busy. Please try again in a minute."},
	"unavailable":      {503, "Сообщение не удалось сохранить. Попробуйте ещё раз.", "The message could not be stored. Please try again."},
}

// told is an error as it goes over the wire.
type told struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Retry   int64  `json:"retry_ms,omitempty"` // milliseconds
}

// tell puts an error into words. What is no fault is nobody's business but the log's.
func tell(err error, locale string) (told, kind) {
	f, ok := errors.AsType[*fault](err)
	if !ok {
		f = &fault{code: "internal"}
	}
	k := kinds[f.code]
	t := told{Code: f.code, Message: k.ru, Retry: f.wait.Milliseconds()}
	if locale == "en" {
		t.Message = k.en
	}
	return t, k
}

// refuse answers a request with an error.
func (c *Chat) refuse(w http.ResponseWriter, r *http.Request, err error) {
	t, k := tell(err, c.locale(r))
	if t.Code == "internal" {
		c.config.Log.Error("web chat: a request failed", "path", r.URL.Path, "error", err)
	}
	h := w.Header()
	if t.Retry > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(float64(t.Retry)/1000))))
	}
	h.Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(k.status)
	json.NewEncoder(w).Encode(map[string]told{"error": t}) // a client that has left is no error
}

// answer writes a value as JSON.
func answer(w http.ResponseWriter, status int, v any) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v) // a client that has left is no error
	return nil
}

package answer

import (
	_ "embed"
	"strings"
)

//go:embed names.txt
var namesFile string

// givenNames is the list of names.txt.
var givenNames = func() wordSet {
	s := make(wordSet, 2100)
	for line := range strings.Lines(namesFile) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for w := range strings.FieldsSeq(line) {
			s[w] = struct{}{}
		}
	}
	return s
}()

// givenName reports whether a folded word is a known given name; of a double one either half will do.
func givenName(w string) bool {
	if givenNames.has(w) {
		return true
	}
	a, b, ok := strings.Cut(w, "-")
	return ok && givenNames.has(a) && (givenNames.has(b) || nameParticle(b))
}

// wordNames are given names that are ordinary words as well: alone they prove nothing («света нет», «тема другая»).
var wordNames = words(`
вера надежда любовь света слава роза роман лев марк мира муза лига дали рада лада злата мила карп сима рута ада нил сила
поля тома рая тема рано пол дана канат алмаз булат урал марс султан талант совет венера забава мака дато карл лора лола
лилия гена лала раса рута ван май тем мин сон софа рома сона пери софи лана али ани нана дора орест дед баба
will mark mike rose jack max alex`)

// nameLabels are words that introduce a name or a part of it; they are left out wherever they stand.
var nameLabels = words(`
фио имя имени именем фамилия фамилию фамилии фамилие фамиля отчество отчеству отчества меня зовут звать завут зовут-то
мое мой моя мои я это эта полное полностью полные
name names full last first surname family given middle patronymic my is am i i'm it's this called`)

// courtesies are words around an answer; they are left out at both ends of a message.
var courtesies = words(`
здравствуйте здравствуй здрасте здрасьте здраствуйте здравстуйте привет приветствую пожалуйста пожалуста пожалста плиз
спасибо ну да ага так ок окей хорошо конечно пишу запишите записывайте итак вот ой ай извините простите нет ладно значит
гражданин гражданка гр господин госпожа заявитель заявительница уважением тогда сейчас повторяю еще раз опять же
всё все верно правильно точнее вернее а и
hello hi hey dear yes ok okay sure please thanks mr mrs ms miss sir`)

// hardWords are words that no name has in it: with one of them a text is a sentence.
var hardWords = words(`
ты он оно мы вы они мне тебе тебя ему ей нам вам им нас вас их его ее него нее них себя себе свой свое свою своего свои
мою моего моей моим моему ваш ваша ваше ваши вашу вашего вашей наш наша наше наши нашу тот та те то эти этот эту этого этом
этой того тому тем там туда сюда
в во на с со к ко у о об от до из за под над при про для без через между по из-за по-моему
и а но или либо если чтобы потому поэтому пока хотя не ни же ли бы б уже только даже ведь тоже также
нету никак никто ничего нигде никогда нечего некому
нужно надо нужен нужна нужны должен должна должны могу можем можете может хочу хотим хотел хотела хотелось хочется хотите
хочет буду будет будем будете есть был была было были быть
знаю знаем знаете знает помню помните понял поняла понимаю понятно неважно важно
скажите скажи сказать подскажите подскажи помогите помоги помочь поможете позови позовите соедини соедините переключи
переключите дайте дай жду ждем ждал ждала пишет пришло пришел пришла подал подала подавал подавала получил получила
отправил отправила забыл забыла потерял потеряла поменял поменяла сменил сменила изменил изменила исправьте измените
работает работаете живу прошу просим требую объясните объясни покажите покажи напомните повторите повтори говорите говорю
сказали сказал сказала смотрю вижу думаю считаю вернись вернитесь вернуться продолжим начнем пропусти пропустите ошибся
ошиблась напишите проверьте проверь посмотрите посмотри отстань отстаньте
the a an to of in on at for and or but not don't dont do does did can could want need help know have has had get would
should you your he she we they me us them that there here with from what's i'd i'll i've`)

// shortSurnames are surnames, most of them Korean, that are function words as well.
var shortSurnames = words(`но ни те то ли им у о е ю ко тем`)

// softWords are ordinary words of a help line that are surnames of some («Анна Стоп», «Иван Нельзя»): one of them passes
// where the rest is plainly a name.
var softWords = words(`
нельзя стоп назад вперед дальше далее меню начало старт заново выход отмена отменить продолжить повтор пропустить
здесь тут сейчас завтра сегодня вчера потом опять снова готово готов готова слово слова слева справа быстро срочно плохо
хорошо отлично ладно ясно много мало очень просто лучше другой другая другое другие живой живого живым норм нормально
никакой никакая любой любая все всё да нет ага угу ок окей пока ало алло эй слушай слушайте бот робот дура дурак тупой
блин черт ужас кошмар бред тест тестовый инн пин смс код вход сайт врач срок запись деньги дом день вечер утро год
адресс муж жена сын дочь мама папа мать отец бабушка дедушка ребенок детский детская сад школа прошлый следующий первый
второй третий последний вариант один два три корова основа голова половина причина картина машина женщина мужчина
квитанция права водительские чек счет карта карту банк мфц фмс гибдд загс пфр фнс суд полиция жкх
здарова здорово покедова салам алейкум ассаламу всего доброго доброй ночи спокойной бывай прощай благодарю
account password profile phone email e-mail login forgot locked blocked create new delete duplicate message support site
website page app mobile file files upload download format size hours working live chat confirm identity update
electronic regional capital choose city sign up off now good night bye goodbye care long run next time last evening
morning cheers mate obliged well done clear take so all certificate security invalid browser planned works schedule
servers server dead again today tomorrow failure forever loads send feedback social networks one track extract
operator human agent person stop back cancel menu start yes no ok test question number passport status application`)

// softStems are beginnings of ordinary words of a help line, in whatever case they stand.
var softStems = newStems(`
оператор операт человек специалист сотрудник консультант менеджер поддержк помощ заявлен заявк паспорт пасспорт справк
вопрос документ пенси пособи выплат регистрац прописк портал госуслуг кабинет парол логин телефон услуг статус ошибк
проблем жалоб номер снилс отмен свидетельств загран субсиди налог штраф информаци заявител аккаунт учетн электрон
обращени пожалуйст спасиб здравств привет рассмотр сертификат доход персональн госпошлин пошлин квитанц выписк лицензи
полис подтвержд восстанов доверенн`)

// softEndings are endings of verbs, adverbs, abstract nouns and oblique cases. Some surnames have them too (Церетели),
// which is why a soft word still passes beside a known given name.
var softEndings = newEndings(`
ться тся лся лась лось лись юсь ать ять ить еть уть ыть оть йте ите ньте дьте вьте ишь ешь ует ает яет ают яют уют аю
яю ила ала яла ела ула ыла или али яли ели йно нно чно тно льно овал ывал ом ем ку ию мму ение ание ения ания ению
анию ция ции цию ость ости ство ства ого его ому ему ыми ими ами ями ые ую юю tion ment ments ness able ing sword ount
ture ance ence`)

// softWord reports whether a word is an ordinary word rather than a name.
func softWord(w string) bool {
	if softWords.has(w) || softStems.begin(w) {
		return true
	}
	if len(w) < len("пять") || surnameEnd(w) == sureSurname {
		return false
	}
	return softEndings.end(w)
}

// hardWord reports whether a word rules a name out.
func hardWord(w string) bool {
	return hardWords.has(w) || questionFirst.has(w)
}

// nameParticle reports small words that belong to names: «Гасан оглы», «фон Дорн».
func nameParticle(w string) bool {
	switch w {
	case "оглы", "оглу", "огли", "кызы", "гызы", "кизи", "угли", "углы", "улы", "уулу", "кзы", "фон", "де", "дер", "ибн", "бинт", "бин",
		"ogly", "oglu", "kyzy", "qizi", "o'g'li", "ugli", "von", "van", "de", "der", "bin", "ibn", "al", "бен", "ben":
		return true
	}
	return false
}

// sonOrDaughter reports the particles that make a patronymic of the name before them.
func sonOrDaughter(w string) bool {
	switch w {
	case "оглы", "оглу", "огли", "кызы", "гызы", "кизи", "угли", "углы", "улы", "уулу", "кзы", "ogly", "oglu", "kyzy", "qizi", "o'g'li", "ugli":
		return true
	}
	return false
}

package answer

// Keys of the sentences that say what is wrong with an answer. Every key has a sentence in locales/*/answers.yaml
// under "problems"; a test holds this list, the code and the files together.
const (
	problemSeveral = "answer.several" // two different values in one message
	problemUnknown = "answer.unknown" // a kind that this package does not know: a mistake of a flow

	problemNameFormat    = "name.format"
	problemNameOneWord   = "name.one_word"
	problemNameNoSurname = "name.no_surname"
	problemNameInitials  = "name.initials"
	problemNameDigits    = "name.digits"

	problemDateFormat     = "date.format"
	problemDateNoYear     = "date.no_year"
	problemDateNoDay      = "date.no_day"
	problemDateMonth      = "date.month"      // {month}
	problemDateImpossible = "date.impossible" // {days}
	problemDateNotLeap    = "date.not_leap"   // {year}
	problemDateFuture     = "date.future"
	problemDateTooOld     = "date.too_old" // {year}

	problemSNILSChecksum = "snils.checksum"
	problemSNILSLength   = "snils.length" // {got} {want}
	problemSNILSLetters  = "snils.letters"
	problemSNILSIsINN    = "snils.is_inn"

	problemINNChecksum     = "inn.checksum"
	problemINNLength       = "inn.length" // {got} {want}
	problemINNLetters      = "inn.letters"
	problemINNOrganisation = "inn.organisation"
	problemINNIsSNILS      = "inn.is_snils"

	problemEitherLength  = "snils_or_inn.length" // {got}
	problemEitherLetters = "snils_or_inn.letters"

	problemPassportLength  = "passport.length" // {got} {want}
	problemPassportLetters = "passport.letters"
	problemPassportForeign = "passport.foreign"

	problemPhoneLength  = "phone.length" // {got}
	problemPhoneInvalid = "phone.invalid"

	problemEmailFormat   = "email.format"
	problemEmailCyrillic = "email.cyrillic"

	problemContactFormat = "contact.format"

	problemNumberLength  = "number.length" // {got} {want}
	problemNumberLetters = "number.letters"
	problemNumberIsSNILS = "number.is_snils"
	problemNumberIsINN   = "number.is_inn"

	problemTicketFormat   = "ticket.format"
	problemTicketChecksum = "ticket.checksum"

	problemCodeLength  = "code.length" // {got} {want}
	problemCodeLetters = "code.letters"

	problemChoiceNone      = "choice.none"
	problemChoiceAmbiguous = "choice.ambiguous"

	problemYesNoUnclear   = "yesno.unclear"
	problemConsentUnclear = "consent.unclear"

	problemFile = "file.expected"

	problemTextShort = "text.short" // {got} {min}
	problemTextLong  = "text.long"  // {got} {max}
)

// Problems returns every key that a [Reading] can have as its problem, in a fixed order, so that a check of the
// content can see to it that each has a sentence in every locale.
func Problems() []string {
	return []string{
		problemSeveral, problemUnknown,
		problemNameFormat, problemNameOneWord, problemNameNoSurname, problemNameInitials, problemNameDigits,
		problemDateFormat, problemDateNoYear, problemDateNoDay, problemDateMonth, problemDateImpossible,
		problemDateNotLeap, problemDateFuture, problemDateTooOld,
		problemSNILSChecksum, problemSNILSLength, problemSNILSLetters, problemSNILSIsINN,
		problemINNChecksum, problemINNLength, problemINNLetters, problemINNOrganisation, problemINNIsSNILS,
		problemEitherLength, problemEitherLetters,
		problemPassportLength, problemPassportLetters, problemPassportForeign,
		problemPhoneLength, problemPhoneInvalid,
		problemEmailFormat, problemEmailCyrillic, problemContactFormat,
		problemNumberLength, problemNumberLetters, problemNumberIsSNILS, problemNumberIsINN,
		problemTicketFormat, problemTicketChecksum,
		problemCodeLength, problemCodeLetters,
		problemChoiceNone, problemChoiceAmbiguous,
		problemYesNoUnclear, problemConsentUnclear,
		problemFile, problemTextShort, problemTextLong,
	}
}

package i18n

// Lang is one of the languages that pages and messages are written in.
type Lang string

// The languages.
const (
	English Lang = "en"
	Russian Lang = "ru"
	Polish  Lang = "pl"
)

// Langs returns every language, English first.
func Langs() []Lang { return []Lang{English, Russian, Polish} }

// ParseLang returns the language a tag such as "pl", "pl-PL" or "PL_pl" names.
func ParseLang(tag string) (Lang, bool) {
	if len(tag) < 2 || len(tag) > 2 && tag[2] != '-' && tag[2] != '_' {
		return English, false
	}
	l := Lang([]byte{tag[0] | 0x20, tag[1] | 0x20})
	_, ok := styles[l]
	if !ok {
		l = English
	}
	return l, ok
}

// Endonym returns the language's own name for itself.
func (l Lang) Endonym() string { return styleOf(l).endonym }

const (
	nbsp   = "\u00a0" // between a number and its unit
	narrow = "\u202f" // between groups of digits
	minus  = "\u2212"
	none   = "—" // where there is no figure to show
)

// style holds how a language writes figures and dates.
type style struct {
	endonym     string
	point       string // decimal point
	group       string // between groups of three digits
	groupFrom   int    // digits before which nothing is grouped
	percent     string // after the number
	symbolFirst bool   // £12 rather than 12 £
	and, or     string
	yearEnd     string // after the year of a full date
	months      [12]string
	monthsOf    [12]string // genitive, in a date
	monthsShort [12]string
	weekdays    [7]string // Monday first
	thousand    string
	million     string
	billion     string
	forms       []string // plural categories
	form        func(n operand) string
}

func styleOf(l Lang) *style {
	if s, ok := styles[l]; ok {
		return s
	}
	return styles[English]
}

var styles = map[Lang]*style{
	English: {
		endonym: "English", point: ".", group: ",", groupFrom: 4, percent: "%", symbolFirst: true,
		and: "and", or: "or",
		months:      [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
		monthsOf:    [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
		monthsShort: [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
		weekdays:    [7]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"},
		thousand:    "k", million: "m", billion: "bn",
		forms: []string{"one", "other"}, form: englishForm,
	},
	Russian: {
		endonym: "Русский", point: ",", group: narrow, groupFrom: 4, percent: nbsp + "%",
		and: "и", or: "или", yearEnd: nbsp + "г.",
		months:      [12]string{"январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"},
		monthsOf:    [12]string{"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"},
		monthsShort: [12]string{"янв.", "февр.", "мар.", "апр.", "мая", "июн.", "июл.", "авг.", "сент.", "окт.", "нояб.", "дек."},
		weekdays:    [7]string{"понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"},
		thousand:    nbsp + "тыс.", million: nbsp + "млн", billion: nbsp + "млрд",
		forms: []string{"one", "few", "many", "other"}, form: russianForm,
	},
	Polish: {
		endonym: "Polski", point: ",", group: narrow, groupFrom: 5, percent: "%",
		and: "i", or: "lub",
		months:      [12]string{"styczeń", "luty", "marzec", "kwiecień", "maj", "czerwiec", "lipiec", "sierpień", "wrzesień", "październik", "listopad", "grudzień"},
		monthsOf:    [12]string{"stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września", "października", "listopada", "grudnia"},
		monthsShort: [12]string{"sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru"},
		weekdays:    [7]string{"poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela"},
		thousand:    nbsp + "tys.", million: nbsp + "mln", billion: nbsp + "mld",
		forms: []string{"one", "few", "many", "other"}, form: polishForm,
	},
}

// The plural rules are those of CLDR 46 (cardinal numbers).

func englishForm(n operand) string {
	if n.whole == "1" && n.fraction == "" {
		return "one"
	}
	return "other"
}

func russianForm(n operand) string {
	ten, hundred := n.last(1), n.last(2)
	switch {
	case n.fraction != "":
		return "other"
	case ten == 1 && hundred != 11:
		return "one"
	case ten >= 2 && ten <= 4 && (hundred < 12 || hundred > 14):
		return "few"
	}
	return "many"
}

func polishForm(n operand) string {
	ten, hundred := n.last(1), n.last(2)
	switch {
	case n.fraction != "":
		return "other"
	case n.whole == "1":
		return "one"
	case ten >= 2 && ten <= 4 && (hundred < 12 || hundred > 14):
		return "few"
	}
	return "many"
}

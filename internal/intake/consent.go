package intake

import (
	"slices"
	"strings"
	"time"

	"regulars/internal/member"
)

// ConsentRecord is one statement of a customer as a file tells of it. The
// identities are as written there.
type ConsentRecord struct {
	// Line is where the row begins in its file.
	Line       int64             `json:"line"`
	Identities []member.Identity `json:"identities"`
	Purpose    member.Purpose    `json:"purpose"`
	Channel    member.Channel    `json:"channel"`
	Given      bool              `json:"given"`
	At         time.Time         `json:"at"`
	// Evidence is where they said so; the name of the file's source where the
	// row does not tell.
	Evidence    string `json:"evidence"`
	TextVersion string `json:"text_version,omitempty"`
	IP          string `json:"ip,omitempty"`
}

// Words of files in English, Russian and Polish, in the form of fold, beside
// our own names.
var (
	purposes = map[member.Purpose][]string{
		member.Marketing: {"marketing", "ads", "advertising", "promotions", "newsletter", "реклама", "маркетинг", "рассылка", "reklama"},
		member.Surveys:   {"survey", "surveys", "опрос", "опросы", "ankieta", "ankiety"},
		member.Profiling: {"profiling", "профилирование", "profilowanie"},
		member.Partners:  {"partners", "partner", "партнеры", "partnerzy"},
	}
	channels = map[member.Channel][]string{
		member.ByEmail: {"email", "mail", "почта", "poczta"}, member.BySMS: {"sms", "text", "смс"},
		member.ByCall:      {"call", "phone", "voice", "звонок", "телефон", "telefon"},
		member.ByMessenger: {"messenger", "whatsapp", "telegram", "viber", "мессенджер", "komunikator"},
		member.ByPush:      {"push", "пуш"}, member.ByPost: {"post", "letter", "письмо", "list"},
		member.Every: {"every", "all", "any", "все", "любой", "wszystkie"},
	}
	yes = []string{"yes", "y", "true", "1", "given", "granted", "optin", "optedin", "subscribed", "да", "дано", "согласен", "согласна", "tak", "udzielona"}
	no  = []string{"no", "n", "false", "0", "withdrawn", "revoked", "refused", "denied", "optout", "optedout", "unsubscribed",
		"нет", "отозвано", "отказ", "nie", "wycofana", "odmowa"}
)

func (s *sieve) takeConsent(row Row, t Taken) (Taken, Refusal) {
	r := &reading{sieve: s, fields: row.Fields}
	c := &ConsentRecord{Line: row.Line, Identities: t.Identities, At: r.occurred(), Channel: member.Every}
	c.Purpose = word(r, Purpose, purposes)
	if r.value(Channel) != "" {
		c.Channel = word(r, Channel, channels)
	}
	said := fold(r.value(Given))
	if c.Given = slices.Contains(yes, said); !c.Given && !slices.Contains(no, said) {
		r.refuse(Given, UnknownWord)
	}
	if c.Evidence = r.text(Evidence, maxCode); c.Evidence == "" {
		c.Evidence = s.Source
	}
	c.TextVersion, c.IP = r.text(TextVersion, maxCode), strings.Clone(r.text(Address, maxCode))
	t.Consent = c
	return t, r.refusal
}

// word returns what a cell means among the words that are known.
func word[T ~string](r *reading, role Role, known map[T][]string) T {
	said := fold(r.value(role))
	for meaning, words := range known {
		if slices.Contains(words, said) {
			return meaning
		}
	}
	r.refuse(role, UnknownWord)
	return ""
}

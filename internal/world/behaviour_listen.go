package world

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/survey"
)

// How the survey is asked: of everybody who bought in the two weeks before, once,
// with two weeks to answer.
var asksAt = time.Date(2011, 11, 30, 10, 0, 0, 0, time.UTC)

const (
	askedBought  = 14 // days ago at most
	answerDays   = 9  // within which whoever answers does
	bounceShare  = 3  // per cent are not reached
	peekShare    = 12 // per cent of the silent look at the first question
	leaveShare   = 5  // per cent of those who answer leave after the first question
	wordsShare   = 45 // per cent of them say why
	troubleMore  = 15 // per cent more of those with trouble answer
	confirmWords = 60 // answers in own words are looked at by somebody
)

// mood is how many per cent of some customers answer, and how many of those are
// promoters and passives. Who buys often answers more and praises more, so that
// the score of those who answer is higher than that of all.
type mood struct{ answer, promoter, passive int }

var moods = map[string]mood{"f1": {18, 38, 34}, "f2": {27, 45, 33}, "f5": {38, 58, 28}}

var troubled = mood{promoter: 8, passive: 20}

// reasons are what the shop groups own words by.
var reasons = []survey.Reason{
	{Code: "delivery", Names: survey.Words{"en": "Delivery", "ru": "Доставка", "pl": "Dostawa"}, Hints: survey.Words{"en": "delivery late parcel arrived", "ru": "доставка посылка опоздала", "pl": "dostawa paczka spóźnienie"}},
	{Code: "choice", Names: survey.Words{"en": "Choice", "ru": "Выбор", "pl": "Wybór"}, Hints: survey.Words{"en": "choice range gifts", "ru": "выбор ассортимент подарки", "pl": "wybór asortyment prezenty"}},
	{Code: "price", Names: survey.Words{"en": "Prices", "ru": "Цены", "pl": "Ceny"}, Hints: survey.Words{"en": "price expensive cheap", "ru": "цена дорого дёшево", "pl": "cena drogo tanio"}},
	{Code: "quality", Names: survey.Words{"en": "Quality", "ru": "Качество", "pl": "Jakość"}, Hints: survey.Words{"en": "quality broken solid", "ru": "качество сломано", "pl": "jakość zepsute"}},
}

// whys are what is said by promoters, passives and detractors.
var whys = map[string][3][]string{
	"en": {
		{"Lovely gifts and a wide choice", "The parcel arrived the next day", "Solid quality for the price"},
		{"Good choice, but some gifts are expensive", "Fine, nothing special", "The quality differs"},
		{"The delivery was late", "Two cups arrived broken", "Too expensive for what it is"},
	},
	"ru": {{"Большой выбор подарков"}, {"Хорошо, но дорого"}, {"Посылка опоздала"}},
	"pl": {{"Duży wybór prezentów"}, {"Dobrze, ale drogo"}, {"Paczka przyszła za późno"}},
}

// listen asks a survey and answers it.
func (b *behaviour) listen(ctx context.Context) error {
	b.clock = asksAt
	surveys := survey.New(b.d.DB, b.d.Flow, b.now)
	n, err := b.questionnaire(ctx, surveys)
	if err != nil {
		return err
	}
	_, err = surveys.Ask(ctx, actor, b.programme, n.ID, survey.Plan{Method: survey.Everybody, Bought: askedBought, Days: survey.DefaultDays})
	if err != nil {
		return err
	}
	if err := b.d.settle(ctx); err != nil { // they are drawn by a job
		return err
	}
	asked, err := surveys.Invitations(ctx, actor, b.programme, n.ID, 0, math.MaxInt32)
	if err != nil {
		return err
	}
	slices.SortFunc(asked, func(one, other survey.Invitation) int {
		return cmp.Compare(b.names[one.MemberID], b.names[other.MemberID])
	})
	p, err := program.Load(ctx, b.d.DB.Reader(), b.programme)
	if err != nil {
		return err
	}
	for i := range asked {
		if err := b.respond(ctx, surveys, &asked[i], survey.Token(p.Salt, asked[i].ID)); err != nil {
			return err
		}
	}
	if err := b.confirm(ctx, surveys, n.ID); err != nil {
		return err
	}
	return b.d.settle(ctx) // answers get onto timelines
}

// questionnaire publishes the usual question of NPS. Everybody may be asked:
// who never is would be drawn by the salt of the installation, and the figures
// would differ from one to the next.
func (b *behaviour) questionnaire(ctx context.Context, surveys *survey.Service) (survey.Survey, error) {
	if err := surveys.SetNeverShare(ctx, actor, b.programme, 0); err != nil {
		return survey.Survey{}, err
	}
	if err := surveys.SetReasons(ctx, actor, b.programme, reasons); err != nil {
		return survey.Survey{}, err
	}
	return b.publishes(ctx, surveys, survey.NPS)
}

// publishes opens a survey of the usual questions of a kind, labelled.
func (b *behaviour) publishes(ctx context.Context, surveys *survey.Service, kind survey.Kind) (survey.Survey, error) {
	texts, err := i18n.New()
	if err != nil {
		return survey.Survey{}, err
	}
	p, err := program.Load(ctx, b.d.DB.Reader(), b.programme)
	if err != nil {
		return survey.Survey{}, err
	}
	var printers []*i18n.Printer
	for _, lang := range i18n.Langs() {
		printers = append(printers, texts.Printer(lang, p.Zone, p.Currency))
	}
	spec := survey.Standard(kind, p.Name, printers...)
	for lang := range spec.Names {
		spec.Names[lang] += " (" + simulated + ")"
	}
	n, err := surveys.Create(ctx, actor, b.programme, spec)
	if err != nil {
		return n, err
	}
	return surveys.Publish(ctx, actor, b.programme, n.ID)
}

// chance draws an event of so many per cent.
func (b *behaviour) chance(percent int) bool { return b.random.IntN(100) < percent }

// respond is what one of those who are asked does.
func (b *behaviour) respond(ctx context.Context, surveys *survey.Service, n *survey.Invitation, secret string) error {
	m := moods[n.Cell.Trait(survey.ByFrequency)]
	if b.trouble[n.MemberID] {
		m = mood{m.answer + troubleMore, troubled.promoter, troubled.passive}
	}
	b.clock = asksAt.Add(time.Duration(b.random.IntN(answerDays*24*60)) * time.Minute)
	switch {
	case b.chance(bounceShare):
		return surveys.Bounce(ctx, actor, b.programme, n.ID)
	case !b.chance(m.answer):
		if b.chance(peekShare) {
			_, err := surveys.Open(ctx, secret)
			return err
		}
		return nil
	}
	kind, score := b.score(m)
	lang := "en"
	switch k := b.random.IntN(100); {
	case k < 4:
		lang = "ru"
	case k < 8:
		lang = "pl"
	}
	if _, err := surveys.Answer(ctx, secret, "score", survey.Answer{Number: score}, lang); err != nil || b.chance(leaveShare) {
		return err
	}
	why := survey.Answer{Skipped: true}
	if b.chance(wordsShare) {
		said := whys[lang][kind]
		why = survey.Answer{Text: said[b.random.IntN(len(said))]}
	}
	_, err := surveys.Answer(ctx, secret, "why", why, lang)
	return err
}

// score draws an answer from 0 to 10, and says whether it is a promoter's (0), a
// passive's (1) or a detractor's (2).
func (b *behaviour) score(m mood) (kind, score int) {
	switch k := b.random.IntN(100); {
	case k < m.promoter:
		return 0, 9 + b.random.IntN(2)
	case k < m.promoter+m.passive:
		return 1, 7 + b.random.IntN(2)
	}
	return 2, max(b.random.IntN(7), b.random.IntN(7)) // few are furious
}

// confirm lets somebody look at own words and agree with what they hint at.
func (b *behaviour) confirm(ctx context.Context, surveys *survey.Service, of id.ID) error {
	left := confirmWords
	for before := (survey.Place{}); left > 0; {
		page, err := surveys.Responses(ctx, actor, survey.ResponseQuery{ProgrammeID: b.programme, SurveyID: of, Words: true, Before: before, Limit: 100})
		if err != nil || len(page) == 0 {
			return err
		}
		for _, r := range page[:min(left, len(page))] {
			if code := r.Reasons["why"].Suggested; code != "" {
				if err := surveys.Confirm(ctx, actor, b.programme, r.ID, "why", code); err != nil {
					return err
				}
			}
		}
		before, left = page[len(page)-1].Place(), left-len(page)
	}
	return nil
}

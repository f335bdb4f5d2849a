package world

import (
	"cmp"
	"context"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/survey"
)

// How feelings are asked: once in January, of everybody who bought in the two
// weeks before, but for a fifth whom chance holds out; and by links that stand at
// the places where customers meet the shop, in the last twelve weeks. What those
// who were asked bought after it is real and knows nothing of the asking, so what
// asking does comes to nothing, as far as chance lets it.
var (
	feelsAt = time.Date(2011, 1, 31, 10, 0, 0, 0, time.UTC)
	linksAt = time.Date(2011, 9, 17, 9, 0, 0, 0, time.UTC)
)

const (
	feltBought = 14   // days ago at most
	feltHeld   = 2000 // of 10,000 are held out
	feltShare  = 26   // per cent of those who are asked answer
	linkDays   = 84   // for which links stand
)

// felt are, by where it was felt, how many answer by a link and how many per cent
// of all who answer feel anger, disappointment, indifference and pleasure; the
// rest delight.
var felt = []struct {
	at      survey.Touchpoint
	answers int
	worst   [4]int
}{
	{survey.InShop, 36, [4]int{2, 6, 14, 44}},
	{survey.InParcel, 60, [4]int{4, 9, 14, 35}},
	{survey.OnSite, 0, [4]int{5, 13, 30, 38}},
	{survey.ByPhone, 36, [4]int{18, 26, 20, 25}},
	{survey.AtEvent, 8, [4]int{0, 0, 12, 40}},
	{"", 20, [4]int{5, 12, 25, 38}},
}

// whyFelt is what some say of the worst feeling to the best.
var whyFelt = []string{"Nobody called back", "Two cups were broken", "It went as always", "The parcel arrived early", "Such a lovely choice of gifts"}

// feel asks what customers felt, and answers it. It draws by seeds of its own, so
// that nothing else comes out otherwise.
func (b *behaviour) feel(ctx context.Context) error {
	b.clock = feelsAt.AddDate(0, 0, -7)
	surveys := survey.New(b.d.DB, b.d.Flow, b.now)
	n, err := b.publishes(ctx, surveys, survey.Felt)
	if err != nil {
		return err
	}
	before, err := surveys.NeverShare(ctx, actor, b.programme)
	if err != nil {
		return err
	}
	if err := surveys.SetNeverShare(ctx, actor, b.programme, feltHeld); err != nil {
		return err
	}
	b.clock = feelsAt
	if _, err := surveys.Ask(ctx, actor, b.programme, n.ID, survey.Plan{Method: survey.Everybody, Bought: feltBought, Days: survey.DefaultDays}); err != nil {
		return err
	}
	if err := b.d.settle(ctx); err != nil { // they are drawn by a job
		return err
	}
	if err := surveys.SetNeverShare(ctx, actor, b.programme, before); err != nil {
		return err
	}
	if err := b.feelAsked(ctx, surveys, n.ID); err != nil {
		return err
	}
	if err := b.feelByLinks(ctx, surveys, &n); err != nil {
		return err
	}
	b.clock = opens
	return b.d.settle(ctx) // answers get onto timelines
}

// feelAsked is what those do who were asked; each goes by a seed of their own, as
// chance holds others out in every installation.
func (b *behaviour) feelAsked(ctx context.Context, surveys *survey.Service, of id.ID) error {
	asked, err := surveys.Invitations(ctx, actor, b.programme, of, 0, math.MaxInt32)
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
		name := fnv.New64a()
		name.Write([]byte(b.names[asked[i].MemberID]))
		r := rand.New(rand.NewPCG(seed, name.Sum64()))
		b.clock = feelsAt.Add(time.Duration(r.IntN(answerDays*24*60)) * time.Minute)
		switch {
		case r.IntN(100) < bounceShare:
			if err := surveys.Bounce(ctx, actor, b.programme, asked[i].ID); err != nil {
				return err
			}
		case r.IntN(100) < feltShare:
			if err := tellFeeling(ctx, surveys, r, survey.Token(p.Salt, asked[i].ID), asked[i].Touchpoint); err != nil {
				return err
			}
		}
	}
	return nil
}

// feelByLinks is what those do who meet a link.
func (b *behaviour) feelByLinks(ctx context.Context, surveys *survey.Service, n *survey.Survey) error {
	r := rand.New(rand.NewPCG(seed, uint64(linkDays)))
	for _, place := range felt {
		for range place.answers {
			b.clock = linksAt.Add(time.Duration(r.IntN(linkDays*24*60)) * time.Minute)
			secret, err := surveys.Begin(ctx, n, string(place.at))
			if err != nil {
				return err
			}
			if err := tellFeeling(ctx, surveys, r, secret, place.at); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellFeeling answers both questions as somebody does at a place.
func tellFeeling(ctx context.Context, surveys *survey.Service, r *rand.Rand, secret string, at survey.Touchpoint) error {
	number, k := 1, r.IntN(100)
	for _, place := range felt {
		if place.at != at {
			continue
		}
		for _, share := range place.worst {
			if k -= share; k < 0 {
				break
			}
			number++
		}
	}
	if _, err := surveys.Answer(ctx, secret, "score", survey.Answer{Number: number}, "en"); err != nil {
		return err
	}
	why := survey.Answer{Skipped: true}
	if r.IntN(100) < wordsShare/2 {
		why = survey.Answer{Text: whyFelt[number-1]}
	}
	_, err := surveys.Answer(ctx, secret, "why", why, "en")
	return err
}

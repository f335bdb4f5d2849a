package survey

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/sale"
	"regulars/internal/stats"
)

// EffectDays is how long after being asked it is looked whether somebody bought.
const EffectDays = 90

// Effect is what asking itself does: how many of those who were asked bought
// again, against those whom chance keeps from ever being asked. Chance alone
// parts them, so that the difference may be called an effect.
type Effect struct {
	// SampleID is the first draw of the survey; From is when, and until To the
	// purchases count.
	SampleID id.ID
	From, To time.Time
	// Asked were drawn, answered or not; Never would have been eligible too. Of
	// each so many bought again.
	Asked, AskedAgain, Never, NeverAgain int64
	// Difference is the share of the asked less that of the others, in points of
	// a hundred, with its interval; Newcombe's.
	Difference Figure
	// Preliminary says that one of the two are few.
	Preliminary bool
}

// Effect returns what asking did. It looks at the first draw, since later ones
// ask who was left, and says why where there is nothing to compare: the first
// day of a standing question is too few, and its other days ask who was left. It
// needs surveys.read.
func (s *Service) Effect(ctx context.Context, a auth.Actor, programme, survey id.ID) (Effect, error) {
	var e Effect
	if _, err := s.Get(ctx, a, programme, survey); err != nil {
		return e, err
	}
	now := s.now()
	err := s.d.View(ctx, func(q db.Queryer) error {
		first, err := selectSamples(ctx, q, `programme_id = $1 AND survey_id = $2 ORDER BY id LIMIT 1`, programme, survey)
		if err != nil {
			return err
		}
		if len(first) == 0 {
			e.Difference = nothing("nobody", nil)
			return nil
		}
		n := &first[0]
		e.SampleID, e.From, e.To = n.ID, n.Made, n.Made.AddDate(0, 0, EffectDays)
		switch {
		case n.Plan.Occasion != nil:
			e.Difference = nothing("standing", nil)
			return nil
		case n.Plan.Method == Quota || n.Plan.Tag != "":
			e.Difference = nothing("chosen", nil)
			return nil
		case now.Before(e.To):
			e.Difference = nothing("early", map[string]any{"day": e.To, "days": EffectDays})
			return nil
		}
		if err := e.compare(ctx, q, n); err != nil {
			return fmt.Errorf("comparing who was asked with who never is: %w", err)
		}
		e.reckon()
		return nil
	})
	return e, err
}

func nothing(why string, args map[string]any) Figure {
	return Figure{Says: i18n.Text{Key: "survey.effect." + why, Args: args}}
}

// compare counts those who were asked and those who never are, both as they were
// known at the draw.
func (e *Effect) compare(ctx context.Context, q db.Queryer, n *Sample) error {
	again := map[id.ID]bool{}
	known, err := knowAnd(ctx, q, n.ProgrammeID, n.Made, func(who id.ID, later *sale.Sale) {
		if !later.Occurred.After(e.To) {
			again[who] = true
		}
	})
	if err != nil {
		return err
	}
	drawn, err := selectInvitations(ctx, q, `sample_id = $1`, n.ID)
	if err != nil {
		return err
	}
	asked := make(map[id.ID]bool, len(drawn))
	for _, d := range drawn {
		asked[d.MemberID] = true
	}
	held, err := heldOut(ctx, q, n)
	if err != nil {
		return err
	}
	return member.Each(ctx, q, n.ProgrammeID, func(m *member.Member) error {
		if m.MergedInto != 0 || m.Status == member.Erased {
			return nil
		}
		switch {
		case asked[m.ID]:
			e.Asked, e.AskedAgain = e.Asked+1, e.AskedAgain+one(again[m.ID])
		case held(m, known[m.ID]):
			e.Never, e.NeverAgain = e.Never+1, e.NeverAgain+one(again[m.ID])
		}
		return nil
	})
}

// heldOut tells who was held out of a draw. Draws from before that was kept are
// judged by the share that holds today, among those who were there.
func heldOut(ctx context.Context, q db.Queryer, n *Sample) (func(m *member.Member, k Known) bool, error) {
	kept, err := loadHeld(ctx, q, n.ID)
	if err != nil || len(kept) > 0 || n.Never == 0 {
		return func(m *member.Member, _ Known) bool { return kept[m.ID] }, err
	}
	p, err := program.Load(ctx, q, n.ProgrammeID)
	if err != nil {
		return nil, err
	}
	share, err := neverShare(ctx, q, n.ProgrammeID)
	return func(m *member.Member, k Known) bool {
		return !m.Created.After(n.Made) && n.Plan.wants(m, k, n.Made) && NeverAsked(p.Salt, m.ID, share)
	}, err
}

func one(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// reckon makes the figure of what was counted.
func (e *Effect) reckon() {
	args := map[string]any{"asked": e.Asked, "never": e.Never, "days": EffectDays}
	if min(e.Asked, e.Never) < LeastAnswers {
		args["least"] = LeastAnswers
		e.Difference = nothing("few", args)
		return
	}
	d := percent(stats.ShareDifference(e.AskedAgain, e.Asked, e.NeverAgain, e.Never, stats.Confidence))
	key := "none"
	switch {
	case d.High < 0:
		key = "harm"
	case d.Low > 0:
		key = "good"
	}
	args["value"], args["low"], args["high"] = tenth(d.Value), tenth(d.Low), tenth(d.High)
	args["asked_share"], args["never_share"] = tenth(100*float64(e.AskedAgain)/float64(e.Asked)), tenth(100*float64(e.NeverAgain)/float64(e.Never))
	e.Preliminary = min(e.Asked, e.Never) < Preliminary
	e.Difference = Figure{Interval: d, N: e.Asked + e.Never, Shown: true, Says: i18n.Text{Key: "survey.effect." + key, Args: args}}
}

package survey

import (
	"cmp"
	"context"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/sale"
)

// PreviewDays is how many days back a preview of a standing question looks.
const PreviewDays = 28

// Preview is what a standing question would have drawn over the last PreviewDays
// if it had begun before them.
type Preview struct {
	// Happened counts the members to whom it happened, each once a day; May those
	// of them who could have been drawn, and Drawn those who would have been.
	Happened, May, Drawn int64
}

// PreviewStanding plays the draws of the last PreviewDays as the plan would have
// made them, and asks nobody. Everybody counts as not asked by this survey before
// the first of these days; consents and who is never asked are those of today. It
// needs surveys.read.
func (s *Service) PreviewStanding(ctx context.Context, a auth.Actor, programme, survey id.ID, plan StandingPlan) (Preview, error) {
	var v Preview
	if _, err := s.Get(ctx, a, programme, survey); err != nil {
		return v, err
	}
	if err := plan.Check(); err != nil {
		return v, err
	}
	err := s.d.View(ctx, func(q db.Queryer) error {
		p, err := program.Load(ctx, q, programme)
		if err != nil {
			return err
		}
		open, err := s.open(ctx, q, &p)
		if err != nil {
			return err
		}
		drawn, err := drawnByOthers(ctx, q, programme, survey, s.now().AddDate(0, 0, -PreviewDays-plan.Rest))
		if err != nil {
			return err
		}
		days, err := s.daysOf(ctx, q, &p, &plan)
		if err != nil {
			return err
		}
		v = play(&plan, days, open, drawn)
		return nil
	})
	return v, err
}

// previewed is one day of a preview: when it draws, of which seed, and to whom it
// happened.
type previewed struct {
	due  time.Time
	seed int64
	to   []id.ID
}

// play draws day after day. drawn is when others drew members; open tells who
// may be drawn at all.
func play(plan *StandingPlan, days []previewed, open map[id.ID]bool, drawn map[id.ID][]time.Time) (v Preview) {
	asked := map[id.ID]bool{}
	for _, day := range days {
		rested := day.due.AddDate(0, 0, -plan.Rest)
		var list []Drawn
		for _, m := range day.to {
			v.Happened++
			resting := slices.ContainsFunc(drawn[m], func(at time.Time) bool { return at.After(rested) && !at.After(day.due) })
			if open[m] && !asked[m] && !resting {
				list = append(list, Drawn{MemberID: m})
			}
		}
		v.May += int64(len(list))
		of := Plan{Method: Random, Wanted: plan.Most, Seed: day.seed}
		for _, d := range of.Draw(list) {
			asked[d.MemberID] = true
			v.Drawn++
		}
	}
	return v
}

// open returns who may be drawn: those of the programme who are somebody, may be
// asked, and do not belong to those who are never asked.
func (s *Service) open(ctx context.Context, q db.Queryer, p *program.Programme) (map[id.ID]bool, error) {
	share, err := neverShare(ctx, q, p.ID)
	if err != nil {
		return nil, err
	}
	allows, err := s.allows(ctx, q, p.ID)
	if err != nil {
		return nil, err
	}
	open := map[id.ID]bool{}
	err = member.Each(ctx, q, p.ID, func(m *member.Member) error {
		open[m.ID] = m.MergedInto == 0 && m.Status != member.Erased && allows(m.ID) && !NeverAsked(p.Salt, m.ID, share)
		return nil
	})
	return open, err
}

// daysOf returns the days of a preview, each with those to whom it happened.
func (s *Service) daysOf(ctx context.Context, q db.Queryer, p *program.Programme, plan *StandingPlan) ([]previewed, error) {
	var days []previewed
	var windows []Occasion
	n := Standing{StandingPlan: *plan}
	now := s.now()
	for n.Next = plan.dueAfter(now.AddDate(0, 0, -PreviewDays), p.Zone); !n.Next.After(now); n.Next = plan.dueAfter(n.Next, p.Zone) {
		of, ok := n.draw(p.Zone)
		if !ok {
			continue
		}
		n.Until = of.Occasion.Until
		days, windows = append(days, previewed{due: n.Next, seed: of.Seed}), append(windows, *of.Occasion)
	}
	if plan.After == AfterPurchase {
		return days, s.boughtOn(ctx, q, p.ID, days, windows)
	}
	for i := range days {
		came, err := s.cameTo(ctx, q, p.ID, &windows[i])
		if err != nil {
			return nil, err
		}
		for m := range came {
			days[i].to = append(days[i].to, m)
		}
	}
	return days, nil
}

// boughtOn adds to each day whose last purchase at its draw lay in its window, all
// in one reading of the sales.
func (s *Service) boughtOn(ctx context.Context, q db.Queryer, programme id.ID, days []previewed, windows []Occasion) error {
	if len(days) == 0 {
		return nil
	}
	survivors, err := member.Survivors(ctx, q, programme)
	if err != nil {
		return err
	}
	bought := map[id.ID][]time.Time{}
	err = sale.EachHead(ctx, q, programme, func(n *sale.Sale) error {
		if !n.Occurred.Before(windows[0].From) {
			who := cmp.Or(survivors[n.MemberID], n.MemberID)
			bought[who] = append(bought[who], n.Occurred)
		}
		return nil
	})
	for who, times := range bought {
		slices.SortFunc(times, time.Time.Compare)
		for i, w := range windows {
			at, _ := slices.BinarySearchFunc(times, days[i].due, func(t, due time.Time) int {
				if t.After(due) {
					return 1
				}
				return -1
			})
			if at > 0 && !times[at-1].Before(w.From) && times[at-1].Before(w.Until) {
				days[i].to = append(days[i].to, who)
			}
		}
	}
	return err
}

package console

import (
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/tier"
	"regulars/internal/web"
)

func (c *Console) rankRoutes() []route {
	return []route{
		{pattern: "GET " + memberPath + "/rank", permission: auth.RanksAssign, do: c.showRank},
		{pattern: "POST " + memberPath + "/rank", permission: auth.RanksAssign, do: c.giveRank},
	}
}

// rankForm is the form of a rank given by hand, as it was filled in.
type rankForm struct {
	ladder, rank, until, note string
	errs                      web.FormErrors
}

func (c *Console) showRank(v *visit) error {
	p, done, err := c.meetMember(v)
	if err != nil || done {
		return err
	}
	return v.render(rankPage(v, p, rankForm{}))
}

func (c *Console) giveRank(v *visit) error {
	p, _, err := c.meetMember(v)
	if err != nil {
		return err
	}
	f := rankForm{ladder: v.field("ladder"), rank: v.field("rank"), until: v.field("until"), note: v.field("note")}
	as, err := f.read(v, p)
	if err == nil {
		err = c.assign(v, as)
	}
	if err != nil {
		errs, ok := web.ErrorsOf(v.Page, err)
		if !ok {
			return err
		}
		f.errs = fieldNames(errs)
		return v.mendAll(f.errs, func(web.FormErrors) component { return rankPage(v, p, f) })
	}
	if as.Rank == "" {
		return v.done(p.at(v, ""), "console.rank.taken")
	}
	return v.done(p.at(v, ""), "console.rank.given")
}

// assign holds the member's lock while the rank is given.
func (c *Console) assign(v *visit, as tier.Assignment) error {
	return c.DB.InTx(v.ctx(), func(tx *db.Tx) error {
		if _, err := member.Load(v.ctx(), tx, []id.ID{as.MemberID}, true); err != nil {
			return err
		}
		_, err := tier.Assign(v.ctx(), tx, v.actor, c.Now(), as)
		return err
	})
}

// read turns the form into an assignment. The last day is given whole.
func (f *rankForm) read(v *visit, p *person) (tier.Assignment, error) {
	as := tier.Assignment{MemberID: p.ID, Rank: f.rank, Note: f.note}
	for _, l := range p.ladders {
		if l.ID.In(id.Ladder) == f.ladder {
			as.Ladder = l.Ladder
		}
	}
	if as.Ladder == nil {
		return as, fault.Missing("unknown_ladder", "there is no ladder %s", f.ladder).At("/ladder").With("ladder", f.ladder)
	}
	if f.until == "" {
		return as, nil
	}
	last, err := time.ParseInLocation(time.DateOnly, f.until, v.programme.Zone)
	if err != nil {
		return as, fault.Invalid("not_a_day", "write the day as 2026-12-31").At("/until")
	}
	as.Until = time.Date(last.Year(), last.Month(), last.Day()+1, 0, 0, 0, 0, v.programme.Zone)
	return as, nil
}

// nextRank is the rank above the present one, or nil at the top.
func nextRank(r *rung, p *person) *tier.Rank {
	now := r.At(p.now)
	if now == nil {
		return nil
	}
	for i := range now.Ranks {
		if now.Ranks[i].Code == r.Progress.Next {
			return &now.Ranks[i]
		}
	}
	return nil
}

// rankFacts say which rank is held, since when and by whose hand.
func rankFacts(v *visit, p *person, r *rung) []web.Definition {
	list := []web.Definition{{Term: v.T("console.overview.rank"), About: web.Badge(web.Accent, rankName(r.Ladder, r.Standing.Rank, p.now))}}
	if !r.Since.IsZero() {
		list = append(list, web.Definition{Term: v.T("console.rank.since"), About: web.Words(v.Date(r.Since))})
	}
	if r.Hand != "" {
		words := v.T("console.rank.hand_always", "rank", rankName(r.Ladder, r.Hand, p.now))
		if !r.HandUntil.IsZero() {
			words = v.T("console.rank.hand_until", "rank", rankName(r.Ladder, r.Hand, p.now), "when", lastDay(r.HandUntil))
		}
		list = append(list, web.Definition{Term: v.T("console.rank.hand"), About: web.Words(words)})
	}
	return list
}

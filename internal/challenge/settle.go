package challenge

import (
	"context"
	"slices"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
)

// settle notes what the person has reached and not been given yet, and takes
// back what is no longer reached where the challenge says so. The caller holds
// the person's lock, so nothing is given twice.
func (s *Service) settle(ctx context.Context, tx *db.Tx, who *person, list []Challenge) error {
	for i := range list {
		c := &list[i]
		if _, in := who.since(c); !in {
			continue
		}
		reached := who.reached(c)
		if err := s.give(ctx, tx, who, c, reached); err != nil {
			return err
		}
		if c.TakeBack {
			if err := s.takeBack(ctx, tx, who, c, reached); err != nil {
				return err
			}
		}
	}
	return nil
}

// give notes the rounds that were reached more often than they were given.
// Those of merged profiles count together.
func (s *Service) give(ctx context.Context, tx *db.Tx, who *person, c *Challenge, reached Reached) error {
	for _, round := range reached.rounds() {
		missing := reached[round]
		for _, a := range who.standing(c) {
			if a.Round == round {
				missing--
			}
		}
		for ; missing > 0; missing-- {
			if c.PerMember > 0 && int64(len(who.standing(c))) >= c.PerMember {
				return nil
			}
			is, err := who.among(ctx, tx, c.Audience)
			if err != nil || !is {
				return err
			}
			if err := s.note(ctx, tx, who, c, round); err != nil {
				return err
			}
		}
	}
	return nil
}

// note writes down one thing reached, and what is to be done about it.
func (s *Service) note(ctx context.Context, tx *db.Tx, who *person, c *Challenge, round Round) error {
	w := &c.step(round.Step).Reward
	a := &Award{
		MemberID: who.ID, ChallengeID: c.ID, ProgrammeID: c.ProgrammeID, Round: round, No: who.next(c, round), State: Due,
		Points: w.Points, WalletID: w.WalletID, Made: who.now,
	}
	room, err := c.reserve(ctx, tx, w.Points)
	if err != nil {
		return err
	}
	if !room {
		a.State, a.Closed = Unfunded, who.now
	}
	if err := saveAwards(ctx, tx, a); err != nil {
		return err
	}
	who.awards = append(who.awards, a)
	if !room {
		return nil
	}
	args := map[string]i18n.Text{}
	args["challenge"] = i18n.Text{Key: "challenge.named", Args: map[string]any{"name": c.Name(who.Language)}}
	return jobs.Add(ctx, tx, who.now, a.job(), jobs.New{
		Kind: flow.ContactWanted, Unique: a.Name(),
		Payload: flow.Contact{
			ProgrammeID: c.ProgrammeID, MemberID: who.ID, Class: flow.RelationshipContact, Message: "challenge_reached", Name: a.Name(), Path: "/me",
			Args: args,
		},
	})
}

// next numbers a new award of a round, also after others were taken back.
func (p *person) next(c *Challenge, round Round) int64 {
	var last int64
	for _, a := range p.awards {
		if a.ChallengeID == c.ID && a.Round == round {
			last = max(last, a.No)
		}
	}
	return last + 1
}

// takeBack takes the latest awards back of rounds that are given more often
// than they are reached now.
func (s *Service) takeBack(ctx context.Context, tx *db.Tx, who *person, c *Challenge, reached Reached) error {
	given := map[Round]int64{}
	for _, a := range slices.Backward(who.standing(c)) {
		if a.State == Due || a.State == Paid {
			given[a.Round]++
		}
	}
	for _, a := range slices.Backward(who.standing(c)) {
		if a.State != Due && a.State != Paid || given[a.Round] <= reached[a.Round] {
			continue
		}
		given[a.Round]--
		a.State = Reversing
		if err := saveAwards(ctx, tx, a); err != nil {
			return err
		}
		if err := jobs.Add(ctx, tx, who.now, a.job()); err != nil {
			return err
		}
	}
	return nil
}

// PayJob is the kind of job that gives what was reached, or takes it back.
const PayJob = "challenge.pay"

// payment is what such a job is about.
type payment struct {
	MemberID    id.ID  `json:"member"`
	ChallengeID id.ID  `json:"challenge"`
	ProgrammeID id.ID  `json:"programme"`
	Period      string `json:"period"`
	Step        int64  `json:"step"`
	No          int64  `json:"no"`
}

// job returns the award's job. Being of one name, giving and taking back come
// one after the other.
func (a *Award) job() jobs.New {
	return jobs.New{Kind: PayJob, Unique: a.Name(), Payload: payment{a.MemberID, a.ChallengeID, a.ProgrammeID, a.Period, a.Step, a.No}}
}

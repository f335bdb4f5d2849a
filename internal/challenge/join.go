package challenge

import (
	"context"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
)

// Join lets a member take part in a challenge that asks for it, from now on.
// Joining again changes nothing. It needs members.write.
func (s *Service) Join(ctx context.Context, a auth.Actor, programme, m, challenge id.ID) (Progress, error) {
	if err := a.Can(programme, auth.MembersWrite); err != nil {
		return Progress{}, err
	}
	var p Progress
	err := s.d.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		p, err = s.join(ctx, tx, a, programme, m, challenge)
		return err
	})
	return p, err
}

func (s *Service) join(ctx context.Context, tx *db.Tx, a auth.Actor, programme, m, challenge id.ID) (Progress, error) {
	c, err := Load(ctx, tx, programme, challenge)
	if err != nil {
		return Progress{}, err
	}
	p, err := program.Load(ctx, tx, programme)
	if err != nil {
		return Progress{}, err
	}
	one, err := member.Held(ctx, tx, programme, m)
	if err != nil {
		return Progress{}, err
	}
	aliases, err := member.Aliases(ctx, tx, one.ID)
	if err != nil {
		return Progress{}, err
	}
	who, err := meet(ctx, tx, p, one, aliases, s.clock())
	if err != nil {
		return Progress{}, err
	}
	if _, joined := who.joins[c.ID]; joined {
		return who.progress(&c), nil
	}
	if err := who.mayJoin(ctx, tx, &c); err != nil {
		return Progress{}, err
	}
	if _, err := tx.InsertNew(ctx, joinTable, [][]any{{who.ID, c.ID, programme, db.Micros(who.now)}}); err != nil {
		return Progress{}, err
	}
	who.joins[c.ID] = who.now
	return who.progress(&c), auth.Record(ctx, tx, a, auth.Entry{
		ProgrammeID: programme, Action: "challenge.join", Subject: c.ID.In(id.Challenge), Detail: map[string]any{"member": who.ID.In(id.Member)},
	})
}

func (p *person) mayJoin(ctx context.Context, q db.Queryer, c *Challenge) error {
	switch {
	case c.StateAt(p.now) != Published:
		return fault.Conflict("challenge_not_open", "the challenge is not open")
	case !c.OptIn:
		return fault.Conflict("challenge_no_joining", "everybody takes part in this challenge without joining it")
	case p.Status != member.Enrolled:
		return fault.Refused("not_enrolled", "only who has joined the programme can take part").At("/member")
	}
	among, err := p.among(ctx, q, c.Audience)
	if err == nil && !among {
		return fault.Refused("challenge_not_for", "the challenge is for other members")
	}
	return err
}

package survey

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/sale"
)

// DrawJob draws a sample and passes its invitations on.
const DrawJob = "survey.draw"

// contactsAtOnce is how many invitations are passed on in one transaction.
const contactsAtOnce = 500

type drawing struct {
	ProgrammeID id.ID `json:"programme"`
	SampleID    id.ID `json:"sample"`
}

// Ask draws members by the plan and has them asked; the work is done by a job,
// and the sample tells how far it is. It needs surveys.write.
func (s *Service) Ask(ctx context.Context, a auth.Actor, programme, survey id.ID, plan Plan) (Sample, error) {
	n := Sample{ProgrammeID: programme, SurveyID: survey, State: SampleWaiting, Cells: Cells{}}
	if err := plan.Check(); err != nil {
		return n, err
	}
	n.Plan = plan
	err := s.change(ctx, a, programme, "survey.ask", func(tx *db.Tx) (*Survey, error) {
		v, err := loadSurvey(ctx, tx, programme, survey, tx.ForUpdate())
		if err == nil && v.State != Published {
			err = fault.Conflict("survey_not_open", "only a published survey is asked")
		}
		if err != nil {
			return nil, err
		}
		n.ID, n.Made = tx.IDs().New(), db.Time(db.Micros(s.now()))
		if err := insertSample(ctx, tx, &n); err != nil {
			return nil, err
		}
		return &v, jobs.Add(ctx, tx, s.now(), jobs.New{Kind: DrawJob, Unique: n.ID.In(id.SurveySample), Payload: drawing{programme, n.ID}})
	})
	return n, err
}

// Eligibles says how many could be drawn by a plan.
type Eligibles struct {
	// Eligible could be drawn; Never more belong to those who are never asked.
	Eligible, Never int64
	// Drawn is how many the plan would choose of them.
	Drawn int64
}

// Count returns how many could be drawn and would be, and asks nobody. It needs
// surveys.read.
func (s *Service) Count(ctx context.Context, a auth.Actor, programme, survey id.ID, plan Plan) (Eligibles, error) {
	if err := a.Can(programme, auth.SurveysRead); err != nil {
		return Eligibles{}, err
	}
	if err := plan.Check(); err != nil {
		return Eligibles{}, err
	}
	list, held, err := s.eligible(ctx, programme, survey, &plan, s.now())
	return Eligibles{int64(len(list)), int64(len(held)), int64(len(plan.Draw(list)))}, err
}

// eligible returns who could be drawn at the time, and who could be if they were
// not held out of all asking.
func (s *Service) eligible(ctx context.Context, programme, survey id.ID, plan *Plan, at time.Time) (list []Drawn, held []id.ID, err error) {
	err = s.d.View(ctx, func(q db.Queryer) error {
		p, err := program.Load(ctx, q, programme)
		if err != nil {
			return err
		}
		share, err := neverShare(ctx, q, programme)
		if err != nil {
			return err
		}
		known, err := know(ctx, q, programme, at)
		if err != nil {
			return err
		}
		happened, err := s.happened(ctx, q, programme, plan, at)
		if err != nil {
			return err
		}
		asked, err := askedBy(ctx, q, survey)
		if err != nil {
			return err
		}
		shops, err := shopCodes(ctx, q, programme)
		if err != nil {
			return err
		}
		return member.Each(ctx, q, programme, func(m *member.Member) error {
			k := known[m.ID]
			k.MemberID = m.ID
			if m.MergedInto != 0 || m.Status == member.Erased || asked[m.ID] || !plan.wants(m, k, at) || !happened(k) {
				return nil
			}
			if NeverAsked(p.Salt, m.ID, share) {
				held = append(held, m.ID)
				return nil
			}
			list = append(list, Drawn{m.ID, k.Cell(at), plan.asksAbout(k, shops)})
			return nil
		})
	})
	return list, held, err
}

// shopCodes are the codes of a programme's shops.
func shopCodes(ctx context.Context, q db.Queryer, programme id.ID) (map[id.ID]string, error) {
	shops, err := program.Shops(ctx, q, programme)
	codes := make(map[id.ID]string, len(shops))
	for _, n := range shops {
		codes[n.ID] = n.Code
	}
	return codes, err
}

// wants reports whether the plan looks for such a member.
func (p *Plan) wants(m *member.Member, k Known, at time.Time) bool {
	if p.Bought > 0 && (k.Purchases == 0 || at.Sub(k.Last) > time.Duration(p.Bought)*24*time.Hour) {
		return false
	}
	if p.Tag == "" {
		return true
	}
	for _, t := range m.Tags {
		if t == p.Tag {
			return true
		}
	}
	return false
}

// know returns what is known at a time of the buyers of a programme, by
// survivor.
func know(ctx context.Context, q db.Queryer, programme id.ID, at time.Time) (map[id.ID]Known, error) {
	return knowAnd(ctx, q, programme, at, func(id.ID, *sale.Sale) {})
}

// knowAnd is know, and tells of every later sale whose it is.
func knowAnd(ctx context.Context, q db.Queryer, programme id.ID, at time.Time, later func(who id.ID, n *sale.Sale)) (map[id.ID]Known, error) {
	survivors, err := member.Survivors(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	known := map[id.ID]Known{}
	err = sale.EachHead(ctx, q, programme, func(n *sale.Sale) error {
		who := n.MemberID
		if into := survivors[who]; into != 0 {
			who = into
		}
		if n.Occurred.After(at) {
			later(who, n)
			return nil
		}
		k := known[who]
		k.Purchases++
		if !n.Occurred.Before(k.Last) {
			k.Last, k.ShopID, k.Channel = n.Occurred, n.ShopID, n.Channel
		}
		known[who] = k
		return nil
	})
	return known, err
}

// Draw does a job DrawJob.
func (s *Service) Draw(ctx context.Context, j *jobs.Job) error {
	var d drawing
	if err := j.Read(&d); err != nil {
		return err
	}
	n, err := loadSample(ctx, s.d.Reader(), d.ProgrammeID, d.SampleID, "")
	if err != nil {
		return permanent(err)
	}
	if n.State == SampleWaiting {
		if err := s.drawInTurn(ctx, &n); err != nil {
			return err
		}
	}
	for n.State == SampleDrawn {
		if err := s.invite(ctx, &n); err != nil {
			return err
		}
		if err := j.Progress(ctx, n.Invited, n.Drawn, ""); err != nil {
			return err
		}
	}
	return nil
}

// permanent sets a job aside whose subject is gone.
func permanent(err error) error {
	if f := fault.As(err); f != nil && f.Kind == fault.KindMissing {
		return jobs.Permanent(err)
	}
	return err
}

// drawInTurn draws a sample; before one of a standing question, those that wait
// for longer, for whom they draw is to rest.
func (s *Service) drawInTurn(ctx context.Context, n *Sample) error {
	if n.Plan.Occasion != nil {
		before, err := selectSamples(ctx, s.d.Reader(), `programme_id = $1 AND state = $2 AND id < $3 ORDER BY id`, n.ProgrammeID, string(SampleWaiting), n.ID)
		if err != nil {
			return err
		}
		for i := range before {
			if err := s.draw(ctx, &before[i]); err != nil {
				return err
			}
		}
	}
	return s.draw(ctx, n)
}

// draw chooses by the plan and keeps who was chosen, all at once, so that a job
// that is done again draws nobody else.
func (s *Service) draw(ctx context.Context, n *Sample) error {
	list, held, err := s.eligible(ctx, n.ProgrammeID, n.SurveyID, &n.Plan, n.Made)
	if err != nil {
		return fmt.Errorf("drawing a sample: %w", err)
	}
	drawn := n.Plan.Draw(list)
	n.Eligible, n.Never, n.Drawn, n.Cells, n.State = int64(len(list)), int64(len(held)), int64(len(drawn)), CountCells(list), SampleDrawn
	return s.d.InTx(ctx, func(tx *db.Tx) error {
		p, err := program.Load(ctx, tx, n.ProgrammeID)
		if err != nil {
			return err
		}
		if old, err := loadSample(ctx, tx, n.ProgrammeID, n.ID, tx.ForUpdate()); err != nil || old.State != SampleWaiting {
			return err
		}
		if err := insertInvitations(ctx, tx, p.Salt, n, drawn); err != nil {
			return err
		}
		if err := insertHeld(ctx, tx, n, held); err != nil {
			return err
		}
		return updateSample(ctx, tx, n)
	})
}

// invite passes some invitations on to the contact policy, and closes the sample
// after the last.
func (s *Service) invite(ctx context.Context, n *Sample) error {
	return s.d.InTx(ctx, func(tx *db.Tx) error {
		fresh, err := loadSample(ctx, tx, n.ProgrammeID, n.ID, tx.ForUpdate())
		if err != nil {
			return err
		}
		list, err := selectInvitations(ctx, tx, `survey_id = $1 AND sample_id = $2 AND state = $3 ORDER BY id LIMIT $4`, n.SurveyID, n.ID, string(Chosen), contactsAtOnce)
		if err != nil {
			return err
		}
		wanted := make([]jobs.New, len(list))
		for i, inv := range list {
			list[i].State, list[i].Changed = Invited, s.now()
			wanted[i] = jobs.New{Kind: flow.ContactWanted, Unique: inv.name(), Payload: inv.contact(&fresh)}
		}
		if err := updateInvitations(ctx, tx, list); err != nil {
			return err
		}
		fresh.Invited += int64(len(list))
		if len(list) < contactsAtOnce {
			fresh.State, fresh.Done = SampleDone, s.now()
		}
		*n = fresh
		if err := updateSample(ctx, tx, n); err != nil {
			return err
		}
		return jobs.Add(ctx, tx, s.now(), wanted...)
	})
}

// contactPrefix begins the names of contacts by which members are asked.
const contactPrefix = "survey:"

func (n *Invitation) name() string { return contactPrefix + n.ID.In(id.SurveyInvitation) }

func (n *Invitation) contact(of *Sample) flow.Contact {
	return flow.Contact{
		ProgrammeID: n.ProgrammeID, MemberID: n.MemberID, Class: flow.AskContact, Message: "survey_ask",
		Figures: map[string]int64{"days": int64(of.Plan.Days)}, Path: Scheme + ":" + n.ID.In(id.SurveyInvitation), Name: n.name(),
	}
}

// SampleQuery chooses draws of a survey.
type SampleQuery struct {
	ProgrammeID, SurveyID id.ID
	// Standing leaves those of the standing question, Once those of managers.
	Standing, Once bool
	// Before is the last draw of the page before; 0 begins with the latest.
	Before id.ID
	// Limit is the size of the page, 100 at most.
	Limit int
}

// Samples returns the draws of a survey, the latest first. It needs
// surveys.read.
func (s *Service) Samples(ctx context.Context, a auth.Actor, query SampleQuery) ([]Sample, error) {
	if _, err := s.Get(ctx, a, query.ProgrammeID, query.SurveyID); err != nil {
		return nil, err
	}
	var args db.Args
	where := `programme_id = ` + args.Add(query.ProgrammeID) + ` AND survey_id = ` + args.Add(query.SurveyID)
	if query.Standing {
		where += ` AND standing`
	}
	if query.Once {
		where += ` AND NOT standing`
	}
	if query.Before != 0 {
		where += ` AND id < ` + args.Add(query.Before)
	}
	return selectSamples(ctx, s.d.Reader(), where+` ORDER BY id DESC LIMIT `+args.Add(min(max(query.Limit, 1), 101)), args.Values()...)
}

// Sample returns one draw; fault "unknown_sample". It needs surveys.read.
func (s *Service) Sample(ctx context.Context, a auth.Actor, programme, sample id.ID) (Sample, error) {
	if err := a.Can(programme, auth.SurveysRead); err != nil {
		return Sample{}, err
	}
	return loadSample(ctx, s.d.Reader(), programme, sample, "")
}

package standard

import (
	"context"
	"slices"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Query asks for visits; empty fields ask for all.
type Query struct {
	ProgrammeID id.ID
	Kind        Kind
	State       State
	ShopID      id.ID
	RoundID     id.ID
	// Before is the last visit of the page before.
	Before id.ID
	Limit  int
}

// Visits returns a page of visits, the latest day first: all that the actor may see.
// Mystery visits that are to come are for those who plan them alone, and of the
// shops where they work not even for them. It needs standards.read.
func (s *Service) Visits(ctx context.Context, a auth.Actor, n Query) ([]*Visit, error) {
	may, err := s.sees(ctx, s.d.Reader(), a, n.ProgrammeID)
	if err != nil {
		return nil, err
	}
	var args db.Args
	where := []string{`v.programme_id = ` + args.Add(n.ProgrammeID)}
	if n.Kind != "" {
		where = append(where, `v.kind = `+args.Add(string(n.Kind)))
	}
	now := db.Micros(s.clock())
	switch n.State {
	case "":
	case Planned:
		where = append(where, `v.state = 'planned' AND v.closes > `+args.Add(now))
	case Missed:
		where = append(where, `v.state = 'planned' AND v.closes <= `+args.Add(now))
	default:
		where = append(where, `v.state = `+args.Add(string(n.State)))
	}
	for column, v := range map[string]id.ID{"shop_id": n.ShopID, "round_id": n.RoundID} {
		if v != 0 {
			where = append(where, `v.`+column+` = `+args.Add(v))
		}
	}
	if !may.plans {
		where = append(where, `(v.kind = 'audit' OR v.state = 'sent')`)
	} else if len(may.own) > 0 {
		where = append(where, `(v.kind = 'audit' OR v.state = 'sent' OR v.shop_id NOT IN `+args.In(may.own)+`)`)
	}
	if len(may.rates) > 0 {
		where = append(where, `v.id NOT IN `+args.In(may.rates))
	}
	if n.Before != 0 {
		where = append(where, `(v.opens, v.id) < (SELECT b.opens, b.id FROM standard_visit AS b WHERE b.programme_id = `+args.Add(n.ProgrammeID)+` AND b.id = `+args.Add(n.Before)+`)`)
	}
	list, err := selectVisits(ctx, s.d.Reader(), strings.Join(where, ` AND `)+` ORDER BY v.opens DESC, v.id DESC LIMIT `+args.Add(n.Limit), args.Values()...)
	for _, v := range list {
		may.veil(v)
	}
	return list, err
}

// File is a visit with what belongs to it.
type File struct {
	*Visit
	Spec        *Spec
	Scenario    *Scenario // nil for an audit, and for those who do not plan
	Photos      []Photo
	Corrections []Correction
	// Failures are the codes of the critical criteria that were not kept.
	Failures []string
	// Link is the path of the sheet, for those who hand it out while it is open.
	Link string
}

// Visit returns one with what belongs to it; one that is hidden from who asks is
// unknown to them. It needs standards.read.
func (s *Service) Visit(ctx context.Context, a auth.Actor, programme, which id.ID) (*File, error) {
	var f *File
	err := s.d.View(ctx, func(q db.Queryer) error {
		may, err := s.sees(ctx, q, a, programme)
		if err != nil {
			return err
		}
		v, err := loadVisit(ctx, q, programme, which, "")
		if err != nil {
			return err
		}
		if may.hides(v) {
			return UnknownVisit(which)
		}
		may.veil(v)
		f = &File{Visit: v}
		return s.file(ctx, q, a, f)
	})
	return f, err
}

func (s *Service) file(ctx context.Context, q db.Queryer, a auth.Actor, f *File) error {
	var err error
	if f.Spec, err = loadSpec(ctx, q, f.ProgrammeID, f.StandardID, f.Version); err != nil {
		return err
	}
	plans := a.Can(f.ProgrammeID, auth.VisitsPlan) == nil
	if f.ScenarioID != 0 && plans {
		if f.Scenario, err = loadScenario(ctx, q, f.ProgrammeID, f.ScenarioID); err != nil {
			return err
		}
	}
	if f.State == Sent || f.Kind == Audit {
		if f.Photos, err = photosOf(ctx, q, f.ProgrammeID, f.ID); err != nil {
			return err
		}
		_, f.Failures = f.Spec.Score(f.Answers)
	}
	if f.Corrections, err = correctionsOf(ctx, q, f.ProgrammeID, f.ID); err != nil {
		return err
	}
	mine := f.Kind == Audit && a.Can(f.ProgrammeID, auth.AuditsWrite) == nil
	if f.At(s.clock()) == Planned && (plans || mine) {
		p, err := program.Load(ctx, q, f.ProgrammeID)
		f.Link = Path + Token(p.Salt, f.ID)
		return err
	}
	return nil
}

// Picture returns a photo of a sheet that was sent, as JPEG. It needs
// standards.read.
func (s *Service) Picture(ctx context.Context, a auth.Actor, programme, which, photo id.ID) ([]byte, error) {
	f, err := s.Visit(ctx, a, programme, which)
	if err != nil {
		return nil, err
	}
	var b []byte
	if len(f.Photos) > 0 {
		b, err = picture(ctx, s.d.Reader(), programme, f.ID, photo)
	}
	if err == nil && b == nil {
		err = fault.Missing("unknown_visit_photo", "the visit has no such photo")
	}
	return b, err
}

// Mine returns the visits that somebody of the staff is to make themselves, the
// next first, with their links. It needs nothing: they are sent.
func (s *Service) Mine(ctx context.Context, a auth.Actor, programme id.ID) ([]*File, error) {
	if a.Kind != auth.KindStaff {
		return nil, nil
	}
	return s.toMake(ctx, programme, a.ID)
}

// StaffVisits returns the visits that somebody of the staff is to make, as Mine
// shows them to them, but those that who asks may not see. It needs visits.plan
// and standards.read.
func (s *Service) StaffVisits(ctx context.Context, a auth.Actor, programme, staff id.ID) ([]*File, error) {
	if err := a.Can(programme, auth.VisitsPlan); err != nil {
		return nil, err
	}
	may, err := s.sees(ctx, s.d.Reader(), a, programme)
	if err != nil {
		return nil, err
	}
	list, err := s.toMake(ctx, programme, staff)
	return slices.DeleteFunc(list, func(f *File) bool { return may.hides(f.Visit) }), err
}

func (s *Service) toMake(ctx context.Context, programme, staff id.ID) ([]*File, error) {
	q := s.d.Reader()
	p, err := program.Load(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	list, err := selectVisits(ctx, q, `v.programme_id = $1 AND v.state = 'planned' AND v.closes > $2 AND v.visitor_id IN
		(SELECT o.id FROM standard_visitor AS o WHERE o.programme_id = $1 AND o.staff_id = $3 AND o.gone = 0) ORDER BY v.opens, v.id`, programme, db.Micros(s.clock()), staff)
	var mine []*File
	for _, v := range list {
		mine = append(mine, &File{Visit: v, Link: Path + Token(p.Salt, v.ID)})
	}
	return mine, err
}

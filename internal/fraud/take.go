package fraud

import (
	"context"
	"slices"
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/member"
)

// place is the subject of a rule and its hour, day or month.
type place struct {
	kind    Kind
	subject string
	begin   int64
}

// take keeps the marks and looks at every place that they touch.
func (s *Service) take(ctx context.Context, tx *db.Tx, w *watch, marks []mark) error {
	if err := takeTurn(ctx, tx, w.prog.ID); err != nil {
		return err
	}
	if err := addMarks(ctx, tx, w.prog.ID, marks); err != nil {
		return err
	}
	var places []place
	for _, m := range marks {
		touched, err := s.touched(ctx, tx, w, m)
		if err != nil {
			return err
		}
		for _, p := range touched {
			if !slices.Contains(places, p) {
				places = append(places, p)
			}
		}
	}
	for _, p := range places {
		if err := s.look(ctx, tx, w, p); err != nil {
			return err
		}
	}
	return nil
}

// touched returns the places whose figures a mark may change.
func (s *Service) touched(ctx context.Context, tx *db.Tx, w *watch, m mark) ([]place, error) {
	at := place{m.kind, m.subject, db.Micros(m.begin)}
	switch m.kind {
	case returned:
		at.kind, at.begin = ReturnsAfterSpending, db.Micros(ReturnsAfterSpending.Begin(m.at, w.prog.Zone))
	case spent:
		return s.afterwards(ctx, tx, w, m)
	case StaffGrants:
		subjects, err := subjectsIn(ctx, tx, w.prog.ID, m.kind, at.begin)
		places := []place{at}
		for _, name := range subjects {
			places = append(places, place{m.kind, name, at.begin})
		}
		return places, err
	}
	return []place{at}, nil
}

// afterwards are the months in which a member returned goods after having spent
// points.
func (s *Service) afterwards(ctx context.Context, tx *db.Tx, w *watch, m mark) ([]place, error) {
	subjects, err := names(ctx, tx, m.subject)
	if err != nil {
		return nil, err
	}
	backs, err := selectMarks(ctx, tx, w.prog.ID, returned, subjects, 0)
	var places []place
	for _, r := range backs {
		if r.at.After(m.at) {
			places = append(places, place{ReturnsAfterSpending, r.subject, db.Micros(ReturnsAfterSpending.Begin(r.at, w.prog.Zone))})
		}
	}
	return places, err
}

// names returns all the names of a subject: a member's are those of the
// profiles that were merged.
func names(ctx context.Context, q db.Queryer, subject string) ([]string, error) {
	m, err := id.Parse(id.Member, subject)
	if err != nil {
		return []string{subject}, nil //nolint:nilerr // no member, and so called by one name
	}
	sets, err := member.AliasSets(ctx, q, []id.ID{m})
	list := []string{subject}
	for _, one := range sets[m] {
		if name := one.In(id.Member); name != subject {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list, err
}

// look reckons a place anew and raises, renews or withdraws its flag. What was
// decided stays.
func (s *Service) look(ctx context.Context, tx *db.Tx, w *watch, p place) error {
	subjects, err := names(ctx, tx, p.subject)
	if err != nil {
		return err
	}
	marks, err := placeMarks(ctx, tx, w, p, subjects)
	if err != nil {
		return err
	}
	person, err := survivors(ctx, tx, p.kind, marks)
	if err != nil {
		return err
	}
	found := reckon(p.kind, marks, person)
	rule := w.rules.Rule(p.kind)
	var others []int64
	if rule.Times > 0 {
		if others, err = figures(ctx, tx, w.prog.ID, p.kind, p.begin, p.begin, subjects); err != nil {
			return err
		}
	}
	old, err := flagAt(ctx, tx, w.prog.ID, p.kind, subjects, p.begin)
	if err != nil {
		return err
	}
	over := rule.tooMuch(found.figure, others)
	switch {
	case old == nil && !over, old != nil && (old.State == Allowed || old.State == Confirmed):
		return nil
	case old == nil:
		old = &Flagged{ID: tx.IDs().New(), ProgrammeID: w.prog.ID, Kind: p.kind, Subject: subjects[0], Begins: db.Time(p.begin), Raised: s.clock()}
	}
	old.renew(rule, w.rules.Number, found, over)
	if err := saveFlag(ctx, tx, old); err != nil {
		return err
	}
	return s.settleLater(ctx, tx, old)
}

// placeMarks reads what a place is reckoned of.
func placeMarks(ctx context.Context, q db.Queryer, w *watch, p place, subjects []string) ([]mark, error) {
	if p.kind != ReturnsAfterSpending {
		return selectMarks(ctx, q, w.prog.ID, p.kind, subjects, p.begin)
	}
	marks, err := selectMarks(ctx, q, w.prog.ID, spent, subjects, 0)
	if err != nil {
		return nil, err
	}
	backs, err := selectMarks(ctx, q, w.prog.ID, returned, subjects, 0)
	for _, r := range backs {
		if db.Micros(ReturnsAfterSpending.Begin(r.at, w.prog.Zone)) == p.begin {
			marks = append(marks, r)
		}
	}
	return marks, err
}

// survivors tells who a member is now, as merges stand.
func survivors(ctx context.Context, q db.Queryer, k Kind, marks []mark) (func(id.ID) id.ID, error) {
	if !k.shared() || len(marks) == 0 {
		return func(m id.ID) id.ID { return m }, nil
	}
	var ids []id.ID
	for _, m := range marks {
		ids = append(ids, m.member)
	}
	found, err := member.Read(ctx, q, ids)
	return func(m id.ID) id.ID {
		if now := found[m]; now != nil {
			return now.ID
		}
		return m
	}, err
}

// renew writes what was found, by the rule of now.
func (f *Flagged) renew(r Rule, number int64, found finding, over bool) {
	f.State, f.Hold, f.Rules, f.More, f.Figure = Open, r.Action == Hold, number, r.More, found.figure
	if !over {
		f.State = Withdrawn
	}
	f.Events, f.Evidence, f.At = int64(len(found.marks)), []Evidence{}, time.Time{}
	given := map[id.ID]int64{}
	for _, m := range found.marks {
		if len(f.Evidence) < maxEvidence {
			f.Evidence = append(f.Evidence, Evidence{m.event, m.member, m.at, m.amount, m.actor})
		}
		if m.at.After(f.At) {
			f.At = m.at
		}
		if m.member != 0 {
			given[m.member] += m.points
		}
	}
	for i := range f.Parts {
		f.Parts[i].Points = given[f.Parts[i].MemberID]
		delete(given, f.Parts[i].MemberID)
	}
	for m, points := range given {
		f.Parts = append(f.Parts, Part{FlagID: f.ID, MemberID: m, Points: points})
	}
	slices.SortFunc(f.Parts, func(a, b Part) int { return compareIDs(a.MemberID, b.MemberID) })
}

// settleLater asks that the points of a flag be put where they belong, if they
// are not.
func (s *Service) settleLater(ctx context.Context, tx *db.Tx, f *Flagged) error {
	if !slices.ContainsFunc(f.Parts, func(p Part) bool { return f.target(&p) != p.Aside || p.moving != 0 }) {
		return nil
	}
	return jobs.Add(ctx, tx, s.now(), jobs.New{Kind: SettleJob, Unique: f.ID.In(id.Flag), Payload: settlement{f.ID}})
}

// about reports whether somebody is the subject of a flag, as auth.Actor names
// them.
func (f *Flagged) about(actor string) bool {
	subject, _, _ := strings.Cut(f.Subject, " ")
	return subject == actor || slices.ContainsFunc(f.Evidence, func(e Evidence) bool {
		return e.Actor == actor && (f.Kind == OwnAccount || f.Kind == StaffGrants || f.Kind == Enrolments)
	})
}

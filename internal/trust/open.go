package trust

import (
	"context"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/program"
)

// OpenPath is where a programme's published figures are read.
func OpenPath(slug string) string { return "/open/" + slug }

// Slot is a period between the first and the last that were published. One
// without a report is a gap, and is shown as one.
type Slot struct {
	Period Period
	Report *Report
}

// PublicFigures are those of one period as everybody reads them.
type PublicFigures struct {
	// Slots are all periods of both sorts, the latest first.
	Slots []Slot
	// Report is nil while nothing was published.
	Report *Report
	// Editions are all that was published of the period, the earliest first, and
	// Shown the one that was asked for.
	Editions []Edition
	Shown    *Edition
}

// Figures returns what was published of a period, or of the latest where its
// name is empty; version 0 is what stands. Fault "unknown_trust_report".
func (s *Service) Figures(ctx context.Context, programme id.ID, name string, version int64) (*PublicFigures, error) {
	f := &PublicFigures{}
	err := s.DB.View(ctx, func(q db.Queryer) error {
		g, err := program.Load(ctx, q, programme)
		if err != nil {
			return err
		}
		all, err := selectReports(ctx, q, `r.programme_id = $1 ORDER BY r.ends DESC, r.starts DESC`, programme)
		if err != nil {
			return err
		}
		f.Slots = slots(all, &g)
		for _, r := range all {
			if f.Report == nil && (name == "" || r.Period.Name == name) {
				f.Report = r
			}
		}
		if f.Report == nil {
			if name != "" {
				return UnknownReport()
			}
			return nil
		}
		if f.Editions, err = editionsOf(ctx, q, programme, f.Report.ID); err != nil {
			return err
		}
		return f.choose(version)
	})
	return f, err
}

func (f *PublicFigures) choose(version int64) error {
	if version == 0 {
		version = f.Report.Version
	}
	i := slices.IndexFunc(f.Editions, func(e Edition) bool { return e.Version == version })
	if i < 0 {
		return UnknownReport()
	}
	f.Shown = &f.Editions[i]
	return nil
}

// mostSlots bounds how many periods of a sort are listed.
const mostSlots = 36

// slots lists the periods of each sort from the latest that was published to
// the first, gaps and all.
func slots(all []*Report, g *program.Programme) []Slot {
	var list []Slot
	for _, quarters := range []bool{false, true} {
		byName := map[string]*Report{}
		var last, first Period
		for _, r := range all {
			if r.Period.Quarter() != quarters {
				continue
			}
			if byName[r.Period.Name] = r; last.Name == "" {
				last = r.Period
			}
			first = r.Period
		}
		for n := 0; last.Name != "" && n < mostSlots; n++ {
			list = append(list, Slot{last, byName[last.Name]})
			if last.Name == first.Name {
				break
			}
			last = last.Shift(-1, g.Zone)
		}
	}
	slices.SortStableFunc(list, func(a, b Slot) int { return b.Period.Until.Compare(a.Period.Until) })
	return list
}

// Reports returns what was published, the latest period first. It needs
// trust.read.
func (s *Service) Reports(ctx context.Context, a auth.Actor, programme id.ID) ([]*Report, error) {
	if err := a.Can(programme, auth.TrustRead); err != nil {
		return nil, err
	}
	return selectReports(ctx, s.DB.Reader(), `r.programme_id = $1 ORDER BY r.ends DESC, r.starts DESC`, programme)
}

// Report returns what was published of a period with all its editions, the
// earliest first. It needs trust.read.
func (s *Service) Report(ctx context.Context, a auth.Actor, programme, report id.ID) (*Report, []Edition, error) {
	if err := a.Can(programme, auth.TrustRead); err != nil {
		return nil, nil, err
	}
	var r *Report
	var editions []Edition
	err := s.DB.View(ctx, func(q db.Queryer) (err error) {
		if r, err = loadReport(ctx, q, programme, report, ""); err != nil {
			return err
		}
		editions, err = editionsOf(ctx, q, programme, report)
		return err
	})
	return r, editions, err
}

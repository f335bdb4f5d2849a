package trust

import (
	"context"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/program"
)

// OpenPath is where a programme's published figures are read.
func OpenPath(slug string) string { return "/open/" + slug }

// Slot is a period between the first that was published and today. One without a
// report is a gap, and is shown as one.
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
		f.Slots = slots(all, &g, s.clock())
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

// mostSlots bounds how many periods of a sort are looked at for gaps.
const mostSlots = 36

// slots lists the periods of each sort from the latest that is over to the first
// that was published, gaps and all: who stops to publish when a month went badly
// leaves one, too.
func slots(all []*Report, g *program.Programme, now time.Time) []Slot {
	byName := map[string]*Report{}
	for _, r := range all {
		byName[r.Period.Name] = r
	}
	var list []Slot
	for _, latest := range []Period{Recent(now, g.Zone, 1, 0)[0], Recent(now, g.Zone, 0, 1)[0]} {
		of := slices.DeleteFunc(slices.Clone(all), func(r *Report) bool { return r.Period.Quarter() != latest.Quarter() })
		if len(of) == 0 {
			continue
		}
		last, first := of[0].Period.Name, of[len(of)-1].Period.Name // names of a sort are in order of time, in whatever zone
		p := latest
		for range mostSlots {
			if p.Name < first {
				break
			}
			// One after the last of its sort is told of by the other sort, for those
			// who went over to it.
			if r := byName[p.Name]; r != nil || p.Name <= last || !p.toldOf(byName, g.Zone) {
				list = append(list, Slot{p, r})
			}
			p = p.Shift(-1, g.Zone)
		}
		for _, r := range of {
			if r.Period.Name <= p.Name {
				list = append(list, Slot{r.Period, r})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Slot) int { return b.Period.Until.Compare(a.Period.Until) })
	return list
}

// toldOf reports whether figures of the other sort tell of a whole period: those
// of its quarter, or of all its months.
func (p Period) toldOf(byName map[string]*Report, zone *time.Location) bool {
	from := p.From.In(zone)
	if !p.Quarter() {
		return byName[quarterOf(from, zone).Name] != nil
	}
	for n := range p.months() {
		if byName[periodOf(from.Year(), from.Month()+time.Month(n), 1, zone).Name] == nil {
			return false
		}
	}
	return true
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

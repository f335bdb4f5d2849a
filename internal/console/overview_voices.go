package console

import (
	"context"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/trust"
	"regulars/internal/web"
)

// summary is who reads for everybody; what of it somebody is shown is up to what
// they may read.
var summary = auth.System("overview")

// readVoices adds what customers say, and what was kept of what they were
// promised.
func (c *Console) readVoices(ctx context.Context, f *outlook, programme id.ID) (err error) {
	if f.score, err = c.Surveys.Headline(ctx, summary, programme); err != nil {
		return err
	}
	f.kept, err = c.Trust.Shares(ctx, summary, programme)
	return err
}

// voiced are the shares that the overview shows.
var voiced = []struct {
	signal string
	see    auth.Permission
}{
	{"promises_kept", auth.PromisesRead}, {"answers_in_time", auth.CasesRead}, {"reviews_positive", auth.TouchRead},
}

// voices are those of the figures that somebody may see and that rest on
// something.
func (f *outlook) voices(v *visit) []web.Stat {
	var list []web.Stat
	if f.score != nil && v.can(auth.SurveysRead) {
		s := f.score
		list = append(list, web.Stat{
			Sentence: v.T("console.overview.score"), Figure: v.tenth(s.Score.Value), Href: v.at("/surveys/" + s.SurveyID.In(id.Survey)),
			Note: v.T("console.overview.score_note", "low", v.tenth(s.Score.Low), "high", v.tenth(s.Score.High), "n", s.Score.N, "last", s.Last),
		})
	}
	for _, n := range voiced {
		a := f.kept[n.signal]
		if a.N == 0 || !v.can(n.see) {
			continue
		}
		signal, _ := trust.FindSignal(n.signal)
		one := web.Stat{Sentence: v.T("console.overview." + n.signal), Figure: v.Percent(a.K, a.N, 1), Href: v.at(signal.Place)}
		if i := a.Interval(); a.Few() {
			one.Figure, one.Note = v.T("console.overview.of", "k", a.K, "n", a.N), v.T("console.overview.few")
		} else {
			one.Note = v.T("console.overview.share_range", "k", a.K, "n", a.N, "low", v.shareOf(i.Low), "high", v.shareOf(i.High))
		}
		list = append(list, one)
	}
	return list
}

package tier

import (
	"time"

	"regulars/internal/i18n"
)

// Progress says what a member lacks for the next rank, and whether the present
// one is in danger. Amounts are in the metric's unit.
type Progress struct {
	// Rank is the code of the rank held, Metric what counts now.
	Rank   string
	Metric int64
	// Next is the rank above, empty at the top; Missing is what it takes.
	Next    string
	Missing int64
	// Holds is the instant up to which all that counts now goes on counting; by
	// then Missing is enough. Zero means for ever.
	Holds time.Time
	// FallsAt is when the rank falls to FallsTo unless Keep is added before;
	// zero when it is not in danger.
	FallsAt time.Time
	FallsTo string
	Keep    int64
	// Words say what is missing for the next rank, or that there is none;
	// Warning what is missing to keep the present one, with an empty key when
	// nothing is.
	Words, Warning i18n.Text
}

// Progress posts what is due by now and says how far the member has come.
func (a *Account) Progress(now time.Time) (Progress, error) {
	if err := a.Post(now); err != nil {
		return Progress{}, err
	}
	v := a.ladder.from(a.s.Reckoned)
	held := v.index(a.s.Rank)
	p := Progress{Rank: a.s.Rank, Metric: a.s.Metric, Holds: a.holds(v)}
	p.Words = i18n.Text{Key: "tier.progress.top", Args: map[string]any{"rank": v.Ranks[held].Name}}
	if held+1 < len(v.Ranks) {
		next := v.Ranks[held+1]
		p.Next, p.Missing = next.Code, next.Threshold-a.s.Metric
		p.Words = a.lacking("tier.progress.next", v, next, p.Missing, p.Holds)
	}
	if !a.s.FallsAt.IsZero() {
		p.FallsAt, p.Keep = a.s.FallsAt, v.Ranks[held].keep()-a.s.Metric
		p.FallsTo = v.Ranks[a.fallsTo(v, held)].Code
		p.Warning = a.lacking("tier.progress.keep", v, v.Ranks[held], p.Keep, p.FallsAt)
	}
	return p, nil
}

// holds is when what counts next becomes less: in a calendar year at its end,
// whatever was bought.
func (a *Account) holds(v *Version) time.Time {
	if v.Window.Kind == CalendarYear {
		return soonest(a.nextLeave(), v.Window.leaves(a.s.Reckoned, a.ladder.Zone))
	}
	return a.nextLeave()
}

// lacking says that an amount is missing for a rank, up to an instant.
func (a *Account) lacking(key string, v *Version, r Rank, missing int64, until time.Time) i18n.Text {
	args := map[string]any{"metric": string(v.Metric), "amount": v.said(missing), "rank": r.Name}
	args["limited"], args["last"] = a.lastDay(until)
	return i18n.Text{Key: key, Args: args}
}

// lastDay returns for texts whether an instant limits something, and the last
// day that lies wholly before it, or today.
func (a *Account) lastDay(until time.Time) (limited, last string) {
	if until.IsZero() {
		return "no", ""
	}
	y, m, d := until.In(a.ladder.Zone).Date()
	day := latest(time.Date(y, m, d-1, 12, 0, 0, 0, a.ladder.Zone), a.s.Reckoned)
	return "yes", day.In(a.ladder.Zone).Format(time.DateOnly)
}

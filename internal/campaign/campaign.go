package campaign

import (
	"context"
	"time"

	"regulars/internal/db"
	"regulars/internal/experiment"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// State is where a campaign stands.
type State string

// The states. Whom a running one is for is fixed; an ended one does nothing more,
// and is counted on.
const (
	Draft   State = "draft"
	Running State = "running"
	Ended   State = "ended"
)

// Text names the state in words.
func (s State) Text() i18n.Text { return i18n.Text{Key: "campaign.state." + string(s)} }

// Campaign is a campaign: S is what a shop says of it, L why somebody is left out.
type Campaign[S any, L ~string] struct {
	ID, ProgrammeID id.ID
	Version         int64
	State           State
	Spec            S
	// Seed draws who is held back.
	Seed    string
	Made    time.Time
	MadeBy  string
	Changed time.Time
	// Started is zero of a draft. Until is when it ends or ended. Chosen is when
	// everybody had been looked at, zero before.
	Started   time.Time
	StartedBy string
	Until     time.Time
	EndedBy   string // empty where it ended by its day
	Chosen    time.Time
	Tally     Tally[L]

	seen id.ID
}

// pass has a campaign whose day is over be ended.
func (c *Campaign[S, L]) pass(now time.Time) {
	if c.State == Running && !now.Before(c.Until) {
		c.State = Ended
	}
}

// Holds reports whether the draw of a name holds back somebody, of 10,000 so many:
// it is the same however often it is asked.
func (c *Campaign[S, L]) Holds(draw string, of int, who id.ID) bool {
	return experiment.Held(experiment.Bucket(c.Seed, draw, who.In(id.Member)), of)
}

// Window is when so many days are over for somebody who was chosen at a moment.
func Window(at time.Time, days int, zone *time.Location) time.Time {
	return at.In(zone).AddDate(0, 0, days)
}

// Ends is the moment after a day as 2026-12-31; zero where it is none.
func Ends(day string, zone *time.Location) time.Time {
	last, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		return time.Time{}
	}
	return last.AddDate(0, 0, 1)
}

// Tally is how many a campaign is for.
type Tally[L ~string] struct {
	// Looked is how many are as is meant; of them so many are asked, held back and
	// left out.
	Looked int64       `json:"looked"`
	Asked  int64       `json:"asked"`
	Held   int64       `json:"held"`
	Left   map[L]int64 `json:"left,omitempty"`
	// Points are those of whoever is asked, where it is about points, in the smallest
	// unit.
	Points int64 `json:"points,omitempty"`
}

// LeftOut is how many are left out.
func (t *Tally[L]) LeftOut() (n int64) {
	for _, c := range t.Left {
		n += c
	}
	return n
}

func (t *Tally[L]) add(f Fate[L]) {
	t.Looked++
	switch {
	case f.Left != "":
		if t.Left == nil {
			t.Left = map[L]int64{}
		}
		t.Left[f.Left]++
	case f.Held:
		t.Held++
	default:
		t.Asked++
		t.Points += f.Points
	}
}

// Fate is what a campaign has for somebody.
type Fate[L ~string] struct {
	Who    id.ID
	Points int64
	Left   L // empty for whoever is chosen
	Held   bool
}

// Chooser says whom a campaign is for.
type Chooser[L ~string] interface {
	// Next says what the campaign has for those after a member, in pages, and the
	// last who was looked at: 0 after the last page.
	Next(ctx context.Context, q db.Queryer, after id.ID) ([]Fate[L], id.ID, error)
}

// foretell counts whom a campaign would be for now.
func foretell[L ~string](ctx context.Context, q db.Queryer, c Chooser[L]) (t Tally[L], err error) {
	for after := id.ID(0); ; {
		list, last, err := c.Next(ctx, q, after)
		if err != nil || last == 0 {
			return t, err
		}
		for _, f := range list {
			t.add(f)
		}
		after = last
	}
}

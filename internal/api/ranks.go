package api

import (
	"context"
	"net/http"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/tier"
)

func (s *server) addRanks() {
	read(s, operation{
		id: "list-ladders", method: http.MethodGet, path: "/v1/ladders", tag: tagRanks, needs: needs(auth.RanksRead),
		summary: "List the programme's ladders of ranks",
	}, s.listLadders)
	s.addLadders()
	read(s, operation{
		id: "get-ranks", method: http.MethodGet, path: "/v1/members/{member}/ranks", tag: tagRanks, needs: needs(auth.RanksRead),
		summary: "Get where a member stands, what is missing for more, and how it came",
	}, func(ctx context.Context, c *call, in *memberIn) (standingList, error) {
		if err := c.can(auth.RanksRead); err != nil {
			return standingList{}, err
		}
		m, err := in.Member.id()
		if err != nil {
			return standingList{}, err
		}
		return s.standings(ctx, c, m)
	})
	write(s, operation{
		id: "assign-rank", method: http.MethodPost, path: "/v1/members/{member}/ranks", tag: tagRanks, needs: needs(auth.RanksAssign),
		summary: "Give a member a rank by hand, or take back what was given",
		text:    "From now until the end of the guarantee the rank does not fall below the one given.",
	}, s.assignRank, func(ctx context.Context, c *call, subject string) (standingList, error) {
		m, err := id.Parse(id.Member, subject)
		if err != nil {
			return standingList{}, err
		}
		return s.standings(ctx, c, m)
	})
}

type ladderList struct {
	Items []ladderView `json:"items" nullable:"false"`
}

// ladderView is a ladder as the latest of its versions in force has it.
type ladderView struct {
	Ladder    string     `json:"ladder" example:"lad_01h9x3k7q2v5n"`
	Code      string     `json:"code" example:"status"`
	Name      string     `json:"name" example:"Status"`
	Version   int        `json:"version" doc:"0 while it was never published."`
	From      *time.Time `json:"from,omitempty" doc:"Since when the version holds; missing when always."`
	HasDraft  bool       `json:"has_draft"`
	Metric    string     `json:"metric" enum:"spend,points,visits" doc:"What counts: minor units spent on goods, points earned, or visits."`
	Window    string     `json:"window" enum:"rolling_months,calendar_year,lifetime" doc:"How long it counts."`
	Months    int        `json:"months,omitempty" doc:"The length of a rolling window."`
	GraceDays int        `json:"grace_days,omitempty" doc:"How many days a rank stays after the metric fell too low."`
	Drop      string     `json:"drop" enum:"hard,soft" doc:"hard: to the rank that the metric keeps. soft: one step at a time."`
	Ranks     []rankView `json:"ranks" nullable:"false" doc:"The lowest first."`
	Wallet    string     `json:"wallet,omitempty" doc:"Whose points count." example:"wal_01h9x3k7q2v5n"`

	Draft *ladderSpec `json:"draft,omitempty" doc:"What the next version is to lay down."`
}

type rankView struct {
	Code      string `json:"code" example:"silver"`
	Name      string `json:"name" example:"Silver"`
	Threshold int64  `json:"threshold" doc:"The metric from which on it is earned." example:"100000"`
	Keep      *int64 `json:"keep,omitempty" doc:"The metric from which on it is kept; the threshold when missing."`
	Perks     string `json:"perks,omitempty" maxLength:"4000" doc:"What the rank brings, in words, one perk a line; members read them in the wallet, staff at the till." example:"A seat at tastings"`

	ReturnDays     int `json:"return_days,omitempty" minimum:"0" maximum:"366" doc:"How many days longer what is bought with this rank may come back, beside what the rules of returns say; a rule may say that it stays as it is." example:"16"`
	WarrantyMonths int `json:"warranty_months,omitempty" minimum:"0" maximum:"120" doc:"How many months longer warranties last that are promised for what is bought with this rank." example:"12"`
}

func rankOf(r tier.Rank) rankView {
	return rankView{Code: r.Code, Name: r.Name, Threshold: r.Threshold, Keep: r.Keep, Perks: r.Perks, ReturnDays: r.ReturnDays, WarrantyMonths: r.WarrantyMonths}
}

func (r rankView) rank() tier.Rank {
	return tier.Rank{
		Code: r.Code, Name: r.Name, Threshold: r.Threshold, Keep: r.Keep, Perks: r.Perks,
		Terms: tier.Terms{ReturnDays: r.ReturnDays, WarrantyMonths: r.WarrantyMonths},
	}
}

func ladderOf(p tier.Plan) ladderView {
	v := ladderView{Ladder: p.ID.In(id.Ladder), Code: p.Code, HasDraft: p.Draft != nil}
	latest := p.Draft
	if n := len(p.Versions); n > 0 {
		latest = &p.Versions[n-1]
		v.Version, v.From = latest.Number, moment(latest.From)
	}
	v.Name, v.Metric, v.Window, v.Months = latest.Name, string(latest.Metric), string(latest.Window.Kind), latest.Window.Months
	v.Wallet = shownID(latest.WalletID, id.Wallet)
	if p.Draft != nil {
		v.Draft = ladderSpecOf(&p.Draft.Definition)
	}
	v.GraceDays, v.Drop, v.Ranks = latest.GraceDays, string(latest.Drop), []rankView{}
	for _, r := range latest.Ranks {
		v.Ranks = append(v.Ranks, rankOf(r))
	}
	return v
}

func (s *server) listLadders(ctx context.Context, c *call, _ *nothing) (ladderList, error) {
	plans, err := s.Ladders.List(ctx, c.actor, c.programme())
	list := ladderList{Items: make([]ladderView, len(plans))}
	for i, p := range plans {
		list.Items[i] = ladderOf(p)
	}
	return list, err
}

type standingList struct {
	Member    string         `json:"member"`
	Standings []standingView `json:"standings" nullable:"false" doc:"One for each ladder in force."`
	History   []changeView   `json:"history" nullable:"false" doc:"How the ranks changed, on each ladder the earliest first."`
}

// standingView is where a member stands on a ladder.
type standingView struct {
	Ladder string     `json:"ladder" doc:"The ladder's code." example:"status"`
	Rank   string     `json:"rank" doc:"The rank's code." example:"silver"`
	Name   string     `json:"name" doc:"What the rank is called." example:"Silver"`
	Since  *time.Time `json:"since,omitempty" doc:"Missing when from the beginning."`
	Metric int64      `json:"metric" doc:"What counts now."`

	Next    string     `json:"next,omitempty" doc:"The rank above; missing at the top."`
	Missing int64      `json:"missing,omitempty" doc:"What is missing for it."`
	By      *time.Time `json:"by,omitempty" doc:"Until when all that counts now goes on counting."`
	FallsAt *time.Time `json:"falls_at,omitempty" doc:"When the rank falls, unless what is missing to keep it comes before."`
	FallsTo string     `json:"falls_to,omitempty"`
	Keep    int64      `json:"keep,omitempty" doc:"What is missing to keep it."`

	Given      string     `json:"given,omitempty" doc:"The rank given by hand, below which it does not fall."`
	GivenUntil *time.Time `json:"given_until,omitempty" doc:"When that ends; missing when never."`

	Progress *reasonView `json:"progress" doc:"What is missing for the next rank, in words."`
	Warning  *reasonView `json:"warning,omitempty" doc:"What is missing to keep the present one, in words."`
}

type changeView struct {
	Ladder string      `json:"ladder" doc:"The ladder's code."`
	At     time.Time   `json:"at"`
	From   string      `json:"from,omitempty"`
	To     string      `json:"to" doc:"The same as from when only the guarantee changed."`
	Event  string      `json:"event,omitempty" doc:"The event that brought it about; missing when time did."`
	Actor  string      `json:"actor,omitempty" doc:"Who gave or took back a rank by hand."`
	Reason *reasonView `json:"reason,omitempty"`
}

// standings returns where a member of the programme stands.
func (s *server) standings(ctx context.Context, c *call, m id.ID) (standingList, error) {
	aliases, err := s.aliases(ctx, c, m)
	if err != nil {
		return standingList{}, err
	}
	now, q := s.Now(), s.DB.Reader()
	asks := make([]tier.Ask, len(c.setting.ladders))
	for i := range c.setting.ladders {
		asks[i] = tier.Ask{MemberID: aliases[0], Ladder: &c.setting.ladders[i], Until: now}
	}
	accounts, err := tier.Load(ctx, q, asks)
	if err != nil {
		return standingList{}, err
	}
	list := standingList{Member: aliases[0].In(id.Member), Standings: make([]standingView, len(accounts)), History: []changeView{}}
	for i, a := range accounts {
		p, err := a.Progress(now)
		if err != nil {
			return standingList{}, err
		}
		list.Standings[i] = c.standing(a, p)
	}
	changes, err := tier.History(ctx, q, aliases[0])
	for _, ch := range changes {
		list.History = append(list.History, c.change(ch))
	}
	return list, err
}

func (c *call) standing(a *tier.Account, p tier.Progress) standingView {
	l, st := a.Ladder(), a.Standing()
	return standingView{
		Ladder: l.Code, Rank: p.Rank, Name: c.setting.rankName(l.ID, p.Rank), Since: moment(st.Since), Metric: p.Metric,
		Next: p.Next, Missing: p.Missing, By: moment(p.Holds), FallsAt: moment(p.FallsAt), FallsTo: p.FallsTo, Keep: p.Keep,
		Given: st.Hand, GivenUntil: moment(st.HandUntil), Progress: c.reason(p.Words), Warning: c.reason(p.Warning),
	}
}

func (c *call) change(ch tier.Change) changeView {
	v := changeView{At: ch.At, From: ch.From, To: ch.To, Actor: ch.Actor, Reason: c.reason(ch.Reason)}
	for _, l := range c.setting.ladders {
		if l.ID == ch.LadderID {
			v.Ladder = l.Code
		}
	}
	if ch.EventID != 0 {
		v.Event = ch.EventID.In(id.Event)
	}
	return v
}

// rankGiven gives a rank by hand.
type rankGiven struct {
	Ladder string    `json:"ladder" maxLength:"60" doc:"The ladder, by id or code." example:"status"`
	Rank   string    `json:"rank" maxLength:"60" doc:"The rank's code; empty takes back what was given." example:"gold"`
	Until  time.Time `json:"until,omitzero" doc:"When the guarantee ends; never when left out." example:"2026-12-31T23:00:00Z"`
	Note   string    `json:"note,omitempty" maxLength:"500" doc:"Why; the member and the auditor will read it." example:"a friend of the house"`
}

func (s *server) assignRank(ctx context.Context, c *call, in *memberIn, body *rankGiven) (string, error) {
	m, err := in.Member.id()
	if err != nil {
		return "", err
	}
	l, err := c.setting.ladder(body.Ladder)
	if err != nil {
		return "", fault.At("/ladder", err)
	}
	survivor := m
	err = s.DB.InTx(ctx, func(tx *db.Tx) error {
		who, err := member.Changeable(ctx, tx, c.programme(), m)
		if err != nil {
			return err
		}
		survivor = who.ID
		_, err = tier.Assign(ctx, tx, c.actor, s.Now(), tier.Assignment{MemberID: who.ID, Ladder: l, Rank: body.Rank, Until: body.Until, Note: body.Note})
		return err
	})
	return survivor.In(id.Member), err
}

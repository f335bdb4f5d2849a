package api

import (
	"strconv"
	"time"

	"regulars/internal/challenge"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// challengeSpec is what a manager says of a challenge. Sums of money are in
// minor units, points in the wallet's smallest unit.
type challengeSpec struct {
	Names        map[string]string  `json:"names" doc:"By language; at least in the programme's first." example:"{\"en\": \"Coffee month\"}"`
	Descriptions map[string]string  `json:"descriptions,omitempty" doc:"By language."`
	Form         string             `json:"form" enum:"goal,stamps,streak" doc:"goal: reached once in each period. stamps: one card after the other, what is over goes onto the next. streak: days, weeks or months in a row."`
	Counts       string             `json:"counts" enum:"purchases,visits,units,amount,products,categories,shops" doc:"A visit is a day on which the member came or bought. units are whole ones; products, categories and shops are different ones." example:"units"`
	Lines        *challengeLines    `json:"lines,omitempty" doc:"The goods that count; all when left out."`
	Minimum      int64              `json:"minimum,omitempty" minimum:"0" doc:"What one purchase must come to in those goods, less what came back."`
	Daily        bool               `json:"daily,omitempty" doc:"Lets a day count once at most."`
	Span         string             `json:"span" enum:"fixed,rolling,week,month" doc:"fixed: from begins to ends. rolling: so many days for each member, from when they joined. week, month: anew in each, by the programme's calendar." example:"month"`
	Days         int                `json:"days,omitempty" minimum:"0" doc:"How long a rolling one lasts."`
	Unit         string             `json:"unit,omitempty" enum:"day,week,month" doc:"What a streak counts."`
	Gaps         int                `json:"gaps,omitempty" minimum:"0" doc:"How many units a streak may miss in all without breaking."`
	Begins       time.Time          `json:"begins,omitzero" doc:"The first moment that counts; that of publication when left out or earlier."`
	Ends         time.Time          `json:"ends,omitzero" doc:"The first moment that does not count any more; never when left out."`
	OptIn        bool               `json:"opt_in,omitempty" doc:"Asks members to join. What they did before does not count."`
	Audience     *challengeAudience `json:"audience,omitempty" doc:"Whom it is for; everybody when left out. It is asked when the challenge is shown, joined and paid."`
	Steps        []challengeStep    `json:"steps" minItems:"1" maxItems:"12" nullable:"false" doc:"What is given at which count, from the lowest to the highest; stamps have one, the size of the card."`
	PerMember    int64              `json:"per_member,omitempty" minimum:"0" doc:"How many rewards one member gets at most; any number when left out."`
	Budget       *challengeBudget   `json:"budget,omitempty" doc:"What all members get together."`
	TakeBack     bool               `json:"take_back,omitempty" doc:"Takes points back, as far as they are there, when returns undo what they were given for."`
}

type challengeLines struct {
	SKUs       []string `json:"skus,omitempty" nullable:"false" maxItems:"200"`
	Categories []string `json:"categories,omitempty" nullable:"false" maxItems:"200"`
	Except     bool     `json:"except,omitempty" doc:"Chooses all goods but these."`
}

type challengeAudience struct {
	Tags  []string `json:"tags,omitempty" nullable:"false" maxItems:"200" doc:"Who has one of these tags."`
	Ranks []string `json:"ranks,omitempty" nullable:"false" maxItems:"200" doc:"And holds one of these ranks, by code, of the programme's first ladder."`
}

type challengeBudget struct {
	Rewards int64 `json:"rewards,omitempty" minimum:"0"`
	Points  int64 `json:"points,omitempty" minimum:"0"`
}

type challengeStep struct {
	At     int64           `json:"at" minimum:"1" doc:"The count; of an amount in minor units." example:"5"`
	Reward challengeReward `json:"reward"`
}

type challengeReward struct {
	Kind   string `json:"kind" enum:"points,code,tag" example:"points"`
	Wallet string `json:"wallet,omitempty" maxLength:"40" doc:"The wallet of the points, by id or code; the programme's first when left out." example:"points"`
	Points int64  `json:"points,omitempty" minimum:"0" example:"50"`
	Months int    `json:"months,omitempty" minimum:"0" doc:"How long the points last; for ever when left out."`
	Batch  string `json:"batch,omitempty" maxLength:"40" doc:"The batch of personal codes of which one is given."`
	Tag    string `json:"tag,omitempty" maxLength:"400" doc:"The tag that the member is given."`
}

func (n *challengeSpec) spec(c *call) (challenge.Spec, error) {
	s := challenge.Spec{
		Names: n.Names, Descriptions: n.Descriptions, Form: challenge.Form(n.Form), Counts: challenge.Kind(n.Counts), Minimum: n.Minimum, Daily: n.Daily,
		Span: challenge.Span(n.Span), Days: n.Days, Unit: earn.Period(n.Unit), Gaps: n.Gaps, Begins: n.Begins, Ends: n.Ends, OptIn: n.OptIn,
		PerMember: n.PerMember, TakeBack: n.TakeBack,
	}
	if n.Lines != nil {
		s.Lines = &earn.Lines{SKUs: n.Lines.SKUs, Categories: n.Lines.Categories, Except: n.Lines.Except}
	}
	if n.Audience != nil {
		s.Audience = challenge.Audience{Tags: n.Audience.Tags, Ranks: n.Audience.Ranks}
	}
	if n.Budget != nil {
		s.Budget = challenge.Budget{Rewards: n.Budget.Rewards, Points: n.Budget.Points}
	}
	for i := range n.Steps {
		w, err := n.Steps[i].Reward.reward(c)
		if err != nil {
			return s, fault.At("/steps/"+strconv.Itoa(i)+"/reward", err)
		}
		s.Steps = append(s.Steps, challenge.Step{At: n.Steps[i].At, Reward: w})
	}
	return s, nil
}

func (n *challengeReward) reward(c *call) (challenge.Reward, error) {
	w := challenge.Reward{Kind: challenge.RewardKind(n.Kind), Points: n.Points, Months: n.Months, Tag: n.Tag}
	if w.Kind == challenge.Points || n.Wallet != "" {
		wallet, err := c.setting.wallet(n.Wallet)
		if err != nil {
			return w, err
		}
		w.WalletID = wallet.ID
	}
	if n.Batch == "" {
		return w, nil
	}
	var err error
	if w.BatchID, err = id.Parse(id.Batch, n.Batch); err != nil {
		return w, fault.Invalid("challenge_batch", "choose a batch of personal codes that is not cancelled")
	}
	return w, nil
}

func (c *call) challengeReward(w *challenge.Reward) challengeReward {
	v := challengeReward{Kind: string(w.Kind), Points: w.Points, Months: w.Months, Tag: w.Tag}
	if w.WalletID != 0 {
		v.Wallet = c.setting.walletCode(w.WalletID)
	}
	if w.BatchID != 0 {
		v.Batch = w.BatchID.In(id.Batch)
	}
	return v
}

func (c *call) challengeSpec(s *challenge.Spec) challengeSpec {
	v := challengeSpec{
		Names: s.Names, Descriptions: s.Descriptions, Form: string(s.Form), Counts: string(s.Counts), Minimum: s.Minimum, Daily: s.Daily, Span: string(s.Span),
		Days: s.Days, Unit: string(s.Unit), Gaps: s.Gaps, Begins: s.Begins, Ends: s.Ends, OptIn: s.OptIn, PerMember: s.PerMember, TakeBack: s.TakeBack,
		Steps: []challengeStep{},
	}
	if s.Lines != nil {
		v.Lines = &challengeLines{s.Lines.SKUs, s.Lines.Categories, s.Lines.Except}
	}
	if !s.Audience.Open() {
		v.Audience = &challengeAudience{s.Audience.Tags, s.Audience.Ranks}
	}
	if !s.Budget.IsZero() {
		v.Budget = &challengeBudget{s.Budget.Rewards, s.Budget.Points}
	}
	for i := range s.Steps {
		v.Steps = append(v.Steps, challengeStep{s.Steps[i].At, c.challengeReward(&s.Steps[i].Reward)})
	}
	return v
}

// challengeView is a challenge.
type challengeView struct {
	Challenge string        `json:"challenge" example:"chl_01h9x3k7q2v5n"`
	State     string        `json:"state" enum:"draft,published,ended"`
	Made      time.Time     `json:"made"`
	Sentence  string        `json:"sentence" doc:"What it asks and gives, in words." example:"Buy 5 items, get 50 points (in a calendar month)."`
	Says      challengeSpec `json:"says"`
}

func (s *server) challengeView(c *call, n *challenge.Challenge) challengeView {
	return challengeView{
		Challenge: n.ID.In(id.Challenge), State: string(n.StateAt(s.Now())), Made: n.Made, Sentence: n.Sentence(c.print, challenge.Names{Points: c.pointsSaid}),
		Says: c.challengeSpec(&n.Spec),
	}
}

// pointsSaid says an amount of a wallet's points in words.
func (c *call) pointsSaid(wallet id.ID, amount int64) string {
	w, err := c.setting.wallet(wallet.In(id.Wallet))
	if err != nil || w.Decimals == 0 {
		return c.print.T("challenge.reward.points", "n", amount)
	}
	return c.print.T("challenge.reward.wallet", "points", w.Points(amount), "wallet", w.Name)
}

// progressView is how far a member has come in a challenge.
type progressView struct {
	Challenge   string           `json:"challenge" example:"chl_01h9x3k7q2v5n"`
	Name        string           `json:"name" doc:"In the caller's language, where there is one." example:"Coffee month"`
	Description string           `json:"description,omitempty"`
	Joined      bool             `json:"joined" doc:"Whether the member takes part; false until they join one that asks for it."`
	Done        int64            `json:"done" doc:"In the present period, or on the present card." example:"2"`
	Goal        int64            `json:"goal" doc:"The next count at which something is given." example:"5"`
	Reward      *challengeReward `json:"reward,omitempty" doc:"What is given then; missing when nothing more is in this period."`
	Complete    bool             `json:"complete" doc:"Whether nothing more can be had in this period."`
	Times       int64            `json:"times" doc:"How many rewards the member has been given so far."`
	Ends        *time.Time       `json:"ends,omitempty" doc:"When the present period ends."`
	Gaps        int64            `json:"gaps,omitempty" doc:"How many more units a streak may miss."`
	Words       string           `json:"words" example:"2 of 5 items; ends on 29 November 2026"`
}

func (c *call) progress(g *challenge.Progress) progressView {
	lang := string(c.print.Lang())
	v := progressView{
		Challenge: g.Challenge.ID.In(id.Challenge), Name: g.Challenge.Name(lang), Description: g.Challenge.Described(lang).Text, Joined: g.Joined,
		Done: g.Done, Goal: g.Goal, Complete: g.Complete, Times: g.Times, Ends: moment(g.Ends), Gaps: g.Gaps, Words: g.Words(c.print),
	}
	if g.Reward != nil {
		w := c.challengeReward(g.Reward)
		v.Reward = &w
	}
	return v
}

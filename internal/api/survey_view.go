package api

import (
	"context"
	"math"
	"time"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/survey"
)

// surveySpec is what a manager says of a survey.
type surveySpec struct {
	Kind      string            `json:"kind" enum:"nps,csat,ces,emotion,custom" doc:"nps: 0 to 10. csat: 1 to 5. ces: 1 to 7. emotion: a feeling. The first question of these makes the figure."`
	Names     map[string]string `json:"names" doc:"By language; at least in the programme's first."`
	Intro     map[string]string `json:"intro,omitempty" doc:"Said before the first question."`
	Thanks    map[string]string `json:"thanks,omitempty" doc:"Said after the last."`
	Questions []survey.Question `json:"questions" nullable:"false" minItems:"1" maxItems:"40" doc:"The form is scale, emotion, single, multiple or text. A scale has bounds, an emotion is one of five feelings (1 anger, 2 disappointment, 3 indifference, 4 pleasure, 5 delight), single and multiple have options. Branches lead on by the answer to a later question or to end."`
}

func (n *surveySpec) spec() survey.Spec {
	return survey.Spec{Kind: survey.Kind(n.Kind), Names: n.Names, Intro: n.Intro, Thanks: n.Thanks, Questions: n.Questions}
}

type surveyView struct {
	ID        string            `json:"id" example:"svy_01h9x3k7q2v5n"`
	Kind      string            `json:"kind" enum:"nps,csat,ces,emotion,custom"`
	Names     map[string]string `json:"names"`
	Intro     map[string]string `json:"intro,omitempty"`
	Thanks    map[string]string `json:"thanks,omitempty"`
	Questions []survey.Question `json:"questions" nullable:"false"`
	State     string            `json:"state" enum:"draft,published,closed"`
	Link      string            `json:"link,omitempty" doc:"The path of the page that anybody may answer, once it is published." example:"/s/o/4gz0m2t7k9h3q1xw"`
	Links     map[string]string `json:"links,omitempty" doc:"That page by the kind of touchpoint (shop, parcel, site, phone, event); answers given by one of these know where they were felt."`
	Made      time.Time         `json:"made"`
	Published time.Time         `json:"published,omitzero"`
	Closed    time.Time         `json:"closed,omitzero"`
}

func surveyOf(n *survey.Survey) surveyView {
	v := surveyView{
		ID: n.ID.In(id.Survey), Kind: string(n.Kind), Names: n.Names, Intro: n.Intro, Thanks: n.Thanks, Questions: n.Questions, State: string(n.State),
		Made: n.Made, Published: n.Published, Closed: n.Closed,
	}
	if n.Open != "" {
		v.Link, v.Links = n.OpenLink(""), map[string]string{}
		for _, t := range survey.Touchpoints() {
			v.Links[string(t)] = n.OpenLink(t)
		}
	}
	if v.Questions == nil {
		v.Questions = []survey.Question{}
	}
	return v
}

// samplePlan says who is asked.
type samplePlan struct {
	Method     string `json:"method" enum:"everybody,random,quota"`
	Seed       int64  `json:"seed" minimum:"0" doc:"Makes the draw; keep it to draw the same again." example:"20260101"`
	Wanted     int    `json:"wanted,omitempty" minimum:"0" doc:"How many are drawn: in all, or of each group of a quota."`
	By         string `json:"by,omitempty" enum:"recency,frequency,shop" doc:"The groups of a quota."`
	Bought     int    `json:"bought,omitempty" minimum:"0" doc:"Only those whose last purchase is so many days ago at most."`
	Tag        string `json:"tag,omitempty" maxLength:"200" doc:"Only those who have the tag."`
	Days       int    `json:"days,omitempty" minimum:"0" maximum:"365" doc:"How long a link works; 14 days when left out."`
	Touchpoint string `json:"touchpoint,omitempty" enum:"shop,parcel,site,phone,event" doc:"What it asks about. Left out, the last purchase of each tells it where bought is given; else nobody knows."`
}

func (n *samplePlan) plan() survey.Plan {
	return survey.Plan{Method: survey.Method(n.Method), Seed: n.Seed, Wanted: n.Wanted, By: survey.Segment(n.By), Bought: n.Bought, Tag: n.Tag, Days: n.Days, Touchpoint: survey.Touchpoint(n.Touchpoint)}
}

type sampleView struct {
	ID       string     `json:"id" example:"svs_01h9x3k7q2v5n"`
	Plan     samplePlan `json:"plan"`
	State    string     `json:"state" enum:"waiting,drawn,done"`
	Eligible int64      `json:"eligible" doc:"How many could have been drawn."`
	Never    int64      `json:"never" doc:"How many more could have been, if they were not among those who are never surveyed."`
	Drawn    int64      `json:"drawn"`
	Invited  int64      `json:"invited" doc:"How many were passed on to the contact policy so far."`
	Made     time.Time  `json:"made"`
	// Occasion is of a standing question's draws alone.
	Occasion *occasionView `json:"occasion,omitempty" doc:"What happened to those who could be drawn for a standing question; missing of other samples."`
}

func sampleOf(n *survey.Sample) sampleView {
	p := n.Plan
	return sampleView{
		n.ID.In(id.SurveySample), samplePlan{string(p.Method), p.Seed, p.Wanted, string(p.By), p.Bought, p.Tag, p.Days, string(p.Touchpoint)}, string(n.State), n.Eligible, n.Never, n.Drawn, n.Invited, n.Made, occasionOf(p.Occasion),
	}
}

// surveyAnswer is the answer to one question.
type surveyAnswer struct {
	Number  int      `json:"number,omitempty" doc:"Of a scale."`
	Choices []string `json:"choices,omitempty" nullable:"false" maxItems:"30" doc:"Codes of options."`
	Text    string   `json:"text,omitempty" maxLength:"4000"`
	Skipped bool     `json:"skipped,omitempty"`
}

type surveyResponse struct {
	ID         string                  `json:"id" example:"svr_01h9x3k7q2v5n"`
	Member     string                  `json:"member,omitempty" example:"mem_01h9x3k7q2v5n"`
	Lang       string                  `json:"lang"`
	Mode       string                  `json:"mode" enum:"web,link,phone,import"`
	Occurred   time.Time               `json:"occurred"`
	Answers    map[string]surveyAnswer `json:"answers"`
	Weight     float64                 `json:"weight,omitempty" doc:"As it was brought in."`
	Reasons    map[string]string       `json:"reasons,omitempty" doc:"What own words are about, by question, as a person confirmed."`
	Suggested  map[string]string       `json:"suggested,omitempty" doc:"What own words hint at, by question, where nobody has confirmed it."`
	Touchpoint string                  `json:"touchpoint,omitempty" enum:"shop,parcel,site,phone,event" doc:"Where it was felt; left out where nobody knows."`
}

func responseOf(r *survey.Response) surveyResponse {
	v := surveyResponse{ID: r.ID.In(id.SurveyResponse), Lang: r.Lang, Mode: string(r.Mode), Occurred: r.Occurred, Weight: float64(r.Weight) / 1e6, Answers: map[string]surveyAnswer{}, Reasons: map[string]string{}, Suggested: map[string]string{}, Touchpoint: string(r.Touchpoint)}
	if r.MemberID != 0 {
		v.Member = r.MemberID.In(id.Member)
	}
	for q, a := range r.Answers {
		v.Answers[q] = surveyAnswer(a)
	}
	for q, n := range r.Reasons {
		switch {
		case n.Confirmed != "":
			v.Reasons[q] = n.Confirmed
		case n.Suggested != "":
			v.Suggested[q] = n.Suggested
		}
	}
	return v
}

type broughtResponses struct {
	Survey    string            `json:"survey" maxLength:"40" example:"svy_01h9x3k7q2v5n"`
	Responses []broughtResponse `json:"responses" nullable:"false" minItems:"1" maxItems:"500"`
}

type broughtResponse struct {
	Source     string                  `json:"source" maxLength:"200" example:"old-tool"`
	ExternalID string                  `json:"external_id" maxLength:"200" example:"17"`
	Member     string                  `json:"member,omitempty" maxLength:"40" doc:"Whose answers they are; leave it out when nobody knows."`
	Identities []surveyIdentity        `json:"identities,omitempty" nullable:"false" maxItems:"5" doc:"Names the member, when the id is not known."`
	Lang       string                  `json:"lang,omitempty" enum:"en,ru,pl"`
	Mode       string                  `json:"mode,omitempty" enum:"web,link,phone,import"`
	Shop       string                  `json:"shop,omitempty" maxLength:"200"`
	Occurred   time.Time               `json:"occurred" example:"2026-01-01T11:30:00Z"`
	Answers    map[string]surveyAnswer `json:"answers"`
	Touchpoint string                  `json:"touchpoint,omitempty" enum:"shop,parcel,site,phone,event" doc:"Where it was felt; leave it out when nobody knows."`
	Weight     float64                 `json:"weight,omitempty" minimum:"0" maximum:"1000000" doc:"What the answers weigh beside others; the weighted score goes by it."`
}

type surveyIdentity struct {
	Kind  string `json:"kind" maxLength:"20" example:"email"`
	Value string `json:"value" maxLength:"320" example:"ann@example.com"`
}

func (n *broughtResponse) brought() (survey.Brought, error) {
	b := survey.Brought{
		Source: n.Source, ExternalID: n.ExternalID, Lang: n.Lang, Mode: survey.Mode(n.Mode), Shop: n.Shop, Occurred: n.Occurred, Answers: survey.Answers{},
		Weight: int64(math.Round(n.Weight * 1e6)), Touchpoint: survey.Touchpoint(n.Touchpoint),
	}
	for q, a := range n.Answers {
		b.Answers[q] = survey.Answer(a)
	}
	for _, one := range n.Identities {
		b.Identity = append(b.Identity, member.Identity{Kind: member.IdentityKind(one.Kind), Value: one.Value})
	}
	if n.Member == "" {
		return b, nil
	}
	var err error
	if b.MemberID, err = id.Parse(id.Member, n.Member); err != nil {
		b.Source = "" // it is not taken
		return b, fault.At("/member", err)
	}
	return b, nil
}

type takenResponses struct {
	Results []takenResponse `json:"results" nullable:"false" doc:"In the order sent."`
}

type takenResponse struct {
	Status   int      `json:"status" example:"200"`
	Response string   `json:"response,omitempty" example:"svr_01h9x3k7q2v5n"`
	Repeated bool     `json:"repeated,omitempty" doc:"It was taken before and changed nothing now."`
	Problem  *problem `json:"problem,omitempty" doc:"Why it was not taken."`
}

// figureView is a number with how sure it is.
type figureView struct {
	Shown bool        `json:"shown"`
	Value float64     `json:"value,omitempty"`
	Low   float64     `json:"low,omitempty"`
	High  float64     `json:"high,omitempty"`
	N     int64       `json:"n"`
	Says  *reasonView `json:"says,omitempty"`
}

func (c *call) figure(f *survey.Figure) figureView {
	v := figureView{Shown: f.Shown, N: f.N}
	if f.Shown {
		v.Value, v.Low, v.High = f.Value, f.Low, f.High
	}
	if f.Says.Key != "" {
		v.Says = c.reason(f.Says)
	}
	return v
}

type weightedView struct {
	Score     figureView    `json:"score"`
	Way       string        `json:"way,omitempty" enum:"post_stratified,raked,inverse,given,none"`
	Effective float64       `json:"effective_n" doc:"How many answers without weights would be as sure (Kish)."`
	Design    float64       `json:"design_effect"`
	Refused   []*reasonView `json:"refused" nullable:"false" doc:"The ways tried before, with why they did not do."`
}

type surveyResultsView struct {
	Survey      string             `json:"survey" example:"svy_01h9x3k7q2v5n"`
	N           int64              `json:"n" doc:"Answers to the main question."`
	Preliminary bool               `json:"preliminary"`
	Lowest      int                `json:"lowest" doc:"The number of the first entry of distribution."`
	Counts      []int64            `json:"distribution" nullable:"false"`
	Score       figureView         `json:"score" doc:"Of those who answered alone: NPS, the share of 4 and 5 in per cent, the mean effort, or the balance of feelings."`
	Top         figureView         `json:"top" doc:"Of ces: the share of 5 to 7 in per cent."`
	Response    figureView         `json:"response" doc:"The share who answered of those drawn and reached, in per cent."`
	Bounds      figureView         `json:"bounds" doc:"Of nps: where the score of all who were drawn lies, whatever the silent think; its value is that of the drawn who answered."`
	Weighted    weightedView       `json:"weighted" doc:"Of nps: the score that speaks for all eligible."`
	Silent      figureView         `json:"silent" doc:"Of nps: what those who did not answer would need to score to turn the sign of the whole."`
	Segments    []surveySegment    `json:"segments" nullable:"false"`
	Weeks       []surveyWeek       `json:"weeks" nullable:"false"`
	Reasons     map[string]int64   `json:"reasons" doc:"What own words are about, as a person confirmed."`
	Open        int64              `json:"open" doc:"Own words that nobody has looked at."`
	Emotions    []surveyEmotion    `json:"emotions" nullable:"false" doc:"What each question about a feeling came to."`
	Drivers     []surveyDriverView `json:"drivers" nullable:"false" doc:"What goes with the main answer, not what causes it; empty under 100 whole answers, or 10 for each question."`
	Explained   float64            `json:"explained" doc:"How much of the variance of the main answer the drivers explain together, from 0 to 1; 0 without drivers."`
}

type surveySegment struct {
	By        string  `json:"by" enum:"shop,lang,mode"`
	Value     string  `json:"value"`
	N         int64   `json:"n"`
	Score     float64 `json:"score"`
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	P         float64 `json:"p"`
	Different bool    `json:"different" doc:"From all other answers, at a false discovery rate of 5 % over all segments (Benjamini and Hochberg)."`
}

type surveyWeek struct {
	Monday  time.Time `json:"monday"`
	N       int64     `json:"n"`
	Shown   bool      `json:"shown"`
	Value   float64   `json:"value"`
	Outside bool      `json:"outside" doc:"Beyond the limits of chance."`
}

type surveyDriverView struct {
	Question    string  `json:"question"`
	Part        float64 `json:"part" doc:"Of the variance of the main answer, from 0 to 1, by Johnson's relative weights; the parts add up to explained."`
	Low         float64 `json:"low" doc:"Where the part lies at 95 %, by bootstrap."`
	High        float64 `json:"high"`
	Shapley     float64 `json:"shapley" doc:"The same part by averaging over all orders of the questions (Lindeman, Merenda and Gold)."`
	ShapleyLow  float64 `json:"shapley_low"`
	ShapleyHigh float64 `json:"shapley_high"`
}

func (s *server) surveyResults(ctx context.Context, c *call, in *surveyIn) (surveyResultsView, error) {
	n, err := in.id()
	if err != nil {
		return surveyResultsView{}, err
	}
	r, err := s.Surveys.Results(ctx, c.actor, c.programme(), n)
	if err != nil {
		return surveyResultsView{}, err
	}
	f := &r.Figures
	v := surveyResultsView{
		Survey: string(in.Survey), N: f.N, Preliminary: f.Preliminary, Lowest: f.From, Counts: append([]int64{}, f.Distribution...),
		Score: c.figure(&f.Score), Top: c.figure(&f.Top), Response: c.figure(&f.Response), Bounds: c.figure(&f.Bounds), Silent: c.figure(&f.Silent),
		Reasons: r.Reasons, Open: r.Open, Segments: []surveySegment{}, Weeks: []surveyWeek{}, Drivers: []surveyDriverView{}, Emotions: []surveyEmotion{},
	}
	for i := range r.Emotions {
		v.Emotions = append(v.Emotions, c.emotion(&r.Emotions[i]))
	}
	v.Weighted.Score, v.Weighted.Way = c.figure(&f.Weighted.Figure), string(f.Weighted.Way)
	v.Weighted.Effective, v.Weighted.Design, v.Weighted.Refused = f.Weighted.Effective, f.Weighted.Design, c.allSaid(f.Weighted.Refused)
	for _, g := range f.Segments {
		v.Segments = append(v.Segments, surveySegment{g.By, g.Value, g.Votes.N(), g.Score.Value, g.Score.Low, g.Score.High, g.P, g.Different})
	}
	for _, w := range f.Trend.Weeks {
		one := surveyWeek{Monday: w.Monday, N: w.N, Shown: w.Shown, Outside: w.Outside}
		if w.Shown {
			one.Value = w.Value
		}
		v.Weeks = append(v.Weeks, one)
	}
	if r.Drivers.Shown {
		for i, d := range r.Drivers.Parts {
			v.Drivers = append(v.Drivers, surveyDriverView{
				r.Drivers.Questions[i], d.Johnson.Value, d.Johnson.Low, d.Johnson.High, d.Shapley.Value, d.Shapley.Low, d.Shapley.High,
			})
		}
		v.Explained = r.Drivers.R2
	}
	return v, nil
}

func (c *call) allSaid(list []i18n.Text) []*reasonView {
	said := []*reasonView{}
	for _, t := range list {
		said = append(said, c.reason(t))
	}
	return said
}

type surveyEffectView struct {
	Survey      string     `json:"survey" example:"svy_01h9x3k7q2v5n"`
	From        *time.Time `json:"from,omitempty" doc:"When the first draw was."`
	To          *time.Time `json:"to,omitempty" doc:"Until when purchases count."`
	Asked       int64      `json:"asked" doc:"Members who were drawn, whether they answered or not."`
	AskedAgain  int64      `json:"asked_again" doc:"Those of them who bought again."`
	Never       int64      `json:"never" doc:"Members who would have been eligible and are never asked."`
	NeverAgain  int64      `json:"never_again" doc:"Those of them who bought again."`
	Preliminary bool       `json:"preliminary"`
	Difference  figureView `json:"difference" doc:"The share of the asked less that of the never asked, in points of a hundred."`
}

func (s *server) surveyEffect(ctx context.Context, c *call, in *surveyIn) (surveyEffectView, error) {
	n, err := in.id()
	if err != nil {
		return surveyEffectView{}, err
	}
	e, err := s.Surveys.Effect(ctx, c.actor, c.programme(), n)
	v := surveyEffectView{
		Survey: string(in.Survey), Asked: e.Asked, AskedAgain: e.AskedAgain, Never: e.Never, NeverAgain: e.NeverAgain,
		Preliminary: e.Preliminary, Difference: c.figure(&e.Difference),
	}
	if e.SampleID != 0 {
		v.From, v.To = &e.From, &e.To
	}
	return v, err
}

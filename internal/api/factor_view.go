package api

import (
	"context"
	"strconv"
	"time"

	"regulars/internal/factor"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/stats"
)

// factorSettings are the settings of factors with their version.
type factorSettings struct {
	Version  int64              `json:"version" doc:"0 while they are those that everybody begins with." example:"3"`
	Settings factorSettingsBody `json:"settings"`
}

type newFactorSettings struct {
	Version  int64              `json:"version" minimum:"0" doc:"The version that you read." example:"3"`
	Settings factorSettingsBody `json:"settings"`
}

type factorSettingsBody struct {
	Factors []factorSetup     `json:"factors" nullable:"false" minItems:"9" maxItems:"9"`
	Answers map[string]string `json:"answers" doc:"By the code of a reason of survey answers, the factor to which it counts once a person confirmed it."`
	Reasons map[string]string `json:"reasons" doc:"By the code of a reason of cases."`
	Causes  map[string]string `json:"causes" doc:"By the code of a cause of cases, for those whose reason counts to none."`
	Ratings []factorRating    `json:"ratings,omitempty" nullable:"false" maxItems:"60" doc:"Questions that ask for a mark of a factor."`
}

type factorSetup struct {
	Code  string            `json:"code" enum:"assortment,value,service,reputation,reviews,convenience,expectations,speed,relations"`
	Name  string            `json:"name,omitempty" maxLength:"240" doc:"In the programme's first language; for reading alone."`
	Names map[string]string `json:"names,omitempty" doc:"By language; our own text when left out."`
	Hints map[string]string `json:"hints,omitempty" doc:"By language, words that hint at the factor, in any form of theirs."`
	Off   bool              `json:"off,omitempty" doc:"Coded to no more; what was coded to it is to be coded again."`
}

type factorRating struct {
	Survey   string `json:"survey" maxLength:"40" example:"svy_01h9x3k7q2v5n"`
	Question string `json:"question" maxLength:"40" doc:"A scale that is not the main question." example:"speed"`
	Factor   string `json:"factor" maxLength:"40" example:"speed"`
}

func (c *call) factorSettings(s *factor.Settings) factorSettingsBody {
	v := factorSettingsBody{Answers: wordsOf(s.Answers), Reasons: wordsOf(s.Reasons), Causes: wordsOf(s.Causes)}
	for _, f := range s.Factors {
		v.Factors = append(v.Factors, factorSetup{string(f.Code), c.factorName(s, f.Code), f.Names, f.Hints, f.Off})
	}
	for _, r := range s.Ratings {
		v.Ratings = append(v.Ratings, factorRating{r.SurveyID.In(id.Survey), r.Question, string(r.Factor)})
	}
	return v
}

func (c *call) factorName(s *factor.Settings, f factor.Code) string {
	return c.reason(s.Name(f, c.setting.language)).Text
}

func wordsOf(m map[string]factor.Code) map[string]string {
	v := make(map[string]string, len(m))
	for code, f := range m {
		v[code] = string(f)
	}
	return v
}

func codesOf(m map[string]string) map[string]factor.Code {
	v := make(map[string]factor.Code, len(m))
	for code, f := range m {
		v[code] = factor.Code(f)
	}
	return v
}

func (b *factorSettingsBody) settings() (factor.Settings, error) {
	s := factor.Settings{Answers: codesOf(b.Answers), Reasons: codesOf(b.Reasons), Causes: codesOf(b.Causes)}
	for _, f := range b.Factors {
		s.Factors = append(s.Factors, factor.Setup{Code: factor.Code(f.Code), Names: f.Names, Hints: f.Hints, Off: f.Off})
	}
	for i, r := range b.Ratings {
		n, err := id.Parse(id.Survey, r.Survey)
		if err != nil {
			return s, fault.At("/ratings/"+strconv.Itoa(i)+"/survey", err)
		}
		s.Ratings = append(s.Ratings, factor.Rating{SurveyID: n, Question: r.Question, Factor: factor.Code(r.Factor)})
	}
	return s, nil
}

type newCoding struct {
	Feedback string `json:"feedback" maxLength:"40" doc:"A response, a case or a review." example:"rvw_01h9x3k7q2v5n"`
	Question string `json:"question,omitempty" maxLength:"100" doc:"Of a response, the question that was answered in own words." example:"why"`
	Factor   string `json:"factor" maxLength:"40" doc:"Empty takes back what was said." example:"service"`
}

type feedbackView struct {
	Feedback  string    `json:"feedback" example:"rvw_01h9x3k7q2v5n"`
	Question  string    `json:"question,omitempty" example:"why"`
	Source    string    `json:"source" enum:"answer,case,review"`
	Time      time.Time `json:"time"`
	Shop      string    `json:"shop,omitempty" example:"shp_01h9x3k7q2v5n"`
	Tone      string    `json:"tone" enum:"positive,neutral,negative,untold" doc:"By the answer to the main question, the kind of case, or the stars; never by the words."`
	Text      string    `json:"text,omitempty" doc:"Missing where it was erased."`
	Reason    string    `json:"reason,omitempty"`
	Cause     string    `json:"cause,omitempty"`
	Factor    string    `json:"factor,omitempty" doc:"Missing while it is not coded." example:"speed"`
	By        string    `json:"by,omitempty" doc:"Who coded it; missing where it follows from a reason or a cause."`
	Suggested string    `json:"suggested,omitempty" doc:"What the words or a reason hint at; it counts nowhere until a person confirms it."`
}

func (c *call) feedback(n *factor.Piece) feedbackView {
	return feedbackView{
		Feedback: n.Shown(), Question: n.Part, Source: string(n.Source), Time: n.At, Shop: shownID(n.ShopID, id.Shop), Tone: string(n.Tone), Text: n.Words,
		Reason: n.Reason, Cause: n.Cause, Factor: string(n.Factor), By: n.By, Suggested: string(n.Suggested),
	}
}

type feedbackCount struct {
	From      time.Time    `json:"from"`
	To        time.Time    `json:"to"`
	All       int64        `json:"all" example:"240"`
	Coded     int64        `json:"coded" example:"200"`
	ByHand    int64        `json:"by_hand" doc:"Of the coded; the others follow from reasons and causes." example:"60"`
	Answers   codedShare   `json:"answers"`
	Cases     codedShare   `json:"cases"`
	Reviews   codedShare   `json:"reviews"`
	Offered   int64        `json:"offered" doc:"How many of all that was ever coded by hand had a suggestion." example:"50"`
	Confirmed int64        `json:"confirmed" doc:"How many of these were coded as it said." example:"44"`
	Factors   []factorSaid `json:"factors" nullable:"false"`
}

type codedShare struct {
	All   int64 `json:"all"`
	Coded int64 `json:"coded"`
}

type factorSaid struct {
	Factor   string `json:"factor" example:"speed"`
	Positive int64  `json:"positive"`
	Neutral  int64  `json:"neutral"`
	Negative int64  `json:"negative"`
	Untold   int64  `json:"untold" doc:"It does not say how it was."`
}

func feedbackCountOf(p factor.Period, n *factor.Count) feedbackCount {
	v := feedbackCount{
		From: p.From, To: p.To, All: n.All, Coded: n.Coded, ByHand: n.ByHand, Answers: codedShare(n.BySource[factor.Answer]), Cases: codedShare(n.BySource[factor.Case]),
		Reviews: codedShare(n.BySource[factor.Review]), Offered: n.Offered, Confirmed: n.Confirmed, Factors: []factorSaid{},
	}
	for _, f := range factor.Codes() {
		if t := n.Of(f); t.N() > 0 {
			v.Factors = append(v.Factors, factorSaid{string(f), t.Positive, t.Neutral, t.Negative, t.Untold})
		}
	}
	return v
}

type factorMap struct {
	From            time.Time      `json:"from"`
	To              time.Time      `json:"to"`
	Before          time.Time      `json:"before" doc:"From when to from reaches the period that is compared with."`
	Basis           string         `json:"basis" enum:"feedback,ratings"`
	ImportanceIs    string         `json:"importance_is" enum:"derived,stated"`
	Survey          string         `json:"survey,omitempty" example:"svy_01h9x3k7q2v5n"`
	Answers         int            `json:"answers,omitempty" doc:"Whole answers of the questionnaire."`
	R2              float64        `json:"r2,omitempty" doc:"How much of the main answer's variance the marks explain."`
	ImportanceLine  float64        `json:"importance_line" doc:"What each factor had if all mattered alike."`
	PerformanceLine float64        `json:"performance_line" doc:"The performance of all."`
	All             int64          `json:"all" doc:"Pieces of feedback in the period."`
	Coded           int64          `json:"coded"`
	Factors         []factorFigure `json:"factors" nullable:"false" doc:"The greatest priority first."`
}

type factorFigure struct {
	Factor      string        `json:"factor" example:"speed"`
	Said        factorSaid    `json:"said"`
	Marks       int64         `json:"marks,omitempty"`
	N           int64         `json:"n" doc:"Pieces or marks on which the performance rests."`
	Placed      bool          `json:"placed" doc:"False under 10."`
	Early       bool          `json:"preliminary" doc:"True under 30."`
	Quadrant    string        `json:"quadrant,omitempty" enum:"mend_first,keep_up,mend_later,enough"`
	Sure        bool          `json:"sure" doc:"Both intervals keep to their side of the lines."`
	Performance *intervalView `json:"performance,omitempty" doc:"Missing where it is not placed."`
	Importance  *intervalView `json:"importance,omitempty"`
	Before      *intervalView `json:"performance_before,omitempty"`
	BeforeN     int64         `json:"before_n,omitempty"`
	Change      *intervalView `json:"change,omitempty" doc:"The share of positive now less that before (Newcombe); of feedback alone."`
	Priority    float64       `json:"priority" doc:"Importance times what is missing to the best; what actions are ordered by."`
}

func intervalOf(shown bool, i stats.Interval) *intervalView {
	if !shown {
		return nil
	}
	return &intervalView{i.Value, i.Low, i.High}
}

func (c *call) factorMap(m *factor.Map) factorMap {
	v := factorMap{
		From: m.From, To: m.To, Before: m.Before, Basis: string(m.Basis), ImportanceIs: string(m.Importance), Survey: shownID(m.SurveyID, id.Survey), Answers: m.Answers, R2: m.R2,
		ImportanceLine: m.ImportanceLine, PerformanceLine: m.PerformanceLine, All: m.Count.All, Coded: m.Count.Coded, Factors: []factorFigure{},
	}
	for i := range m.Figures {
		v.Factors = append(v.Factors, factorFigureOf(m.Basis, &m.Figures[i]))
	}
	return v
}

func factorFigureOf(b factor.Basis, f *factor.Figure) factorFigure {
	t := f.Tally
	return factorFigure{
		Factor: string(f.Factor), Said: factorSaid{string(f.Factor), t.Positive, t.Neutral, t.Negative, t.Untold}, Marks: f.Marks, N: f.N(b), Placed: f.Placed,
		Early: f.N(b) < factor.Preliminary, Quadrant: string(f.Quadrant), Sure: f.Sure, Performance: intervalOf(f.Placed, f.Performance), Importance: intervalOf(f.Placed, f.Importance),
		Before: intervalOf(f.BeforeN > 0, f.Before), BeforeN: f.BeforeN, Change: intervalOf(f.Changed, f.Change), Priority: f.Priority,
	}
}

type contentView struct {
	From       time.Time     `json:"from" doc:"Answers from here on."`
	To         time.Time     `json:"to" doc:"And before; the window of each is over."`
	Days       int           `json:"days" doc:"How long after the answer a purchase counts." example:"90"`
	Satisfied  cameView      `json:"satisfied" doc:"They gave 4 or 5."`
	Others     cameView      `json:"others" doc:"They gave 1 to 3."`
	Difference *intervalView `json:"difference,omitempty" doc:"The share of the former less that of the latter (Newcombe)."`
}

type cameView struct {
	People int64         `json:"people" example:"120"`
	Back   int64         `json:"back" doc:"They bought again." example:"54"`
	Share  *intervalView `json:"share,omitempty" doc:"Missing under 10 people."`
	Early  bool          `json:"preliminary" doc:"Under 30 people."`
}

func contentOf(n *factor.Content) contentView {
	of := func(c factor.Came) cameView {
		return cameView{c.People, c.Back, intervalOf(c.Shown(), c.Share()), c.Early()}
	}
	return contentView{n.From, n.To, n.Days, of(n.Satisfied), of(n.Others), intervalOf(n.Satisfied.Shown() && n.Others.Shown(), n.Difference)}
}

type factorScales struct {
	Items []factorScale `json:"items" nullable:"false" doc:"By survey, in the order of its questions."`
}

type factorScale struct {
	Survey   string            `json:"survey" example:"svy_01h9x3k7q2v5n"`
	Name     string            `json:"name" doc:"In the caller's language, where there is one." example:"After the sale"`
	Question string            `json:"question" example:"speed"`
	Words    map[string]string `json:"words" doc:"What is asked, by language."`
	From     int               `json:"from" example:"1"`
	To       int               `json:"to" example:"5"`
}

func (s *server) listFactorScales(ctx context.Context, c *call, _ *nothing) (factorScales, error) {
	v := factorScales{Items: []factorScale{}}
	list, err := s.Factors.Scales(ctx, c.actor, c.programme())
	for i := range list {
		for _, q := range list[i].Questions {
			v.Items = append(v.Items, factorScale{list[i].ID.In(id.Survey), list[i].Name(string(c.print.Lang())), q.Code, q.Words, q.From, q.To})
		}
	}
	return v, err
}

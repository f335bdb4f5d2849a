package api

import (
	"context"
	"math"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/id"
	"regulars/internal/stats"
)

// CaseView is a case as lists show it; it is exported so that the document sees
// through the embedding.
type CaseView struct {
	Case       string     `json:"case" example:"cas_01h9x3k7q2v5n"`
	Kind       string     `json:"kind" enum:"complaint,wish,praise"`
	State      string     `json:"state" enum:"open,reopened,waiting,solved,closed,new,planned,done,declined"`
	Reason     string     `json:"reason" example:"quality"`
	Cause      string     `json:"cause,omitempty"`
	Wanted     string     `json:"wanted" enum:"redo,refund,apology,telling"`
	Severity   string     `json:"severity" enum:"low,normal,high"`
	Source     string     `json:"source" enum:"web,till,phone,api,email,promise"`
	Member     string     `json:"member,omitempty" example:"mem_01h9x3k7q2v5n"`
	Owner      string     `json:"owner,omitempty" example:"stf_01h9x3k7q2v5n"`
	Sale       string     `json:"sale,omitempty" example:"evt_01h9x3k7q2v5n"`
	Reference  string     `json:"reference,omitempty"`
	Price      int64      `json:"price,omitempty" doc:"Of what went wrong, in minor units."`
	Late       bool       `json:"late" doc:"An answer or the solution is overdue."`
	Opened     time.Time  `json:"opened"`
	FirstDue   *time.Time `json:"first_due,omitempty" doc:"When the first answer is due, by the working clock."`
	Answered   *time.Time `json:"first_answered,omitempty"`
	Due        *time.Time `json:"due,omitempty" doc:"When the solution is due, by the working clock, which stands while the customer is waited for."`
	LegalDue   *time.Time `json:"legal_due,omitempty" doc:"When the law wants an answer."`
	Solved     *time.Time `json:"solved,omitempty"`
	Reopenings int        `json:"reopenings"`
}

func momentOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func shownID(n id.ID, p id.Prefix) string {
	if n == 0 {
		return ""
	}
	return n.In(p)
}

func (s *server) caseView(n *complaint.Case) CaseView {
	return CaseView{
		Case: n.ID.In(id.Case), Kind: string(n.Kind), State: string(n.State), Reason: n.Reason, Cause: n.Cause, Wanted: string(n.Wanted), Severity: string(n.Severity),
		Source: string(n.Source), Member: shownID(n.MemberID, id.Member), Owner: shownID(n.OwnerID, id.Staff), Sale: shownID(n.SaleID, id.Sale), Reference: n.Reference,
		Price: n.Price, Late: n.Late(s.Now()), Opened: n.Opened, FirstDue: momentOf(n.FirstDue), Answered: momentOf(n.FirstAnswered), Due: momentOf(n.Due),
		LegalDue: momentOf(n.LegalDue), Solved: momentOf(n.Solved), Reopenings: n.Reopenings,
	}
}

// caseFile is a case with what belongs to it.
type caseFile struct {
	CaseView
	TrackingCode  string             `json:"tracking_code" doc:"By which, with the PIN, the customer follows the case." example:"8Q3K-7ZP0T"`
	PIN           string             `json:"pin,omitempty" doc:"Told by the request that opened the case, and by no other." example:"402917"`
	Contact       string             `json:"contact,omitempty" doc:"How the customer wants to be answered."`
	Messages      []caseMessage      `json:"messages" nullable:"false" doc:"The earliest first."`
	Photos        []string           `json:"photos" nullable:"false" doc:"What was sent along, the earliest first; each is got by its name." example:"[\"cph_01h9x3k7q2v5n\"]"`
	Compensations []compensationView `json:"compensations" nullable:"false"`
	Suggestion    suggestionView     `json:"suggestion" doc:"What the table of compensations says."`
	Elapsed       int64              `json:"elapsed" doc:"Working time that was used so far, in seconds."`
	Recurred      bool               `json:"recurred" doc:"The same person complained for the same reason within 90 days before."`
}

type caseMessage struct {
	At     time.Time `json:"at"`
	Author string    `json:"author" enum:"customer,staff,note"`
	Text   string    `json:"text"`
}

type compensationView struct {
	Compensation string     `json:"compensation" example:"crm_01h9x3k7q2v5n"`
	Kind         string     `json:"kind" enum:"points,code,gift_card,refund"`
	Amount       int64      `json:"amount" doc:"What it is worth, in minor units."`
	Points       int64      `json:"points,omitempty"`
	State        string     `json:"state" enum:"asked,approved,paid,declined,failed" doc:"asked waits for another person; approved is about to be given."`
	Why          string     `json:"why,omitempty" doc:"The code of the failure for which it could not be given."`
	Asked        time.Time  `json:"asked"`
	AskedBy      string     `json:"asked_by" example:"key:key_01h9x3k7q2v5n"`
	DecidedBy    string     `json:"decided_by,omitempty"`
	Paid         *time.Time `json:"paid,omitempty"`
}

type suggestionView struct {
	Kind   string `json:"kind" enum:"points,code,gift_card,refund"`
	Amount int64  `json:"amount"`
	Cap    int64  `json:"cap" doc:"The most that may be given for the case in all."`
	Left   int64  `json:"left"`
}

func (s *server) caseFile(ctx context.Context, c *call, a auth.Actor, n id.ID) (caseFile, error) {
	f, err := s.Complaints.Get(ctx, a, c.programme(), n)
	if err != nil {
		return caseFile{}, err
	}
	v := caseFile{
		CaseView: s.caseView(f.Case), TrackingCode: complaint.ShowTrack(f.Track), PIN: c.secret, Contact: f.Contact, Messages: []caseMessage{}, Photos: photoNames(f.Photos),
		Compensations: []compensationView{}, Elapsed: int64(f.Elapsed / time.Second), Recurred: f.Recurred,
		Suggestion: suggestionView{string(f.Suggestion.Kind), f.Suggestion.Amount, f.Suggestion.Cap, f.Suggestion.Left},
	}
	for _, m := range f.Messages {
		v.Messages = append(v.Messages, caseMessage{m.At, string(m.Author), m.Text})
	}
	for _, r := range f.Remedies {
		v.Compensations = append(v.Compensations, compensationView{
			r.ID.In(id.CaseRemedy), string(r.Kind), r.Amount, r.Points, string(r.State), r.Why, r.Asked, r.AskedBy, r.DecidedBy, momentOf(r.Paid),
		})
	}
	return v, nil
}

type caseReasons struct {
	Reasons []caseReason `json:"reasons" nullable:"false"`
	Causes  []caseCause  `json:"causes" nullable:"false"`
}

type caseReason struct {
	Code     string `json:"code" example:"quality"`
	Name     string `json:"name" example:"Quality"`
	Severity string `json:"severity" enum:"low,normal,high"`
}

type caseCause struct {
	Code string `json:"code" example:"supplier"`
	Name string `json:"name" example:"supplier"`
}

func (s *server) listCaseReasons(ctx context.Context, c *call, _ *nothing) (caseReasons, error) {
	v := caseReasons{Reasons: []caseReason{}, Causes: []caseCause{}}
	set, _, err := s.Complaints.Settings(ctx, c.actor, c.programme())
	if err != nil {
		return v, err
	}
	for _, r := range set.Reasons {
		v.Reasons = append(v.Reasons, caseReason{r.Code, c.print.Say(set.ReasonText(r.Code, c.print.Lang())), string(r.Severity)})
	}
	for _, n := range set.Causes {
		v.Causes = append(v.Causes, caseCause{n.Code, c.print.Say(set.CauseText(n.Code, c.print.Lang()))})
	}
	return v, nil
}

// caseRate is complaints for 1,000 orders; without orders there is no rate.
type caseRate struct {
	Complaints int64    `json:"complaints"`
	Orders     int64    `json:"orders"`
	Rate       *float64 `json:"rate,omitempty" doc:"For 1,000 orders; missing where there were none."`
	Low        *float64 `json:"low,omitempty"`
	High       *float64 `json:"high,omitempty"`
}

type caseWeek struct {
	From    time.Time `json:"from"`
	Rate    caseRate  `json:"rate"`
	Lower   float64   `json:"lower" doc:"The limits of the chart."`
	Upper   float64   `json:"upper"`
	Outside bool      `json:"outside" doc:"Chance alone seldom makes so many, or so few."`
}

type caseBar struct {
	Code  string `json:"code"`
	Count int64  `json:"count"`
	Upto  int64  `json:"upto" doc:"This one and those before it."`
}

type caseReport struct {
	From        time.Time  `json:"from"`
	To          time.Time  `json:"to"`
	All         caseRate   `json:"all"`
	Reasons     []caseBar  `json:"reasons" nullable:"false"`
	Causes      []caseBar  `json:"causes" nullable:"false"`
	Unfound     int64      `json:"unfound" doc:"Complaints whose cause nobody has found."`
	Weeks       []caseWeek `json:"weeks" nullable:"false"`
	Solved      int64      `json:"solved"`
	Reopened    int64      `json:"reopened"`
	Recurred    int64      `json:"recurred" doc:"By the same person for the same reason within 90 days."`
	MedianHours float64    `json:"median_hours" doc:"From opening to solution, on the wall clock."`
	Answers     int64      `json:"answers"`
	Canned      int64      `json:"canned" doc:"Answers whose words stood in another case too."`
	Given       int64      `json:"given" doc:"What compensations were worth, in minor units."`
	Owed        caseOwed   `json:"owed" doc:"Cases that broken promises opened. Nobody complained of them, so that they count in nothing above."`
}

type caseOwed struct {
	Opened int64 `json:"opened"`
	Solved int64 `json:"solved"`
	Given  int64 `json:"given" doc:"What compensations of them were worth, in minor units."`
}

func caseRateOf(r complaint.Rate) caseRate {
	v := caseRate{Complaints: r.Complaints, Orders: r.Orders}
	if r.Orders > 0 && !math.IsInf(r.High, 0) {
		v.Rate, v.Low, v.High = &r.Rate, &r.Low, &r.High
	}
	return v
}

func barViews(bars []complaint.Bar) []caseBar {
	list := []caseBar{}
	for _, b := range bars {
		list = append(list, caseBar{b.Code, b.Count, b.Upto})
	}
	return list
}

func (s *server) getCaseReport(ctx context.Context, c *call, _ *nothing) (caseReport, error) {
	r, err := s.Complaints.Report(ctx, c.actor, c.programme())
	if err != nil {
		return caseReport{}, err
	}
	v := caseReport{
		From: r.From, To: r.To, All: caseRateOf(r.All), Reasons: barViews(r.Reasons), Causes: barViews(r.Causes), Unfound: r.Unfound, Weeks: []caseWeek{},
		Solved: r.Solved, Reopened: r.Reopened, Recurred: r.Recurred, MedianHours: r.MedianHours, Answers: r.Answers, Canned: r.Canned, Given: r.Given, Owed: caseOwed{r.Owed.Opened, r.Owed.Solved, r.Owed.Given},
	}
	for _, w := range r.Weeks {
		v.Weeks = append(v.Weeks, caseWeek{w.From, caseRateOf(w.Rate), w.Lower, w.Upper, w.Outside})
	}
	return v, nil
}

// caseShare is a share with its interval.
type caseShare struct {
	Value float64 `json:"value" example:"0.75"`
	Low   float64 `json:"low" example:"0.47"`
	High  float64 `json:"high" example:"0.91"`
}

type caseRecovery struct {
	From        time.Time  `json:"from" doc:"When the complaints were opened."`
	To          time.Time  `json:"to"`
	Complained  int64      `json:"complained" doc:"People who complained and had bought within the year before."`
	Matched     int64      `json:"matched" doc:"Those of them like whom there are others."`
	Again       int64      `json:"again" doc:"Those of the matched who bought again within 90 days."`
	Others      int64      `json:"others" doc:"Others like them, the same number for each, four at most."`
	OthersAgain int64      `json:"others_again"`
	Preliminary bool       `json:"preliminary,omitempty" doc:"Fewer than 30 are matched."`
	Share       *caseShare `json:"share,omitempty" doc:"Missing under 10."`
	OthersShare *caseShare `json:"others_share,omitempty"`
	Difference  *caseShare `json:"difference,omitempty" doc:"The share less that of the others."`
}

func (s *server) getCaseRecovery(ctx context.Context, c *call, _ *nothing) (caseRecovery, error) {
	r, err := s.Complaints.Recovery(ctx, c.actor, c.programme())
	if err != nil {
		return caseRecovery{}, err
	}
	v := caseRecovery{From: r.From, To: r.To, Complained: r.Complained, Matched: r.Matched, Again: r.Again, Others: r.Others, OthersAgain: r.OthersAgain}
	if r.Shown {
		share := func(i stats.Interval) *caseShare { return &caseShare{i.Value, i.Low, i.High} }
		v.Share, v.OthersShare, v.Difference, v.Preliminary = share(r.Share), share(r.OthersShare), share(r.Difference), r.Preliminary
	}
	return v, nil
}

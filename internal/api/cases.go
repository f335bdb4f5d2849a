package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

const exampleCase = `{"kind": "complaint", "reason": "quality", "wanted": "refund", "member": "mem_01h9x3k7q2v5n", "text": "The pot leaks."}`

func (s *server) addCases() {
	read(s, operation{
		id: "list-cases", method: http.MethodGet, path: "/v1/cases", tag: tagCases, needs: needs(auth.CasesRead),
		summary: "List complaints, wishes and praise, the latest first",
	}, s.listCases)
	read(s, operation{
		id: "get-case", method: http.MethodGet, path: "/v1/cases/{case}", tag: tagCases, needs: needs(auth.CasesRead),
		summary: "Get a case with what was said and given",
	}, func(ctx context.Context, c *call, in *caseIn) (caseFile, error) {
		n, err := in.id()
		if err != nil {
			return caseFile{}, err
		}
		return s.caseFile(ctx, c, c.actor, n)
	})
	read(s, operation{
		id: "list-case-reasons", method: http.MethodGet, path: "/v1/case-reasons", tag: tagCases, needs: needs(auth.CasesRead),
		summary: "List the reasons and causes that cases may have, in the language asked for",
	}, s.listCaseReasons)
	read(s, operation{
		id: "get-case-report", method: http.MethodGet, path: "/v1/cases/report", tag: tagCases, needs: needs(auth.CasesRead),
		summary: "Get what the complaints of the last 26 weeks come to: rates, reasons, causes, weeks",
		text:    "Rates are complaints for 1,000 orders with Garwood's exact interval at 95 %; the weeks carry the limits of a u-chart.",
	}, s.getCaseReport)
	read(s, operation{
		id: "get-case-recovery", method: http.MethodGet, path: "/v1/cases/recovery", tag: tagCases, needs: needs(auth.CasesRead),
		summary: "Get how many of those who complained bought again within 90 days, beside others like them",
		text: "Others are of the same rank and had bought as lately and as often. Shares carry Wilson's interval, the difference Newcombe's, at 95 %. " +
			"Who complains differs from others in more than is known: it is no effect of the complaint, nor of how it was handled. Under 10 there is no share; under 30 it is preliminary.",
	}, s.getCaseRecovery)
	write(s, operation{
		id: "create-case", method: http.MethodPost, path: "/v1/cases", tag: tagCases, needs: needs(auth.CasesWrite), created: true, bulk: true,
		summary: "Take a complaint, a wish or praise",
		text:    "Under a name that was used before, the case of then is answered. The customer follows it by tracking code and PIN; the PIN is told by this answer alone.",
		example: exampleCase,
	}, s.createCase, s.showCase)
	s.addCasePhotos()
	s.addCaseVerbs()
	s.addCaseActions()
	s.addCaseSettings()
}

func (s *server) addCaseVerbs() {
	write(s, operation{
		id: "answer-case", method: http.MethodPost, path: "/v1/cases/{case}/messages", tag: tagCases, needs: needs(auth.CasesRead, auth.CasesWrite), created: true,
		summary: "Answer the customer, or note something among staff", example: `{"text": "We have sent you another.", "wait": true}`,
	}, s.answerCase, s.showCase)
	write(s, operation{
		id: "assign-case", method: http.MethodPost, path: "/v1/cases/{case}/assign", tag: tagCases, needs: needs(auth.CasesRead, auth.CasesWrite),
		summary: "Give a case to a member of staff", text: "Never to whom it concerns.", example: `{"owner": "stf_01h9x3k7q2v5n"}`,
	}, s.assignCase, s.showCase)
	write(s, operation{
		id: "judge-case", method: http.MethodPost, path: "/v1/cases/{case}/judge", tag: tagCases, needs: needs(auth.CasesRead, auth.CasesWrite),
		summary: "Say what a case is about: its cause, severity, price", text: "What is left out stays. Another severity moves what is due.", example: `{"severity": "high", "cause": "supplier"}`,
	}, s.judgeCase, s.showCase)
	s.addCaseTurn("solve-case", "solve", "Say that a complaint was put right", "The customer may disagree for 30 days.", s.Complaints.Solve)
	s.addCaseTurn("close-case", "close", "End a case that is solved", "It ends by itself after 14 days.", s.Complaints.Close)
	s.addCaseTurn("reopen-case", "reopen", "Take a case up again", "", s.Complaints.Reopen)
	write(s, operation{
		id: "decide-wish", method: http.MethodPost, path: "/v1/cases/{case}/decide", tag: tagCases, needs: needs(auth.CasesRead, auth.CasesWrite),
		summary: "Say what becomes of a wish", text: "Its author is told.", example: `{"state": "planned"}`,
	}, func(ctx context.Context, c *call, in *caseIn, body *wishBody) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		return caseDone(s.Complaints.Decide(ctx, c.actor, c.programme(), n, complaint.State(body.State)))
	}, s.showCase)
	write(s, operation{
		id: "compensate-case", method: http.MethodPost, path: "/v1/cases/{case}/compensations", tag: tagCases, needs: needs(auth.CasesRead, auth.CasesCompensate), created: true,
		summary: "Give something to make a complaint good",
		text:    "All that is given for a case is at most 150 % of the price of what went wrong. Beyond the limit of who asks it waits for another to approve it. A refund is noted here and paid elsewhere.",
		example: `{"kind": "points", "amount": 500}`,
	}, s.compensateCase, s.showCase)
	s.addCaseDecision("approve-compensation", "approve", "Approve a compensation that somebody else asked for", s.Complaints.Approve)
	s.addCaseDecision("decline-compensation", "decline", "Decline a compensation", s.Complaints.Decline)
}

func (s *server) addCaseTurn(name, verb, summary, text string, turn func(context.Context, auth.Actor, id.ID, id.ID) (*complaint.Case, error)) {
	write(s, operation{
		id: name, method: http.MethodPost, path: "/v1/cases/{case}/" + verb, tag: tagCases, needs: needs(auth.CasesRead, auth.CasesWrite), summary: summary, text: text,
	}, func(ctx context.Context, c *call, in *caseIn, _ *nothing) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		return caseDone(turn(ctx, c.actor, c.programme(), n))
	}, s.showCase)
}

func (s *server) addCaseDecision(name, verb, summary string, decide func(context.Context, auth.Actor, id.ID, id.ID, id.ID) (*complaint.Remedied, error)) {
	write(s, operation{
		id: name, method: http.MethodPost, path: "/v1/cases/{case}/compensations/{compensation}/" + verb, tag: tagCases,
		needs: needs(auth.CasesRead, auth.CasesApprove), summary: summary,
	}, func(ctx context.Context, c *call, in *compensationIn, _ *nothing) (string, error) {
		n, err := parseID(id.Case, "case", string(in.Case))
		if err != nil {
			return "", err
		}
		r, err := parseID(id.CaseRemedy, "compensation", string(in.Compensation))
		if err != nil {
			return "", err
		}
		_, err = decide(ctx, c.actor, c.programme(), n, r)
		return n.In(id.Case), err
	}, s.showCase)
}

// caseIn names a case in an address.
type caseIn struct {
	Case caseID `path:"case"`
}

func (in caseIn) id() (id.ID, error) { return parseID(id.Case, "case", string(in.Case)) }

type caseID string

// Schema describes it for the document.
func (caseID) Schema(huma.Registry) *huma.Schema { return shown(id.Case, "The case.") }

type compensationIn struct {
	Case         caseID         `path:"case"`
	Compensation compensationID `path:"compensation"`
}

type compensationID string

// Schema describes it for the document.
func (compensationID) Schema(huma.Registry) *huma.Schema {
	return shown(id.CaseRemedy, "The compensation.")
}

func caseDone(n *complaint.Case, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return n.ID.In(id.Case), nil
}

func (s *server) showCase(ctx context.Context, c *call, subject string) (caseFile, error) {
	n, err := parseID(id.Case, "case", subject)
	if err != nil {
		return caseFile{}, err
	}
	return s.caseFile(ctx, c, watcher, n)
}

type caseBody struct {
	Name      string `json:"name,omitempty" maxLength:"200" doc:"Your own word for the case: sent again under it, it is one case." example:"ticket-17"`
	Kind      string `json:"kind" enum:"complaint,wish,praise"`
	Reason    string `json:"reason" maxLength:"40" doc:"A code of the reasons." example:"quality"`
	Wanted    string `json:"wanted,omitempty" enum:"redo,refund,apology,telling" doc:"What would help; telling when left out."`
	Severity  string `json:"severity,omitempty" enum:"low,normal,high" doc:"That of the reason when left out."`
	Member    string `json:"member,omitempty" maxLength:"40" example:"mem_01h9x3k7q2v5n"`
	Shop      string `json:"shop,omitempty" maxLength:"100" doc:"The code of a shop; that of the sale when left out."`
	Sale      string `json:"sale,omitempty" maxLength:"40" doc:"The event of the member's purchase that it is about." example:"evt_01h9x3k7q2v5n"`
	Reference string `json:"reference,omitempty" maxLength:"400" doc:"The customer's own word for the sale, as a number on a receipt."`
	Source    string `json:"source,omitempty" enum:"web,till,phone,api,email" doc:"How it came; api when left out."`
	Subject   string `json:"subject,omitempty" maxLength:"40" doc:"The member of staff whom it concerns, who never sees it." example:"stf_01h9x3k7q2v5n"`
	Language  string `json:"language,omitempty" enum:"en,ru,pl" doc:"The customer's; the programme's first when left out."`
	Contact   string `json:"contact,omitempty" maxLength:"800" doc:"How the customer wants to be answered."`
	Text      string `json:"text,omitempty" maxLength:"16000"`
	Price     int64  `json:"price,omitempty" minimum:"0" doc:"Of what went wrong, in minor units; the whole sale when left out."`

	Photos []base64Photo `json:"photos,omitempty" nullable:"false" maxItems:"3" doc:"What the customer sent along."`
}

func (b *caseBody) ask(c *call) (complaint.Ask, error) {
	ask := complaint.Ask{
		Name: b.Name, Kind: complaint.Kind(b.Kind), Reason: b.Reason, Wanted: complaint.Wanted(b.Wanted), Severity: complaint.Severity(b.Severity),
		Reference: b.Reference, Source: complaint.Source(b.Source), Language: i18n.Lang(b.Language), Contact: b.Contact, Text: b.Text, Price: b.Price,
	}
	var err error
	if ask.Photos, err = decoded(b.Photos); err != nil {
		return ask, err
	}
	if b.Wanted == "" {
		ask.Wanted = complaint.JustTelling
	}
	if b.Source == "" {
		ask.Source = complaint.FromAPI
	}
	if b.Shop != "" {
		if ask.ShopID = c.setting.shopID(b.Shop); ask.ShopID == 0 {
			return ask, fault.Invalid("case_shop", "the programme has no such shop").At("/shop")
		}
	}
	for _, part := range []struct {
		text, field string
		prefix      id.Prefix
		to          *id.ID
	}{{b.Member, "/member", id.Member, &ask.MemberID}, {b.Sale, "/sale", id.Sale, &ask.SaleID}, {b.Subject, "/subject", id.Staff, &ask.SubjectID}} {
		if part.text == "" {
			continue
		}
		if *part.to, err = id.Parse(part.prefix, part.text); err != nil {
			return ask, fault.At(part.field, err)
		}
	}
	return ask, nil
}

func (s *server) createCase(ctx context.Context, c *call, _ *nothing, body *caseBody) (string, error) {
	ask, err := body.ask(c)
	if err != nil {
		return "", err
	}
	o, err := s.Complaints.Begin(ctx, c.actor, c.programme(), ask)
	if err != nil {
		return "", err
	}
	c.secret = o.PIN
	return o.ID.In(id.Case), nil
}

type caseAnswer struct {
	Text    string       `json:"text,omitempty" maxLength:"16000"`
	Note    bool         `json:"note,omitempty" doc:"Stays among staff."`
	Wait    bool         `json:"wait,omitempty" doc:"Stops the clock until the customer answers."`
	Apology *caseApology `json:"apology,omitempty" doc:"In the place of text: every part is required."`
}

type caseApology struct {
	Name     string `json:"name" maxLength:"400" doc:"How the customer is addressed." example:"Anna"`
	Happened string `json:"happened" maxLength:"8000"`
	Changes  string `json:"changes" maxLength:"8000"`
	Who      string `json:"who" maxLength:"400"`
}

func (s *server) answerCase(ctx context.Context, c *call, in *caseIn, body *caseAnswer) (string, error) {
	n, err := in.id()
	if err != nil {
		return "", err
	}
	if w := body.Apology; w != nil {
		made, err := s.Complaints.Apologise(ctx, c.actor, c.programme(), n, complaint.Apology{Name: w.Name, Happened: w.Happened, Changes: w.Changes, Who: w.Who}, body.Wait)
		return caseDone(made, fault.At("/apology", err))
	}
	return caseDone(s.Complaints.Answer(ctx, c.actor, c.programme(), n, complaint.Answer{Text: body.Text, Note: body.Note, Wait: body.Wait}))
}

type assignBody struct {
	Owner string `json:"owner" maxLength:"40" doc:"Empty for nobody." example:"stf_01h9x3k7q2v5n"`
}

func (s *server) assignCase(ctx context.Context, c *call, in *caseIn, body *assignBody) (string, error) {
	n, err := in.id()
	if err != nil {
		return "", err
	}
	var owner id.ID
	if body.Owner != "" {
		if owner, err = id.Parse(id.Staff, body.Owner); err != nil {
			return "", fault.At("/owner", err)
		}
	}
	return caseDone(s.Complaints.Assign(ctx, c.actor, c.programme(), n, owner))
}

type judgeBody struct {
	Reason   string `json:"reason,omitempty" maxLength:"40"`
	Cause    string `json:"cause,omitempty" maxLength:"40"`
	Severity string `json:"severity,omitempty" enum:"low,normal,high"`
	Subject  string `json:"subject,omitempty" maxLength:"40"`
	Price    int64  `json:"price,omitempty" minimum:"0"`
}

func (s *server) judgeCase(ctx context.Context, c *call, in *caseIn, body *judgeBody) (string, error) {
	n, err := in.id()
	if err != nil {
		return "", err
	}
	j := complaint.Judgement{Reason: body.Reason, Cause: body.Cause, Severity: complaint.Severity(body.Severity), Price: body.Price}
	if body.Subject != "" {
		if j.SubjectID, err = id.Parse(id.Staff, body.Subject); err != nil {
			return "", fault.At("/subject", err)
		}
	}
	return caseDone(s.Complaints.Judge(ctx, c.actor, c.programme(), n, j))
}

type wishBody struct {
	State string `json:"state" enum:"planned,done,declined"`
}

type compensationBody struct {
	Name   string `json:"name,omitempty" maxLength:"200" doc:"Your own word for it: sent again under it, it is given once."`
	Kind   string `json:"kind" enum:"points,code,gift_card,refund"`
	Amount int64  `json:"amount" minimum:"1" doc:"What it is worth, in minor units." example:"500"`
	Note   string `json:"note,omitempty" maxLength:"16000"`
}

func (s *server) compensateCase(ctx context.Context, c *call, in *caseIn, body *compensationBody) (string, error) {
	n, err := in.id()
	if err != nil {
		return "", err
	}
	_, err = s.Complaints.Compensate(ctx, c.actor, c.programme(), n, complaint.RemedyAsk{
		Name: body.Name, Kind: complaint.Means(body.Kind), Amount: body.Amount, Note: body.Note,
	})
	return n.In(id.Case), err
}

type caseListIn struct {
	Cursor    cursor   `query:"cursor"`
	Limit     limit    `query:"limit"`
	Member    memberID `query:"member"`
	Kind      string   `query:"kind" doc:"complaint, wish or praise; all when left out."`
	State     string   `query:"state" doc:"One state; all when left out."`
	Reason    string   `query:"reason" doc:"A code of the reasons; all when left out."`
	Overdue   bool     `query:"overdue" doc:"Only those of which an answer or the solution is overdue."`
	Undecided bool     `query:"undecided" doc:"Only those with a compensation that a second person has to approve."`
}

func (s *server) listCases(ctx context.Context, c *call, in *caseListIn) (page[CaseView], error) {
	size, err := in.Limit.size()
	if err != nil {
		return page[CaseView]{}, err
	}
	at, err := inCases.read(in.Cursor, 1)
	if err != nil {
		return page[CaseView]{}, err
	}
	if err := oneOf("state", in.State, complaint.States()); err != nil {
		return page[CaseView]{}, err
	}
	if err := oneOf("kind", in.Kind, complaint.Kinds()); err != nil {
		return page[CaseView]{}, err
	}
	query := complaint.Query{
		Overdue: in.Overdue, Undecided: in.Undecided,
		ProgrammeID: c.programme(), Kind: complaint.Kind(in.Kind), State: complaint.State(in.State), Reason: strings.TrimSpace(in.Reason), Before: id.ID(at[0]), Limit: size + 1,
	}
	if in.Member != "" {
		if query.MemberID, err = in.Member.id(); err != nil {
			return page[CaseView]{}, err
		}
	}
	list, err := s.Complaints.List(ctx, c.actor, query)
	return paged(inCases, list, size, s.caseView, func(n *complaint.Case) []int64 { return []int64{int64(n.ID)} }), err
}

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/fault"
	"regulars/internal/id"
)

func (s *server) addCaseActions() {
	read(s, operation{
		id: "list-case-actions", method: http.MethodGet, path: "/v1/case-actions", tag: tagCases, needs: needs(auth.CasesRead),
		summary: "List what is done about causes, with the rates before and after",
		text: "Once an action is done, the complaints of its cause for 1,000 orders are told of the weeks before and of as many after, the week in which it was done left out. " +
			"It is what followed, and no proof that the action did it.",
	}, func(ctx context.Context, c *call, _ *nothing) (caseActions, error) {
		v := caseActions{Items: []caseAction{}}
		r, err := s.Complaints.Report(ctx, c.actor, c.programme())
		if err != nil {
			return v, err
		}
		for i := range r.Effects {
			v.Items = append(v.Items, c.caseAction(&r.Effects[i]))
		}
		return v, nil
	})
	write(s, operation{
		id: "add-case-action", method: http.MethodPost, path: "/v1/case-actions", tag: tagCases, needs: needs(auth.CasesRead, auth.CasesWrite), created: true,
		summary: "Write down what is to be done about a cause, by whom and until when",
		example: `{"cause": "supplier", "title": "Test every pot before it goes out", "owner": "stf_01h9x3k7q2v5n", "due": "2026-12-24"}`,
	}, s.addCaseAction, s.showCaseAction)
	write(s, operation{
		id: "finish-case-action", method: http.MethodPost, path: "/v1/case-actions/{action}/done", tag: tagCases, needs: needs(auth.CasesRead, auth.CasesWrite),
		summary: "Say that what was to be done about a cause is done", text: "Said again, the first time stays.",
	}, func(ctx context.Context, c *call, in *caseActionIn, _ *nothing) (string, error) {
		n, err := parseID(id.CaseAction, "action", string(in.Action))
		if err != nil {
			return "", err
		}
		return n.In(id.CaseAction), s.Complaints.Finish(ctx, c.actor, c.programme(), n)
	}, s.showCaseAction)
}

// caseActionIn names an action in an address.
type caseActionIn struct {
	Action caseActionID `path:"action"`
}

type caseActionID string

// Schema describes it for the document.
func (caseActionID) Schema(huma.Registry) *huma.Schema { return shown(id.CaseAction, "The action.") }

type newCaseAction struct {
	Cause string `json:"cause" maxLength:"40" doc:"A code of the causes." example:"supplier"`
	Title string `json:"title" maxLength:"400" example:"Test every pot before it goes out"`
	Owner string `json:"owner" maxLength:"40" example:"stf_01h9x3k7q2v5n"`
	Due   string `json:"due" format:"date" doc:"The day on which it is to be done." example:"2026-12-24"`
}

type caseActions struct {
	Items []caseAction `json:"items" nullable:"false" doc:"The earliest first."`
}

type caseAction struct {
	Action string     `json:"action" example:"cac_01h9x3k7q2v5n"`
	Cause  string     `json:"cause" example:"supplier"`
	Title  string     `json:"title" example:"Test every pot before it goes out"`
	Owner  string     `json:"owner" example:"stf_01h9x3k7q2v5n"`
	Made   time.Time  `json:"made"`
	Due    string     `json:"due" format:"date" example:"2026-12-24"`
	Done   *time.Time `json:"done,omitempty"`
	Weeks  int        `json:"weeks" doc:"How many weeks are compared on either side; 0 where there is nothing to compare."`
	Before *caseRate  `json:"before,omitempty"`
	After  *caseRate  `json:"after,omitempty"`
}

func (c *call) caseAction(e *complaint.Effect) caseAction {
	v := caseAction{
		Action: e.ID.In(id.CaseAction), Cause: e.Cause, Title: e.Title, Owner: e.OwnerID.In(id.Staff), Made: e.Made,
		Due: e.Due.In(c.setting.Zone).Format(time.DateOnly), Done: momentOf(e.Done), Weeks: e.Weeks,
	}
	if e.Weeks > 0 {
		before, after := caseRateOf(e.Before), caseRateOf(e.After)
		v.Before, v.After = &before, &after
	}
	return v
}

func (s *server) addCaseAction(ctx context.Context, c *call, _ *nothing, body *newCaseAction) (string, error) {
	n := complaint.Action{Cause: body.Cause, Title: body.Title}
	var err error
	if n.OwnerID, err = id.Parse(id.Staff, body.Owner); err != nil {
		return "", fault.At("/owner", err)
	}
	if n.Due, err = time.ParseInLocation(time.DateOnly, body.Due, c.setting.Zone); err != nil {
		return "", fault.Invalid("case_day", "%q is no date such as 2026-12-24", body.Due).At("/due").With("day", body.Due)
	}
	made, err := s.Complaints.Act(ctx, c.actor, c.programme(), n)
	if err != nil {
		return "", err
	}
	return made.ID.In(id.CaseAction), nil
}

func (s *server) showCaseAction(ctx context.Context, c *call, subject string) (caseAction, error) {
	r, err := s.Complaints.Report(ctx, watcher, c.programme())
	if err != nil {
		return caseAction{}, err
	}
	for i := range r.Effects {
		if e := &r.Effects[i]; e.ID.In(id.CaseAction) == subject {
			return c.caseAction(e), nil
		}
	}
	return caseAction{}, fault.Missing("unknown_case_action", "the programme has no such action")
}

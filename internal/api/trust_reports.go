package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/trust"
)

func (s *server) addTrustReports() {
	read(s, operation{
		id: "preview-figures", method: http.MethodGet, path: "/v1/trust-figures", tag: tagTrust, needs: needs(auth.TrustRead),
		summary: "Measure a whole month or quarter as it would be published now",
		text:    "Every section is there, whatever it says. A share has low and high (Wilson, 95 %) from 10 on. A median is in minutes, money in minor units.",
	}, func(ctx context.Context, c *call, in *previewIn) (trustFigures, error) {
		n, err := s.Trust.Preview(ctx, c.actor, c.programme(), in.Period)
		if err != nil {
			return trustFigures{}, err
		}
		return c.trustFigures(n), nil
	})
	read(s, operation{
		id: "list-trust-reports", method: http.MethodGet, path: "/v1/trust-reports", tag: tagTrust, needs: needs(auth.TrustRead),
		summary: "List the periods of which figures were published, the latest first",
	}, s.listTrustReports)
	read(s, operation{
		id: "get-trust-report", method: http.MethodGet, path: "/v1/trust-reports/{report}", tag: tagTrust, needs: needs(auth.TrustRead),
		summary: "Get all that was published of a period: figures, corrections, withdrawals",
	}, func(ctx context.Context, c *call, in *trustReportIn) (trustReportFile, error) {
		return s.showTrustReport(ctx, c, c.actor, string(in.Report))
	})
	write(s, operation{
		id: "publish-figures", method: http.MethodPost, path: "/v1/trust-reports", tag: tagTrust, needs: needs(auth.TrustPublish), created: true,
		summary: "Publish the figures of a whole period, good or bad, once and for good",
		text:    "They are measured at this moment and do not change afterwards. A period that was published before is a conflict (409); it can be corrected. Comments are yours, by section and language.",
		example: `{"period": "2026-02", "comments": {"promises": {"en": "The ship was late in the second week."}}}`,
	}, func(ctx context.Context, c *call, _ *nothing, body *newTrustReport) (string, error) {
		r, err := s.Trust.Publish(ctx, c.actor, c.programme(), body.Period, commentsOf(body.Comments))
		if err != nil {
			return "", err
		}
		return r.ID.In(id.TrustReport), nil
	}, s.watchTrustReport)
	s.turnTrustReport("correct-figures", "correct", "Measure a published period anew, with the reason", `{"version": 1, "note": "Two reviews came in late."}`,
		"The figures before can be read still, and the reason is read by everybody. Withdrawn figures come back by it.",
		func(ctx context.Context, c *call, report id.ID, body *turnedTrustReport) error {
			_, err := s.Trust.Correct(ctx, c.actor, c.programme(), report, body.Version, body.Note, commentsOf(body.Comments))
			return err
		})
	s.turnTrustReport("withdraw-figures", "withdraw", "Take published figures back, with the reason", `{"version": 1, "note": "The count of promises was wrong."}`,
		"A note stays in their place, and the reason is read by everybody.",
		func(ctx context.Context, c *call, report id.ID, body *turnedTrustReport) error {
			_, err := s.Trust.Withdraw(ctx, c.actor, c.programme(), report, body.Version, body.Note)
			return err
		})
}

func (s *server) turnTrustReport(name, verb, summary, example, text string, do func(context.Context, *call, id.ID, *turnedTrustReport) error) {
	write(s, operation{
		id: name, method: http.MethodPost, path: "/v1/trust-reports/{report}/" + verb, tag: tagTrust, needs: needs(auth.TrustPublish), summary: summary, text: text, example: example,
	}, func(ctx context.Context, c *call, in *trustReportIn, body *turnedTrustReport) (string, error) {
		n, err := parseID(id.TrustReport, "report", string(in.Report))
		if err != nil {
			return "", err
		}
		return n.In(id.TrustReport), do(ctx, c, n, body)
	}, s.watchTrustReport)
}

type previewIn struct {
	Period string `query:"period" required:"true" doc:"A month as 2026-02 or a quarter as 2026-q1, that is over." example:"2026-02"`
}

type trustReportIn struct {
	Report trustReportID `path:"report"`
}

type trustReportID string

// Schema describes it for the document.
func (trustReportID) Schema(huma.Registry) *huma.Schema {
	return shown(id.TrustReport, "The published figures of a period.")
}

type newTrustReport struct {
	Period   string                       `json:"period" maxLength:"10" doc:"A month as 2026-02 or a quarter as 2026-q1, that is over." example:"2026-02"`
	Comments map[string]map[string]string `json:"comments,omitempty" doc:"Your words by section (promises, complaints, reviews, causes, issues, donations) and language."`
}

type turnedTrustReport struct {
	Version  int64                        `json:"version" minimum:"1" doc:"That of the report as you read it." example:"1"`
	Note     string                       `json:"note" minLength:"1" maxLength:"500" doc:"Why; everybody reads it." example:"Two reviews came in late."`
	Comments map[string]map[string]string `json:"comments,omitempty" doc:"Your words by section and language, of a correction."`
}

func commentsOf(body map[string]map[string]string) map[trust.Section]trust.Words {
	all := map[trust.Section]trust.Words{}
	for section, words := range body {
		all[trust.Section(section)] = words
	}
	return all
}

type trustReport struct {
	Report   string    `json:"report" example:"trp_01h9x3k7q2v5n"`
	Period   string    `json:"period" example:"2026-02"`
	From     time.Time `json:"from"`
	Until    time.Time `json:"until"`
	Version  int64     `json:"version" example:"1"`
	Standing string    `json:"standing" enum:"published,corrected,withdrawn"`
}

func trustReportOf(r *trust.Report) trustReport {
	return trustReport{r.ID.In(id.TrustReport), r.Period.Name, r.Period.From, r.Period.Until, r.Version, string(r.Standing)}
}

type trustReports struct {
	Items []trustReport `json:"items" nullable:"false" doc:"The latest period first."`
}

type trustReportFile struct {
	Report   string         `json:"report" example:"trp_01h9x3k7q2v5n"`
	Period   string         `json:"period" example:"2026-02"`
	From     time.Time      `json:"from"`
	Until    time.Time      `json:"until"`
	Version  int64          `json:"version" example:"1"`
	Standing string         `json:"standing" enum:"published,corrected,withdrawn"`
	Editions []trustEdition `json:"editions" nullable:"false" doc:"All that was published of it, the earliest first."`
}

type trustEdition struct {
	Version  int64         `json:"version" example:"1"`
	At       time.Time     `json:"at"`
	By       string        `json:"by" example:"staff:stf_01h9x3k7q2v5n"`
	Standing string        `json:"standing" enum:"published,corrected,withdrawn"`
	Note     string        `json:"note,omitempty" doc:"Why it was corrected or withdrawn."`
	Digest   string        `json:"digest" doc:"SHA-256 over the edition before and all of this one, in hexadecimal."`
	Figures  *trustFigures `json:"figures,omitempty" doc:"Missing where they were withdrawn."`
}

type trustFigures struct {
	Period   string                       `json:"period" example:"2026-02"`
	Measured time.Time                    `json:"measured"`
	Currency string                       `json:"currency" example:"GBP"`
	Figures  []trustFigure                `json:"figures" nullable:"false"`
	Mended   []mendedCause                `json:"mended" nullable:"false" doc:"Causes of complaints about which something was done, and what followed; no proof that it is the reason."`
	Known    []knownLine                  `json:"known_issues" nullable:"false" doc:"Published issues that were open when the period ended, or ended within it."`
	Comments map[string]map[string]string `json:"comments,omitempty" doc:"The shop's words by section and language."`
}

type trustFigure struct {
	Section     string   `json:"section" enum:"promises,complaints,reviews,causes,issues,donations"`
	Figure      string   `json:"figure" example:"rate"`
	Form        string   `json:"form" enum:"count,share,median_minutes,money"`
	Value       int64    `json:"value" example:"97"`
	Of          int64    `json:"of" doc:"Of how many, for shares and medians." example:"100"`
	Low         *float64 `json:"low,omitempty" doc:"Of a share, from 10 on." example:"0.915"`
	High        *float64 `json:"high,omitempty" example:"0.99"`
	ValueBefore int64    `json:"value_before" doc:"The same of the period before." example:"95"`
	OfBefore    int64    `json:"of_before" example:"100"`
}

type mendedCause struct {
	Cause            string    `json:"cause" example:"supplier"`
	Done             time.Time `json:"done"`
	Weeks            int64     `json:"weeks" doc:"How many weeks are compared on either side."`
	ComplaintsBefore int64     `json:"complaints_before"`
	OrdersBefore     int64     `json:"orders_before"`
	ComplaintsAfter  int64     `json:"complaints_after"`
	OrdersAfter      int64     `json:"orders_after"`
}

type knownLine struct {
	Issue    string            `json:"known_issue" example:"kni_01h9x3k7q2v5n"`
	Title    map[string]string `json:"title"`
	State    string            `json:"state" enum:"looking,mending,mended,wont"`
	Since    string            `json:"since" example:"2026-02-01"`
	Expected string            `json:"expected,omitempty" example:"2026-04-01"`
}

func (c *call) trustFigures(n *trust.Snapshot) trustFigures {
	v := trustFigures{Period: n.Period.Name, Measured: n.Measured, Currency: n.Currency, Figures: []trustFigure{}, Mended: []mendedCause{}, Known: []knownLine{}}
	for _, r := range n.Rows() {
		f := trustFigure{Section: string(r.Section), Figure: r.Code, Form: string(r.Form), Value: r.Now.K, Of: r.Now.N, ValueBefore: r.Before.K, OfBefore: r.Before.N}
		if r.Form == trust.Share && !r.Now.Few() {
			i := r.Now.Interval()
			f.Low, f.High = &i.Low, &i.High
		}
		v.Figures = append(v.Figures, f)
	}
	for _, m := range n.Mended {
		v.Mended = append(v.Mended, mendedCause{m.Cause, m.Done, m.Weeks, m.Before, m.BeforeOrders, m.After, m.AfterOrders})
	}
	for _, k := range n.Known {
		v.Known = append(v.Known, knownLine{k.ID.In(id.KnownIssue), k.Title, string(k.State), k.Since, k.Expected})
	}
	for section, words := range n.Comments {
		if v.Comments == nil {
			v.Comments = map[string]map[string]string{}
		}
		v.Comments[string(section)] = words
	}
	return v
}

func (s *server) listTrustReports(ctx context.Context, c *call, _ *nothing) (trustReports, error) {
	v := trustReports{Items: []trustReport{}}
	list, err := s.Trust.Reports(ctx, c.actor, c.programme())
	for _, r := range list {
		v.Items = append(v.Items, trustReportOf(r))
	}
	return v, err
}

func (s *server) watchTrustReport(ctx context.Context, c *call, subject string) (trustReportFile, error) {
	return s.showTrustReport(ctx, c, watcher, subject)
}

func (s *server) showTrustReport(ctx context.Context, c *call, a auth.Actor, subject string) (trustReportFile, error) {
	n, err := parseID(id.TrustReport, "report", subject)
	if err != nil {
		return trustReportFile{}, err
	}
	r, editions, err := s.Trust.Report(ctx, a, c.programme(), n)
	if err != nil {
		return trustReportFile{}, err
	}
	v := trustReportFile{
		Report: r.ID.In(id.TrustReport), Period: r.Period.Name, From: r.Period.From, Until: r.Period.Until, Version: r.Version, Standing: string(r.Standing), Editions: []trustEdition{},
	}
	for _, e := range editions {
		one := trustEdition{Version: e.Version, At: e.At, By: e.Actor, Standing: string(e.Standing), Note: e.Note, Digest: e.Digest}
		if e.Snapshot != nil {
			f := c.trustFigures(e.Snapshot)
			one.Figures = &f
		}
		v.Editions = append(v.Editions, one)
	}
	return v, nil
}

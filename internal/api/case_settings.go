package api

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/fault"
	"regulars/internal/id"
)

func (s *server) addCaseSettings() {
	show := func(ctx context.Context, c *call, a auth.Actor) (caseSettings, error) {
		set, version, err := s.Complaints.Settings(ctx, a, c.programme())
		return caseSettings{version, caseSettingsOf(&set)}, err
	}
	read(s, operation{
		id: "get-case-settings", method: http.MethodGet, path: "/v1/case-settings", tag: tagCases, needs: needs(auth.CasesRead),
		summary: "Get what holds for complaints: reasons, hours, terms, compensation, limits",
	}, func(ctx context.Context, c *call, _ *nothing) (caseSettings, error) { return show(ctx, c, c.actor) })
	write(s, operation{
		id: "set-case-settings", method: http.MethodPut, path: "/v1/case-settings", tag: tagCases, needs: needs(auth.CasesApprove),
		summary: "Put other settings of complaints in force",
		text: "Give the version that you read: if somebody changed the settings since, nothing is changed (409). Those before are kept. " +
			"What is due already stays so until the case turns.",
		example: exampleCaseSettings,
	}, func(ctx context.Context, c *call, _ *nothing, body *caseSettings) (string, error) {
		set, err := body.Settings.settings(c)
		if err != nil {
			return "", within("/settings", err)
		}
		_, err = s.Complaints.SetSettings(ctx, c.actor, c.programme(), body.Version, set)
		return "", within("/settings", err)
	}, func(ctx context.Context, c *call, _ string) (caseSettings, error) { return show(ctx, c, watcher) })
}

const exampleCaseSettings = `{"version": 0, "settings": {
  "business": "shop", "country": "PL",
  "reasons": [{"code": "quality", "severity": "normal"}, {"code": "other", "severity": "normal"}],
  "causes": [{"code": "supplier"}, {"code": "other"}],
  "week": [{"from": "09:00", "to": "18:00"}, {"from": "09:00", "to": "18:00"}, {"from": "09:00", "to": "18:00"}, {"from": "09:00", "to": "18:00"}, {"from": "09:00", "to": "18:00"}, {}, {}],
  "targets": {"low": {"first": 960, "solve": 5400}, "normal": {"first": 480, "solve": 2700}, "high": {"first": 120, "solve": 1080}},
  "legal": {"PL": 14}, "remedies": [{"severity": "high", "kind": "gift_card", "share": 10000}],
  "limits": {"manager": 20000, "agent": 2000, "key": 2000}, "cap": 15000, "unpriced": 5000, "gift_months": 12}}`

// caseSettings are the settings of complaints with their version.
type caseSettings struct {
	Version  int64            `json:"version" minimum:"0" doc:"0 while they are those that everybody begins with." example:"3"`
	Settings caseSettingsBody `json:"settings"`
}

type caseSettingsBody struct {
	Business  string                 `json:"business" enum:"shop,restaurant,clinic,web_store" doc:"It chooses the reasons that a programme begins with."`
	Reasons   []caseReasonSet        `json:"reasons" nullable:"false" minItems:"1" maxItems:"8" doc:"What a customer is shown, the last one other."`
	Causes    []caseCauseSet         `json:"causes" nullable:"false" maxItems:"40"`
	Week      []caseHours            `json:"week" nullable:"false" minItems:"7" maxItems:"7" doc:"Working hours from Monday to Sunday."`
	Shops     map[string][]caseHours `json:"shops,omitempty" doc:"Weeks of shops that differ, by the shop's code."`
	Country   string                 `json:"country" maxLength:"2" doc:"Whose public holidays and law hold; the holidays of PL, RU and GB are known." example:"PL"`
	Holidays  []string               `json:"holidays,omitempty" nullable:"false" maxItems:"400" doc:"More days that are not worked." example:"[\"2026-12-24\"]"`
	Workdays  []string               `json:"workdays,omitempty" nullable:"false" maxItems:"400" doc:"Days that are worked although the calendar says otherwise."`
	Targets   caseTargets            `json:"targets" doc:"By severity, in working minutes."`
	Legal     map[string]int         `json:"legal" doc:"By country, within how many days the law wants an answer."`
	Superiors []string               `json:"superiors,omitempty" nullable:"false" maxItems:"10" doc:"Who gets what is overdue, one after the other." example:"[\"stf_01h9x3k7q2v5n\"]"`
	Remedies  []caseRemedyLine       `json:"remedies" nullable:"false" maxItems:"100" doc:"What makes good which fault. A line that names the reason goes before one that names the severity."`
	Limits    map[string]int64       `json:"limits" doc:"What one person may give for a case alone, in minor units, by role; key for API keys."`
	Cap       int64                  `json:"cap" minimum:"0" maximum:"15000" doc:"The most that is given for a case, in ten-thousandths of the price of what went wrong; 0 is 150 %." example:"15000"`
	Unpriced  int64                  `json:"unpriced" minimum:"0" doc:"The most for a case whose price nobody knows, in minor units." example:"5000"`
	Wallet    string                 `json:"wallet,omitempty" maxLength:"40" doc:"Where points go, by its id or its code; the first wallet when left out." example:"points"`
	Batch     string                 `json:"batch,omitempty" maxLength:"40" doc:"The personal codes that are given." example:"bat_01h9x3k7q2v5n"`
	Months    int                    `json:"gift_months" minimum:"0" maximum:"120" doc:"How long gift cards last; 0 without end." example:"12"`
	Tell      bool                   `json:"acknowledge,omitempty" doc:"Members are written to that we have what they sent by e-mail." example:"true"`
}

type caseReasonSet struct {
	Code     string            `json:"code" maxLength:"40" example:"quality"`
	Names    map[string]string `json:"names,omitempty" doc:"By language; our own text when left out."`
	Severity string            `json:"severity" enum:"low,normal,high"`
}

type caseCauseSet struct {
	Code  string            `json:"code" maxLength:"40" example:"supplier"`
	Names map[string]string `json:"names,omitempty"`
}

// caseHours are the working hours of a day; empty ones are none.
type caseHours struct {
	From string `json:"from,omitempty" pattern:"^[0-2][0-9]:[0-5][0-9]$" example:"09:00"`
	To   string `json:"to,omitempty" pattern:"^[0-2][0-9]:[0-5][0-9]$" doc:"24:00 is the end of the day." example:"18:00"`
}

type caseTargets struct {
	Low    complaint.Target `json:"low"`
	Normal complaint.Target `json:"normal"`
	High   complaint.Target `json:"high"`
}

type caseRemedyLine struct {
	Reason   string `json:"reason,omitempty" maxLength:"40" doc:"Any when left out."`
	Severity string `json:"severity,omitempty" enum:"low,normal,high" doc:"Any when left out."`
	Kind     string `json:"kind" enum:"points,code,gift_card,refund"`
	Share    int64  `json:"share,omitempty" minimum:"0" maximum:"15000" doc:"Of the price, in ten-thousandths." example:"5000"`
	Fixed    int64  `json:"fixed,omitempty" minimum:"0" doc:"Added to it, in minor units."`
}

func weekViews(w complaint.Week) []caseHours {
	list := make([]caseHours, len(w))
	for i, h := range w {
		if h.From != h.To {
			list[i] = caseHours{complaint.ShowTime(h.From), complaint.ShowTime(h.To)}
		}
	}
	return list
}

func readWeek(list []caseHours, field string) (w complaint.Week, err error) {
	if len(list) != len(w) {
		return w, fault.Invalid("case_week", "a week has seven days, Monday first").At(field)
	}
	for i, h := range list {
		if h == (caseHours{}) {
			continue
		}
		var from, to bool
		w[i].From, from = complaint.ReadTime(h.From)
		w[i].To, to = complaint.ReadTime(h.To)
		if !from || !to {
			return w, fault.Invalid("malformed_clock", "write the time of day as 21:00").At(field + "/" + strconv.Itoa(i))
		}
	}
	return w, nil
}

func caseSettingsOf(s *complaint.Settings) caseSettingsBody {
	v := caseSettingsBody{
		Business: string(s.Business), Reasons: []caseReasonSet{}, Causes: []caseCauseSet{}, Week: weekViews(s.Week), Country: s.Country, Holidays: s.Holidays,
		Workdays: s.Workdays, Targets: caseTargets{s.Targets[complaint.Low], s.Targets[complaint.Normal], s.Targets[complaint.High]}, Legal: s.Legal, Remedies: []caseRemedyLine{},
		Limits: s.Limits, Cap: s.Most(), Unpriced: s.Unpriced, Wallet: shownID(s.WalletID, id.Wallet), Batch: shownID(s.BatchID, id.Batch), Months: s.GiftMonths,
		Tell: s.Acknowledge,
	}
	for _, r := range s.Reasons {
		v.Reasons = append(v.Reasons, caseReasonSet{r.Code, r.Names, string(r.Severity)})
	}
	for _, n := range s.Causes {
		v.Causes = append(v.Causes, caseCauseSet{n.Code, n.Names})
	}
	for code, w := range s.Shops {
		if v.Shops == nil {
			v.Shops = map[string][]caseHours{}
		}
		v.Shops[code] = weekViews(w)
	}
	for _, n := range s.Superiors {
		v.Superiors = append(v.Superiors, n.In(id.Staff))
	}
	for _, r := range s.Remedies {
		v.Remedies = append(v.Remedies, caseRemedyLine{r.Reason, string(r.Severity), string(r.Kind), r.Share, r.Fixed})
	}
	return v
}

func (b *caseSettingsBody) settings(c *call) (complaint.Settings, error) {
	s := complaint.Settings{
		Business: complaint.Business(b.Business), Country: b.Country, Holidays: b.Holidays, Workdays: b.Workdays,
		Targets: map[complaint.Severity]complaint.Target{complaint.Low: b.Targets.Low, complaint.Normal: b.Targets.Normal, complaint.High: b.Targets.High},
		Legal:   b.Legal, Limits: b.Limits, Cap: b.Cap, Unpriced: b.Unpriced, GiftMonths: b.Months,
		Acknowledge: b.Tell,
	}
	for _, r := range b.Reasons {
		s.Reasons = append(s.Reasons, complaint.Reason{Code: r.Code, Names: r.Names, Severity: complaint.Severity(r.Severity)})
	}
	for _, n := range b.Causes {
		s.Causes = append(s.Causes, complaint.Cause{Code: n.Code, Names: n.Names})
	}
	for _, r := range b.Remedies {
		s.Remedies = append(s.Remedies, complaint.Remedy{
			Reason: r.Reason, Severity: complaint.Severity(r.Severity), Kind: complaint.Means(r.Kind), Share: r.Share, Fixed: r.Fixed,
		})
	}
	if err := b.hours(&s); err != nil {
		return s, err
	}
	return s, b.named(c, &s)
}

// hours reads the weeks.
func (b *caseSettingsBody) hours(s *complaint.Settings) (err error) {
	if s.Week, err = readWeek(b.Week, "/week"); err != nil {
		return err
	}
	for _, code := range sortedKeys(b.Shops) {
		w, err := readWeek(b.Shops[code], "/shops/"+code)
		if err != nil {
			return err
		}
		if s.Shops == nil {
			s.Shops = map[string]complaint.Week{}
		}
		s.Shops[code] = w
	}
	return nil
}

// named reads whom and what the settings name.
func (b *caseSettingsBody) named(c *call, s *complaint.Settings) error {
	for i, text := range b.Superiors {
		n, err := id.Parse(id.Staff, text)
		if err != nil {
			return fault.At(fmt.Sprintf("/superiors/%d", i), err)
		}
		s.Superiors = append(s.Superiors, n)
	}
	var err error
	if b.Wallet != "" {
		if s.WalletID, err = c.setting.walletID(b.Wallet); err != nil {
			return fault.At("/wallet", err)
		}
	}
	if b.Batch != "" {
		s.BatchID, err = id.Parse(id.Batch, b.Batch)
	}
	return fault.At("/batch", err)
}

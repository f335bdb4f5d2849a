package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/standard"
)

const exampleScenario = `{"names": {"en": "A gift"}, "deed": "buy", "task": {"en": "Buy a gift for a friend, and ask for advice."}, "budget": 2000, "standard": "std_01h9x3k7q2v5n"}`

func (s *server) addScenarios() {
	read(s, operation{
		id: "list-visit-scenarios", method: http.MethodGet, path: "/v1/visit-scenarios", tag: tagStandards, needs: needs(auth.VisitsPlan), summary: "List what mystery visitors do, the latest first",
	}, func(ctx context.Context, c *call, _ *nothing) (scenarioList, error) {
		v := scenarioList{Items: []scenarioView{}}
		list, err := s.Standards.Scenarios(ctx, c.actor, c.programme())
		for _, n := range list {
			v.Items = append(v.Items, scenarioOf(n))
		}
		return v, err
	})
	write(s, operation{
		id: "create-visit-scenario", method: http.MethodPost, path: "/v1/visit-scenarios", tag: tagStandards, needs: needs(auth.VisitsPlan), created: true,
		summary: "Write a scenario: what to do, with which budget, by which standard", example: exampleScenario,
	}, func(ctx context.Context, c *call, _ *nothing, body *scenarioSpec) (string, error) {
		return s.saveScenario(ctx, c, 0, body)
	}, s.showScenario)
	write(s, operation{
		id: "change-visit-scenario", method: http.MethodPut, path: "/v1/visit-scenarios/{scenario}", tag: tagStandards, needs: needs(auth.VisitsPlan),
		summary: "Rewrite a scenario", example: exampleScenario,
	}, func(ctx context.Context, c *call, in *scenarioIn, body *scenarioSpec) (string, error) {
		n, err := parseID(id.Scenario, "scenario", string(in.Scenario))
		if err != nil {
			return "", err
		}
		return s.saveScenario(ctx, c, n, body)
	}, s.showScenario)
	write(s, operation{
		id: "retire-visit-scenario", method: http.MethodPost, path: "/v1/visit-scenarios/{scenario}/retire", tag: tagStandards, needs: needs(auth.VisitsPlan), summary: "Take a scenario out of use",
	}, func(ctx context.Context, c *call, in *scenarioIn, _ *nothing) (string, error) {
		n, err := parseID(id.Scenario, "scenario", string(in.Scenario))
		if err != nil {
			return "", err
		}
		_, err = s.Standards.RetireScenario(ctx, c.actor, c.programme(), n)
		return string(in.Scenario), err
	}, s.showScenario)
}

// scenarioIn names a scenario in an address.
type scenarioIn struct {
	Scenario scenarioID `path:"scenario"`
}

type scenarioID string

// Schema describes it for the document.
func (scenarioID) Schema(huma.Registry) *huma.Schema { return shown(id.Scenario, "The scenario.") }

// scenarioSpec is what a manager says of a scenario.
type scenarioSpec struct {
	Names    standard.Words `json:"names" doc:"By language; at least in the programme's first."`
	Deed     string         `json:"deed" enum:"buy,ask,return,phone"`
	Task     standard.Words `json:"task" doc:"What to do."`
	Watch    standard.Words `json:"watch,omitempty" doc:"What to look at."`
	Budget   int64          `json:"budget,omitempty" minimum:"0" doc:"What the visitor may spend, in minor units."`
	Standard string         `json:"standard" maxLength:"40" example:"std_01h9x3k7q2v5n"`
}

func (s *server) saveScenario(ctx context.Context, c *call, which id.ID, body *scenarioSpec) (string, error) {
	of, err := id.Parse(id.Standard, body.Standard)
	if err != nil {
		return "", fault.At("/standard", err)
	}
	n, err := s.Standards.SaveScenario(ctx, c.actor, c.programme(), which, 0, standard.Plot{
		Names: body.Names, Deed: standard.Deed(body.Deed), Task: body.Task, Watch: body.Watch, Budget: body.Budget, StandardID: of,
	})
	if err != nil {
		return "", err
	}
	return n.ID.In(id.Scenario), nil
}

func (s *server) showScenario(ctx context.Context, c *call, subject string) (scenarioView, error) {
	n, err := parseID(id.Scenario, "scenario", subject)
	if err != nil {
		return scenarioView{}, err
	}
	found, err := s.Standards.Scenario(ctx, watcher, c.programme(), n)
	if err != nil {
		return scenarioView{}, err
	}
	return scenarioOf(found), nil
}

type scenarioView struct {
	ID       string         `json:"id" example:"scn_01h9x3k7q2v5n"`
	Names    standard.Words `json:"names"`
	Deed     string         `json:"deed" enum:"buy,ask,return,phone"`
	Task     standard.Words `json:"task"`
	Watch    standard.Words `json:"watch,omitempty"`
	Budget   int64          `json:"budget"`
	Standard string         `json:"standard" example:"std_01h9x3k7q2v5n"`
	Retired  *time.Time     `json:"retired,omitempty"`
}

func scenarioOf(n *standard.Scenario) scenarioView {
	return scenarioView{n.ID.In(id.Scenario), n.Names, string(n.Deed), n.Task, n.Watch, n.Budget, n.StandardID.In(id.Standard), momentOf(n.Retired)}
}

type scenarioList struct {
	Items []scenarioView `json:"items" nullable:"false" doc:"The latest first."`
}

func (s *server) addVisitors() {
	read(s, operation{
		id: "list-visitors", method: http.MethodGet, path: "/v1/visitors", tag: tagStandards, needs: needs(auth.VisitsPlan), summary: "List who may be sent, the latest first",
	}, func(ctx context.Context, c *call, _ *nothing) (visitorList, error) {
		return s.visitorList(ctx, c, c.actor)
	})
	write(s, operation{
		id: "add-visitor", method: http.MethodPost, path: "/v1/visitors", tag: tagStandards, needs: needs(auth.VisitsPlan), created: true,
		summary: "Add who may be sent: staff, a member who agreed, or somebody from outside",
		text:    "Nobody is sent to the shops to avoid. Shops at whose tills somebody works, and those where a member bought three times within a year, are avoided anyway. Somebody who is there already is kept.",
		example: `{"kind": "outsider", "name": "M. Nowak", "contact": "m.nowak@example.com", "avoid": []}`,
	}, s.addVisitor, s.showVisitors)
	write(s, operation{
		id: "forget-visitor", method: http.MethodDelete, path: "/v1/visitors/{visitor}", tag: tagStandards, needs: needs(auth.VisitsPlan),
		summary: "End somebody's visits and forget their name", text: "Visits that are planned are called off; what they found stays.",
	}, func(ctx context.Context, c *call, in *visitorIn, _ *nothing) (string, error) {
		n, err := parseID(id.Visitor, "visitor", string(in.Visitor))
		if err != nil {
			return "", err
		}
		return string(in.Visitor), s.Standards.Forget(ctx, c.actor, c.programme(), n)
	}, s.showVisitors)
}

// visitorIn names a visitor in an address.
type visitorIn struct {
	Visitor visitorID `path:"visitor"`
}

type visitorID string

// Schema describes it for the document.
func (visitorID) Schema(huma.Registry) *huma.Schema { return shown(id.Visitor, "The visitor.") }

type newVisitor struct {
	Kind    string   `json:"kind" enum:"staff,member,outsider"`
	Staff   string   `json:"staff,omitempty" maxLength:"40" example:"stf_01h9x3k7q2v5n"`
	Member  string   `json:"member,omitempty" maxLength:"40" example:"mem_01h9x3k7q2v5n"`
	Name    string   `json:"name,omitempty" maxLength:"100" doc:"Of somebody from outside."`
	Contact string   `json:"contact,omitempty" maxLength:"100" doc:"How you reach them; nobody is written to there."`
	Avoid   []string `json:"avoid,omitempty" nullable:"false" maxItems:"1000" doc:"Shops where they work or are known."`
}

func (s *server) addVisitor(ctx context.Context, c *call, _ *nothing, body *newVisitor) (string, error) {
	n := standard.Visitor{Kind: standard.VisitorKind(body.Kind), Name: body.Name, Contact: body.Contact}
	for _, part := range []struct {
		text, field string
		prefix      id.Prefix
		into        *id.ID
	}{{body.Staff, "/staff", id.Staff, &n.StaffID}, {body.Member, "/member", id.Member, &n.MemberID}} {
		if part.text == "" {
			continue
		}
		var err error
		if *part.into, err = id.Parse(part.prefix, part.text); err != nil {
			return "", fault.At(part.field, err)
		}
	}
	var err error
	if n.Avoid, err = shopIDs("/avoid", body.Avoid); err != nil {
		return "", err
	}
	made, err := s.Standards.AddVisitor(ctx, c.actor, c.programme(), n)
	if err != nil {
		return "", err
	}
	return made.ID.In(id.Visitor), nil
}

// shopIDs reads the shops of a list.
func shopIDs(field string, list []string) ([]id.ID, error) {
	var ids []id.ID
	for _, text := range list {
		n, err := id.Parse(id.Shop, text)
		if err != nil {
			return nil, fault.At(field, err)
		}
		ids = append(ids, n)
	}
	return ids, nil
}

func (s *server) showVisitors(ctx context.Context, c *call, _ string) (visitorList, error) {
	return s.visitorList(ctx, c, watcher)
}

func (s *server) visitorList(ctx context.Context, c *call, a auth.Actor) (visitorList, error) {
	v := visitorList{Items: []visitorView{}}
	list, err := s.Standards.Visitors(ctx, a, c.programme())
	for _, n := range list {
		one := visitorView{n.ID.In(id.Visitor), string(n.Kind), shownID(n.StaffID, id.Staff), shownID(n.MemberID, id.Member), n.Name, n.Contact, []string{}, momentOf(n.Gone)}
		for _, shop := range n.Avoid {
			one.Avoid = append(one.Avoid, shop.In(id.Shop))
		}
		v.Items = append(v.Items, one)
	}
	return v, err
}

type visitorView struct {
	ID      string     `json:"id" example:"vsr_01h9x3k7q2v5n"`
	Kind    string     `json:"kind" enum:"staff,member,outsider"`
	Staff   string     `json:"staff,omitempty"`
	Member  string     `json:"member,omitempty"`
	Name    string     `json:"name,omitempty"`
	Contact string     `json:"contact,omitempty"`
	Avoid   []string   `json:"avoid" nullable:"false"`
	Gone    *time.Time `json:"gone,omitempty" doc:"When they stopped."`
}

type visitorList struct {
	Items []visitorView `json:"items" nullable:"false" doc:"The latest first."`
}

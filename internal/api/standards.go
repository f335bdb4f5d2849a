package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/standard"
)

const exampleStandard = `{"names": {"en": "Service"}, "criteria": [
  {"code": "greeted", "form": "yes_no", "weight": 2, "words": {"en": "Were you greeted?"}},
  {"code": "clean", "form": "scale", "top": 4, "weight": 3, "critical": true, "least": 2, "words": {"en": "How clean is the shop?"}}]}`

func (s *server) addStandards() {
	read(s, operation{
		id: "list-standards", method: http.MethodGet, path: "/v1/standards", tag: tagStandards, needs: needs(auth.StandardsRead), summary: "List standards, the latest first",
	}, func(ctx context.Context, c *call, _ *nothing) (standardList, error) {
		v := standardList{Items: []standardView{}}
		list, err := s.Standards.List(ctx, c.actor, c.programme())
		for _, n := range list {
			v.Items = append(v.Items, standardOf(n))
		}
		return v, err
	})
	read(s, operation{
		id: "get-standard", method: http.MethodGet, path: "/v1/standards/{standard}", tag: tagStandards, needs: needs(auth.StandardsRead), summary: "Get a standard",
	}, func(ctx context.Context, c *call, in *standardIn) (standardView, error) {
		n, err := in.id()
		if err != nil {
			return standardView{}, err
		}
		found, err := s.Standards.Get(ctx, c.actor, c.programme(), n)
		if err != nil {
			return standardView{}, err
		}
		return standardOf(found), nil
	})
	write(s, operation{
		id: "create-standard", method: http.MethodPost, path: "/v1/standards", tag: tagStandards, needs: needs(auth.StandardsWrite), created: true,
		summary: "Write a standard, as a draft", example: exampleStandard,
	}, func(ctx context.Context, c *call, _ *nothing, body *standardSpec) (string, error) {
		n, err := s.Standards.Create(ctx, c.actor, c.programme(), body.spec())
		if err != nil {
			return "", err
		}
		return n.ID.In(id.Standard), nil
	}, s.showStandard)
	write(s, operation{
		id: "change-standard", method: http.MethodPut, path: "/v1/standards/{standard}", tag: tagStandards, needs: needs(auth.StandardsWrite),
		summary: "Rewrite the draft of a standard", text: "What was published stays in force until the draft is. A code keeps its form and its top for good.", example: exampleStandard,
	}, func(ctx context.Context, c *call, in *standardIn, body *standardSpec) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		_, err = s.Standards.Change(ctx, c.actor, c.programme(), n, 0, body.spec())
		return string(in.Standard), err
	}, s.showStandard)
	s.addStandardTurn("publish-standard", "publish", "Put the draft in force", "Visits that were planned keep the version by which they were.", s.Standards.Publish)
	s.addStandardTurn("retire-standard", "retire", "Take a standard out of use", "What was found by it stays.", s.Standards.Retire)
	read(s, operation{
		id: "get-standard-results", method: http.MethodGet, path: "/v1/standards/{standard}/results", tag: tagStandards, needs: needs(auth.StandardsRead),
		summary: "Get what visits by a standard came to, with how sure it is",
		text: "By the day on which they were to be, of the last year when no span is named. Audits and mystery visits are never mixed. No figure is given under 10 visits; under 30 it is preliminary. " +
			"Shares carry Wilson's interval, means Student's, agreement that of Fleiss, Cohen and Everitt, at 95 %. Of a double visit the first sheet counts. Nobody of the staff is named.",
	}, s.standardResults)
	s.addScenarios()
	s.addVisitors()
	s.addVisits()
}

func (s *server) addStandardTurn(name, verb, summary, text string, turn func(context.Context, auth.Actor, id.ID, id.ID) (*standard.Standard, error)) {
	write(s, operation{
		id: name, method: http.MethodPost, path: "/v1/standards/{standard}/" + verb, tag: tagStandards, needs: needs(auth.StandardsWrite), summary: summary, text: text,
	}, func(ctx context.Context, c *call, in *standardIn, _ *nothing) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		_, err = turn(ctx, c.actor, c.programme(), n)
		return string(in.Standard), err
	}, s.showStandard)
}

// standardIn names a standard in an address.
type standardIn struct {
	Standard standardID `path:"standard"`
}

func (in standardIn) id() (id.ID, error) {
	return parseID(id.Standard, "standard", string(in.Standard))
}

type standardID string

// Schema describes it for the document.
func (standardID) Schema(huma.Registry) *huma.Schema { return shown(id.Standard, "The standard.") }

func (s *server) showStandard(ctx context.Context, c *call, subject string) (standardView, error) {
	n, err := parseID(id.Standard, "standard", subject)
	if err != nil {
		return standardView{}, err
	}
	found, err := s.Standards.Get(ctx, watcher, c.programme(), n)
	if err != nil {
		return standardView{}, err
	}
	return standardOf(found), nil
}

// standardSpec is what a manager says of a standard.
type standardSpec struct {
	Names    standard.Words       `json:"names" doc:"By language; at least in the programme's first."`
	Intro    standard.Words       `json:"intro,omitempty" doc:"Said above the sheet."`
	Criteria []standard.Criterion `json:"criteria" nullable:"false" minItems:"1" maxItems:"24" doc:"Each yes_no or scale (0 to top). A critical one fails the visit when it is a no, or less than least."`
}

func (n *standardSpec) spec() standard.Spec {
	return standard.Spec{Names: n.Names, Intro: n.Intro, Criteria: n.Criteria}
}

type standardView struct {
	ID      string        `json:"id" example:"std_01h9x3k7q2v5n"`
	Version int64         `json:"version" doc:"The latest that was published; 0 for none."`
	Spec    *standardSpec `json:"spec,omitempty" doc:"What is in force."`
	Draft   *standardSpec `json:"draft,omitempty" doc:"What is worked on."`
	Retired *time.Time    `json:"retired,omitempty"`
	Made    time.Time     `json:"made"`
}

func standardOf(n *standard.Standard) standardView {
	v := standardView{ID: n.ID.In(id.Standard), Version: n.Version, Retired: momentOf(n.Retired), Made: n.Made}
	if n.Version > 0 {
		v.Spec = specOf(&n.Spec)
	}
	if n.Draft != nil {
		v.Draft = specOf(n.Draft)
	}
	return v
}

func specOf(n *standard.Spec) *standardSpec {
	return &standardSpec{Names: n.Names, Intro: n.Intro, Criteria: n.Criteria}
}

type standardList struct {
	Items []standardView `json:"items" nullable:"false" doc:"The latest first."`
}

// resultsIn asks for results.
type standardResultsIn struct {
	Standard standardID `path:"standard"`
	Kind     string     `query:"kind" enum:"mystery,audit" doc:"Mystery visits when left out."`
	Shop     string     `query:"shop" doc:"Of one shop alone."`
	From     instant    `query:"from" doc:"The first moment."`
	To       instant    `query:"to" doc:"The moment at which the span ends."`
}

func (in *standardResultsIn) span() (n standard.Span, err error) {
	if n.StandardID, err = parseID(id.Standard, "standard", string(in.Standard)); err != nil {
		return n, err
	}
	if in.Shop != "" {
		if n.ShopID, err = parseID(id.Shop, "shop", in.Shop); err != nil {
			return n, err
		}
	}
	if n.From, err = in.From.time("from"); err != nil {
		return n, err
	}
	n.To, err = in.To.time("to")
	n.Kind = standard.Kind(in.Kind)
	return n, err
}

func (s *server) standardResults(ctx context.Context, c *call, in *standardResultsIn) (standardResultsView, error) {
	n, err := in.span()
	if err == nil {
		err = oneOf("kind", in.Kind, standard.Kinds())
	}
	if err != nil {
		return standardResultsView{}, err
	}
	r, err := s.Standards.Results(ctx, c.actor, c.programme(), n)
	if err != nil {
		return standardResultsView{}, err
	}
	return standardResultsOf(r), nil
}

package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/factor"
	"regulars/internal/fault"
	"regulars/internal/id"
)

const exampleFactors = `{"version": 0, "settings": {
  "factors": [{"code": "assortment"}, {"code": "value"}, {"code": "service", "names": {"en": "People"}}, {"code": "reputation"}, {"code": "reviews", "off": true},
    {"code": "convenience"}, {"code": "expectations"}, {"code": "speed", "hints": {"en": "slow late queue"}}, {"code": "relations"}],
  "answers": {"delivery": "speed"}, "reasons": {"quality": "assortment", "staff": "service"}, "causes": {"carrier": "speed"}}}`

func (s *server) addFactors() {
	show := func(ctx context.Context, c *call, a auth.Actor) (factorSettings, error) {
		set, version, err := s.Factors.Settings(ctx, a, c.programme())
		return factorSettings{version, c.factorSettings(&set)}, err
	}
	read(s, operation{
		id: "get-factors", method: http.MethodGet, path: "/v1/factors", tag: tagFactors, needs: needs(auth.FactorsRead),
		summary: "Get the factors of loyalty, and which reasons and causes count to them",
	}, func(ctx context.Context, c *call, _ *nothing) (factorSettings, error) { return show(ctx, c, c.actor) })
	write(s, operation{
		id: "set-factors", method: http.MethodPut, path: "/v1/factors", tag: tagFactors, needs: needs(auth.FactorsRead, auth.FactorsWrite),
		summary: "Rename factors or switch them off, and say which reasons and causes count to them",
		text: "Give the version that you read: if somebody changed the settings since, nothing is changed (409). Every factor is named once, in the order of the list; none is added, " +
			"as one for the rest would take what nobody looked at. What counts by reason or cause counts so at once, also what came before.",
		example: exampleFactors,
	}, func(ctx context.Context, c *call, _ *nothing, body *newFactorSettings) (string, error) {
		set, err := body.Settings.settings()
		if err != nil {
			return "", within("/settings", err)
		}
		_, err = s.Factors.SetSettings(ctx, c.actor, c.programme(), body.Version, set)
		return "", within("/settings", err)
	}, func(ctx context.Context, c *call, _ string) (factorSettings, error) { return show(ctx, c, watcher) })
	read(s, operation{
		id: "get-factor-map", method: http.MethodGet, path: "/v1/factors/map", tag: tagFactors, needs: needs(auth.FactorsRead),
		summary: "Get how much each factor matters and how well it is done",
		text: "By feedback, performance is the share of positive among the feedback that says how it was (Wilson), and importance is stated: the share of what is coded that names the factor. " +
			"By ratings, performance is the mean mark in a questionnaire between the ends of its scale (Student), and importance is derived: Johnson's relative weight for the main answer, with a bootstrap interval; " +
			"under 100 whole answers, or 10 for each factor, importance stays stated, and importance_is says so. What goes together is no cause. All intervals are at 95 %. " +
			"A factor under 10 pieces or marks is not placed.",
	}, s.getFactorMap)
	read(s, operation{
		id: "get-satisfaction-and-loyalty", method: http.MethodGet, path: "/v1/factors/satisfaction", tag: tagFactors, needs: needs(auth.FactorsRead),
		summary: "Get how many of the satisfied, and of the others, bought again",
		text: "By each member's last answer to how satisfied they were, of the year that ended 90 days ago: who bought within the 90 days after it. Shares carry Wilson's interval, the difference Newcombe's, at 95 %. " +
			"Neither causes the other as far as this tells. Under 10 people there is no share; under 30 it is preliminary.",
	}, func(ctx context.Context, c *call, _ *nothing) (contentView, error) {
		n, err := s.Factors.Content(ctx, c.actor, c.programme())
		if err != nil {
			return contentView{}, err
		}
		return contentOf(n), nil
	})
	read(s, operation{
		id: "list-satisfaction-members", method: http.MethodGet, path: "/v1/factors/satisfaction/members", tag: tagFactors, needs: needs(auth.FactorsRead, auth.MembersRead),
		summary: "List the members who were satisfied, or not, and bought again, or did not",
		text:    "Those whom the figures of satisfaction count in one group, the newest members first. Profiles that were merged stand once.",
	}, s.satisfactionMembers)
	read(s, operation{
		id: "list-factor-scales", method: http.MethodGet, path: "/v1/factors/scales", tag: tagFactors, needs: needs(auth.FactorsRead),
		summary: "List the questions by which factors may be rated", text: "Scales of surveys that are not their main question; they are named in the ratings of the settings.",
	}, s.listFactorScales)
	s.addFeedback()
	s.addFactorActions()
}

func (s *server) addFeedback() {
	read(s, operation{
		id: "list-feedback", method: http.MethodGet, path: "/v1/feedback", tag: tagFactors, needs: needs(auth.FactorsRead),
		summary: "List feedback that is not coded yet, or that of a factor, the latest first",
		text: "Answers in own words, cases and public reviews; of each kind only for keys that may read it (surveys:read, cases:read, touch:read). " +
			"What is suggested for feedback that is not coded counts nowhere until it is confirmed.",
	}, s.listFeedback)
	read(s, operation{
		id: "count-feedback", method: http.MethodGet, path: "/v1/feedback/count", tag: tagFactors, needs: needs(auth.FactorsRead),
		summary: "Count how much of the feedback is coded",
	}, s.countFeedback)
	write(s, operation{
		id: "code-feedback", method: http.MethodPost, path: "/v1/feedback/code", tag: tagFactors,
		needs:   needs(auth.FactorsRead, auth.FactorsWrite, auth.SurveysRead, auth.CasesRead, auth.TouchRead),
		summary: "Say which factor a piece of feedback is about",
		text:    "It goes before what follows from its reason or cause. Without a factor, what was said is taken back. Said again, it is coded once. The key must be one that may read every kind of feedback.",
		example: `{"feedback": "rvw_01h9x3k7q2v5n", "factor": "service"}`,
	}, func(ctx context.Context, c *call, _ *nothing, body *newCoding) (string, error) {
		for _, p := range []auth.Permission{auth.SurveysRead, auth.CasesRead, auth.TouchRead} {
			if err := c.can(p); err != nil {
				return "", err
			}
		}
		key, err := factor.ParseKey(body.Feedback, body.Question)
		if err != nil {
			return "", err
		}
		_, err = s.Factors.Code(ctx, c.actor, c.programme(), key, factor.Code(body.Factor))
		return key.Shown() + " " + key.Part, err
	}, func(ctx context.Context, c *call, subject string) (feedbackView, error) {
		shown, part, _ := strings.Cut(subject, " ")
		key, err := factor.ParseKey(shown, part)
		if err != nil {
			return feedbackView{}, err
		}
		n, err := s.Factors.Piece(ctx, watcher, c.programme(), key)
		return c.feedback(&n), err
	})
}

// spanIn is a period and a shop.
type spanIn struct {
	periodIn
	Shop string `query:"shop" doc:"The code of a shop; every shop when left out." example:"main"`
}

func (in *spanIn) span(c *call, now time.Time) (p factor.Period, err error) {
	p.ProgrammeID = c.programme()
	if p.From, p.To, err = in.period(now); err != nil {
		return p, err
	}
	p.ShopID, err = c.shop(in.Shop)
	return p, err
}

// shop returns the shop of a code in an address, 0 for none asked.
func (c *call) shop(code string) (id.ID, error) {
	if code == "" {
		return 0, nil
	}
	n := c.setting.shopID(code)
	if n == 0 {
		return 0, param("shop", fault.Missing("unknown_shop", "the programme has no shop %q", clip(code)).With("shop", clip(code)))
	}
	return n, nil
}

type feedbackIn struct {
	Cursor cursor  `query:"cursor"`
	Limit  limit   `query:"limit"`
	Factor string  `query:"factor" doc:"That of a factor; what is not coded yet when left out." example:"speed"`
	Source string  `query:"source" doc:"answer, case or review; all when left out."`
	Shop   string  `query:"shop" doc:"The code of a shop."`
	From   instant `query:"from"`
	To     instant `query:"to"`
}

func (in *feedbackIn) query(c *call) (q factor.Query, err error) {
	if err := oneOf("factor", in.Factor, factor.Codes()); err != nil {
		return q, err
	}
	if err := oneOf("source", in.Source, factor.Sources()); err != nil {
		return q, err
	}
	q = factor.Query{ProgrammeID: c.programme(), Factor: factor.Code(in.Factor), Source: factor.Source(in.Source)}
	if q.From, err = in.From.time("from"); err != nil {
		return q, err
	}
	if q.To, err = in.To.time("to"); err != nil {
		return q, err
	}
	if q.ShopID, err = c.shop(in.Shop); err != nil {
		return q, err
	}
	q.Before, err = readFeedbackCursor(in.Cursor)
	return q, err
}

// readFeedbackCursor reads a cursor whose last part is the question of an answer.
func readFeedbackCursor(text cursor) (factor.Cursor, error) {
	numbers, words, _ := strings.Cut(string(text), ".")
	at, err := inFeedback.read(cursor(numbers), 2)
	if err != nil || text == "" {
		return factor.Cursor{}, err
	}
	part, err := base64.RawURLEncoding.DecodeString(words)
	if err != nil {
		return factor.Cursor{}, badCursor()
	}
	return factor.Cursor{At: time.UnixMicro(at[0]), ID: id.ID(at[1]), Part: string(part)}, nil
}

func (s *server) listFeedback(ctx context.Context, c *call, in *feedbackIn) (page[feedbackView], error) {
	v := page[feedbackView]{Items: []feedbackView{}}
	size, err := in.Limit.size()
	if err != nil {
		return v, err
	}
	query, err := in.query(c)
	if err != nil {
		return v, err
	}
	query.Limit = size + 1
	list, err := s.Factors.List(ctx, c.actor, query)
	for i := range list[:min(size, len(list))] {
		v.Items = append(v.Items, c.feedback(&list[i]))
	}
	if len(list) > size {
		last := &list[size-1]
		v.Next = inFeedback.write(last.At.UnixMicro(), int64(last.ID)) + "." + base64.RawURLEncoding.EncodeToString([]byte(last.Part))
	}
	return v, err
}

func (s *server) countFeedback(ctx context.Context, c *call, in *spanIn) (feedbackCount, error) {
	p, err := in.span(c, s.Now())
	if err != nil {
		return feedbackCount{}, err
	}
	n, err := s.Factors.Count(ctx, c.actor, p)
	if err != nil {
		return feedbackCount{}, err
	}
	return feedbackCountOf(p, n), nil
}

type factorMapIn struct {
	periodIn
	Shop   string `query:"shop" doc:"The code of a shop; every shop when left out." example:"main"`
	Basis  string `query:"basis" doc:"feedback or ratings; feedback when left out."`
	Survey string `query:"survey" doc:"The questionnaire of a map by ratings; the one that most people answered when left out." example:"svy_01h9x3k7q2v5n"`
}

func (s *server) getFactorMap(ctx context.Context, c *call, in *factorMapIn) (factorMap, error) {
	if err := oneOf("basis", in.Basis, []factor.Basis{factor.ByFeedback, factor.ByRatings}); err != nil {
		return factorMap{}, err
	}
	ask := factor.Ask{Basis: factor.ByFeedback}
	if in.Basis != "" {
		ask.Basis = factor.Basis(in.Basis)
	}
	var err error
	if ask.Period, err = (&spanIn{in.periodIn, in.Shop}).span(c, s.Now()); err != nil {
		return factorMap{}, err
	}
	if in.Survey != "" {
		if ask.SurveyID, err = parseID(id.Survey, "survey", in.Survey); err != nil {
			return factorMap{}, err
		}
	}
	m, err := s.Factors.Map(ctx, c.actor, ask)
	if err != nil {
		return factorMap{}, err
	}
	return c.factorMap(m), nil
}

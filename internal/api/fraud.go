package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fraud"
	"regulars/internal/id"
)

func (s *server) addFraud() {
	read(s, operation{
		id: "get-fraud-rules", method: http.MethodGet, path: "/v1/fraud-rules", tag: tagFraud, needs: needs(auth.FraudRead),
		summary: "Get what is watched for",
	}, func(ctx context.Context, c *call, _ *nothing) (fraudRulesView, error) {
		v, err := s.Fraud.Rules(ctx, c.actor, c.programme())
		return fraudRulesShown(v), err
	})
	write(s, operation{
		id: "write-fraud-rules", method: http.MethodPut, path: "/v1/fraud-rules", tag: tagFraud, needs: needs(auth.FraudWrite),
		summary: "Write what is watched for", text: "It holds for what is taken from now on. A kind that is left out is off.",
		example: `{"watching": true, "rules": [{"kind": "points_day", "action": "hold", "more": 5000}, {"kind": "shared_device", "action": "flag", "more": 3}]}`,
	}, func(ctx context.Context, c *call, _ *nothing, body *fraudRulesSpec) (string, error) {
		spec := fraud.Spec{Watching: body.Watching}
		for _, r := range body.Rules {
			spec.Rules = append(spec.Rules, fraud.Rule{Kind: fraud.Kind(r.Kind), Action: fraud.Action(r.Action), More: r.More, Times: r.Times})
		}
		_, err := s.Fraud.SaveRules(ctx, c.actor, c.programme(), spec)
		return c.programme().In(id.Programme), err
	}, func(ctx context.Context, c *call, _ string) (fraudRulesView, error) {
		v, err := s.Fraud.Rules(ctx, watcher, c.programme())
		return fraudRulesShown(v), err
	})
	read(s, operation{
		id: "list-fraud-flags", method: http.MethodGet, path: "/v1/fraud-flags", tag: tagFraud, needs: needs(auth.FraudRead),
		summary: "List flags, the latest first",
	}, s.listFlags)
	read(s, operation{
		id: "get-fraud-flag", method: http.MethodGet, path: "/v1/fraud-flags/{flag}", tag: tagFraud, needs: needs(auth.FraudRead),
		summary: "Get a flag, with what is usual",
	}, func(ctx context.Context, c *call, in *flagIn) (flagView, error) {
		if err := c.can(auth.FraudRead); err != nil {
			return flagView{}, err
		}
		return s.showFlag(ctx, c, string(in.Flag))
	})
	write(s, operation{
		id: "decide-fraud-flag", method: http.MethodPost, path: "/v1/fraud-flags/{flag}/decide", tag: tagFraud, needs: needs(auth.FraudWrite),
		summary: "Decide a flag",
		text:    "allow gives back what was set aside. confirm takes the points that the events gave, as far as they are there. It is final.",
		example: `{"decision": "allow", "note": "A family of five."}`,
	}, s.decideFlag, s.showFlag)
}

type fraudRule struct {
	Kind   string `json:"kind" enum:"points_hour,points_day,codes_hour,codes_day,shared_device,shared_phone,shared_address,returns_after_spending,own_account,staff_grants,enrolments_hour,card_tries" doc:"What is watched."`
	Action string `json:"action" enum:"off,flag,hold" doc:"hold also sets the points aside until the flag is decided."`
	More   int64  `json:"more" minimum:"0" doc:"The most that passes: points in the smallest unit of the first wallet, people, codes, returns or numbers." example:"5000"`
	Times  int64  `json:"times,omitempty" minimum:"0" maximum:"1000" doc:"Of staff_grants: how often the median of other staff of the day must be exceeded too."`
}

// fraudRulesSpec is what a manager says is watched for.
type fraudRulesSpec struct {
	Watching bool        `json:"watching" doc:"Whether anything is watched at all."`
	Rules    []fraudRule `json:"rules" nullable:"false" maxItems:"12"`
}

type fraudRulesView struct {
	Watching bool        `json:"watching" doc:"Whether anything is watched at all."`
	Rules    []fraudRule `json:"rules" nullable:"false" doc:"One of each kind."`
	Number   int64       `json:"number" doc:"Grows with every change; 0 when nothing was ever written." example:"1"`
	Made     time.Time   `json:"made,omitzero"`
}

func fraudRulesShown(r fraud.Rules) fraudRulesView {
	v := fraudRulesView{Watching: r.Watching, Rules: []fraudRule{}, Number: r.Number, Made: r.Made}
	for _, k := range fraud.Kinds() {
		one := r.Rule(k)
		v.Rules = append(v.Rules, fraudRule{string(k), string(one.Action), one.More, one.Times})
	}
	return v
}

// flagIn names a flag in an address.
type flagIn struct {
	Flag flagID `path:"flag"`
}

type flagID string

// Schema describes it for the document.
func (flagID) Schema(huma.Registry) *huma.Schema { return shown(id.Flag, "The flag.") }

type flagEvent struct {
	Event  string    `json:"event,omitempty" example:"evt_01h9x3k7q2v5n"`
	Member string    `json:"member,omitempty" example:"mem_01h9x3k7q2v5n"`
	At     time.Time `json:"at"`
	Amount int64     `json:"amount" doc:"What it adds to the figure." example:"700"`
	Actor  string    `json:"actor" doc:"Who sent it." example:"key:key_01h9x3k7q2v5n"`
}

type flagPart struct {
	Member string `json:"member" example:"mem_01h9x3k7q2v5n"`
	Points int64  `json:"points" doc:"What the events gave." example:"700"`
	Aside  int64  `json:"aside" doc:"What of it is away from the member now." example:"700"`
}

type flagUsual struct {
	Others int64 `json:"others" doc:"How many figures of others there are around it." example:"120"`
	Median int64 `json:"median" example:"80"`
	Most   int64 `json:"most" example:"1200"`
}

// flagView is a flag.
type flagView struct {
	Flag     string      `json:"flag" example:"flg_01h9x3k7q2v5n"`
	Kind     string      `json:"kind" example:"points_day"`
	Says     string      `json:"says" doc:"In words."`
	Subject  string      `json:"subject" doc:"The member, who acted, or the hash of what people share." example:"mem_01h9x3k7q2v5n"`
	Begins   time.Time   `json:"begins,omitzero" doc:"The hour, day or month that it is about."`
	State    string      `json:"state" enum:"open,allowed,confirmed,withdrawn" doc:"withdrawn: the figure became usual by what others did since."`
	Hold     bool        `json:"hold" doc:"Whether the points are set aside while it is open."`
	Rules    int64       `json:"rules" doc:"The version of the rules." example:"1"`
	Figure   int64       `json:"figure" example:"7000"`
	More     int64       `json:"more" doc:"What would have passed." example:"5000"`
	Events   int64       `json:"events" doc:"How many there are." example:"12"`
	Evidence []flagEvent `json:"evidence" nullable:"false" doc:"The first 50 events."`
	Parts    []flagPart  `json:"parts" nullable:"false" doc:"Whom it is about."`
	Usual    *flagUsual  `json:"usual,omitempty" doc:"What others came to within 30 days; missing in lists."`
	Raised   time.Time   `json:"raised"`
	Decided  time.Time   `json:"decided,omitzero"`
	Decider  string      `json:"decider,omitempty" example:"staff:stf_01h9x3k7q2v5n"`
	Note     string      `json:"note,omitempty"`
}

func (c *call) flag(f *fraud.Flagged) flagView {
	v := flagView{
		Flag: f.ID.In(id.Flag), Kind: string(f.Kind), Says: c.print.Say(f.Says()), Subject: f.Subject, Begins: f.Begins, State: string(f.State), Hold: f.Hold,
		Rules: f.Rules, Figure: f.Figure, More: f.More, Events: f.Events, Evidence: []flagEvent{}, Parts: []flagPart{}, Raised: f.Raised, Decided: f.Decided,
		Decider: f.Decider, Note: f.Note,
	}
	for _, e := range f.Evidence {
		one := flagEvent{At: e.At, Amount: e.Amount, Actor: e.Actor}
		if f.Kind != fraud.CardTries { // of which the journal knows nothing
			one.Event = e.EventID.In(id.Event)
		}
		if e.MemberID != 0 {
			one.Member = e.MemberID.In(id.Member)
		}
		v.Evidence = append(v.Evidence, one)
	}
	for _, p := range f.Parts {
		v.Parts = append(v.Parts, flagPart{p.MemberID.In(id.Member), p.Points, p.Aside})
	}
	return v
}

func (s *server) showFlag(ctx context.Context, c *call, subject string) (flagView, error) {
	n, err := parseID(id.Flag, "flag", subject)
	if err != nil {
		return flagView{}, err
	}
	f, err := s.Fraud.Get(ctx, watcher, c.programme(), n)
	if err != nil {
		return flagView{}, err
	}
	u, err := s.Fraud.Usual(ctx, watcher, f)
	v := c.flag(f)
	v.Usual = &flagUsual{u.Others, u.Median, u.Most}
	return v, err
}

type flagListIn struct {
	Cursor cursor   `query:"cursor"`
	Limit  limit    `query:"limit"`
	State  string   `query:"state" doc:"open, allowed, confirmed or withdrawn; all when left out."`
	Kind   string   `query:"kind" doc:"What was watched; all when left out."`
	Member memberID `query:"member"`
}

func (s *server) listFlags(ctx context.Context, c *call, in *flagListIn) (page[flagView], error) {
	size, err := in.Limit.size()
	if err != nil {
		return page[flagView]{}, err
	}
	if err := oneOf("state", in.State, fraud.States()); err != nil {
		return page[flagView]{}, err
	}
	if err := oneOf("kind", in.Kind, fraud.Kinds()); err != nil {
		return page[flagView]{}, err
	}
	at, err := inFlags.read(in.Cursor, 1)
	if err != nil {
		return page[flagView]{}, err
	}
	query := fraud.Query{ProgrammeID: c.programme(), State: fraud.State(in.State), Kind: fraud.Kind(in.Kind), Before: id.ID(at[0]), Limit: size + 1}
	if in.Member != "" {
		m, err := in.Member.id()
		if err != nil {
			return page[flagView]{}, err
		}
		if query.Members, err = s.aliases(ctx, c, m); err != nil {
			return page[flagView]{}, err
		}
	}
	list, err := s.Fraud.List(ctx, c.actor, query)
	return paged(inFlags, list, size, c.flag, func(f *fraud.Flagged) []int64 { return []int64{int64(f.ID)} }), err
}

type flagDecision struct {
	Decision string `json:"decision" enum:"allow,confirm"`
	Note     string `json:"note" minLength:"1" maxLength:"500" doc:"Why; it stays with the flag." example:"A family of five."`
}

func (s *server) decideFlag(ctx context.Context, c *call, in *flagIn, body *flagDecision) (string, error) {
	n, err := parseID(id.Flag, "flag", string(in.Flag))
	if err != nil {
		return "", err
	}
	state := fraud.Allowed
	if body.Decision == "confirm" {
		state = fraud.Confirmed
	}
	_, err = s.Fraud.Decide(ctx, c.actor, c.programme(), n, state, body.Note)
	return n.In(id.Flag), err
}

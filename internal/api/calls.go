package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/calls"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

const exampleCallList = `{"name": "Points that lie idle", "wallet": "wal_01h9x3k7q2v5n", "least": 500, "idle": 90, "categories": ["tea"],
  "script": {"en": "Hello {name}, {points} points are waiting for you. Shall I put a pound of the new tea aside?"}, "held": 2000, "window": 60, "tries": 3, "ends": "2027-03-31"}`

func (s *server) addCalls() {
	read(s, operation{
		id: "list-call-lists", method: http.MethodGet, path: "/v1/call-lists", tag: tagCalls, needs: needs(auth.CallsRead), summary: "List the call lists, the latest first",
	}, func(ctx context.Context, c *call, _ *nothing) (callLists, error) {
		v := callLists{Items: []callListView{}}
		list, err := s.Calls.List(ctx, c.actor, c.programme())
		for _, l := range list {
			v.Items = append(v.Items, callListOf(l))
		}
		return v, err
	})
	write(s, operation{
		id: "prepare-call-list", method: http.MethodPost, path: "/v1/call-lists", tag: tagCalls, needs: needs(auth.CallsRead, auth.CallsWrite), created: true, summary: "Prepare a call list as a draft",
		text: "Nobody is phoned before it is started. It is for members with a telephone number and consent to calls, whose points lie idle. In the script {name}, {points}, {worth}, {reward} and {programme} stand for what they are; " +
			"it is written by language (en, ru, pl), and the programme's first is needed.",
		example: exampleCallList,
	}, func(ctx context.Context, c *call, _ *nothing, body *callListSpec) (string, error) {
		spec, err := body.spec()
		if err != nil {
			return "", err
		}
		l, err := s.Calls.Prepare(ctx, c.actor, c.programme(), spec)
		if err != nil {
			return "", err
		}
		return l.ID.In(id.CallList), nil
	}, s.showCallList)
	read(s, operation{
		id: "get-call-list", method: http.MethodGet, path: "/v1/call-lists/{list}", tag: tagCalls, needs: needs(auth.CallsRead), summary: "Get a call list",
	}, func(ctx context.Context, c *call, in *callListIn) (callListView, error) {
		return s.callList(ctx, c, c.actor, string(in.List))
	})
	write(s, operation{
		id: "change-call-list", method: http.MethodPut, path: "/v1/call-lists/{list}", tag: tagCalls, needs: needs(auth.CallsRead, auth.CallsWrite), summary: "Change a draft",
		text:    "Give the version that you read: if somebody changed it since, or it was started, nothing is changed (409).",
		example: `{"version": 1, "list": ` + exampleCallList + `}`,
	}, func(ctx context.Context, c *call, in *callListIn, body *changedCallList) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		spec, err := body.List.spec()
		if err == nil {
			_, err = s.Calls.Rework(ctx, c.actor, c.programme(), n, body.Version, spec)
		}
		return string(in.List), within("/list", err)
	}, s.showCallList)
	s.addCallListLife()
	s.addCallDesk()
}

func (s *server) addCallListLife() {
	read(s, operation{
		id: "preview-call-list", method: http.MethodGet, path: "/v1/call-lists/{list}/preview", tag: tagCalls, needs: needs(auth.CallsRead),
		summary: "Count whom a list would be for if it were started now, hold back and leave off, and why",
	}, func(ctx context.Context, c *call, in *callListIn) (callTally, error) {
		n, err := in.id()
		if err != nil {
			return callTally{}, err
		}
		t, err := s.Calls.Preview(ctx, c.actor, c.programme(), n)
		return callTallyOf(&t), err
	})
	write(s, operation{
		id: "start-call-list", method: http.MethodPost, path: "/v1/call-lists/{list}/start", tag: tagCalls, needs: needs(auth.CallsRead, auth.CallsWrite), summary: "Start a list, once",
		text: "It is done as a job. Who is to be phoned and who is held back is fixed then, by a draw with a seed that is kept.", example: `{"version": 1}`,
	}, func(ctx context.Context, c *call, in *callListIn, body *startedCallList) (string, error) {
		n, err := in.id()
		if err == nil {
			_, err = s.Calls.Start(ctx, c.actor, c.programme(), n, body.Version)
		}
		return string(in.List), err
	}, s.showCallList)
	write(s, operation{
		id: "end-call-list", method: http.MethodPost, path: "/v1/call-lists/{list}/end", tag: tagCalls, needs: needs(auth.CallsRead, auth.CallsWrite), summary: "Have nobody more be phoned by a list",
		text: "What came of it is counted on.",
	}, func(ctx context.Context, c *call, in *callListIn, _ *nothing) (string, error) {
		n, err := in.id()
		if err == nil {
			_, err = s.Calls.End(ctx, c.actor, c.programme(), n)
		}
		return string(in.List), err
	}, s.showCallList)
	write(s, operation{
		id: "discard-call-list", method: http.MethodPost, path: "/v1/call-lists/{list}/discard", tag: tagCalls, needs: needs(auth.CallsRead, auth.CallsWrite), summary: "Discard a draft", example: `{"version": 1}`,
	}, func(ctx context.Context, c *call, in *callListIn, body *startedCallList) (string, error) {
		n, err := in.id()
		if err == nil {
			err = s.Calls.Discard(ctx, c.actor, c.programme(), n, body.Version)
		}
		return string(in.List), err
	}, func(_ context.Context, _ *call, subject string) (discardedCallList, error) {
		return discardedCallList{subject}, nil
	})
	read(s, operation{
		id: "get-call-list-results", method: http.MethodGet, path: "/v1/call-lists/{list}/results", tag: tagCalls, needs: needs(auth.CallsRead), summary: "Get what came of a list",
		text: "Chance alone parts those who were to be phoned from those held back, so that the difference may be called an effect. Only those count whose window is over, and no difference is given with fewer than 10 in a group.",
	}, s.callListResults)
}

// callListIn names a list in an address.
type callListIn struct {
	List callListID `path:"list"`
}

func (in *callListIn) id() (id.ID, error) { return parseID(id.CallList, "list", string(in.List)) }

type callListID string

// Schema describes it for the document.
func (callListID) Schema(huma.Registry) *huma.Schema { return shown(id.CallList, "The call list.") }

// callListSpec is what a shop says of a list.
type callListSpec struct {
	Name       string            `json:"name" minLength:"1" maxLength:"120" example:"Points that lie idle"`
	Wallet     string            `json:"wallet" doc:"Of the points." example:"wal_01h9x3k7q2v5n"`
	Least      int64             `json:"least" minimum:"1" doc:"Points that they can spend at least, in the smallest unit." example:"500"`
	Idle       int               `json:"idle" minimum:"0" maximum:"1825" default:"90" doc:"For so many days they spent none." example:"90"`
	Reward     string            `json:"reward,omitempty" doc:"What they are offered: a published reward for these points. It must be theirs to have." example:"rwd_01h9x3k7q2v5n"`
	SKUs       []string          `json:"skus,omitempty" nullable:"false" maxItems:"50" doc:"Their taste: one of these, or of the categories, was bought within a year and kept."`
	Categories []string          `json:"categories,omitempty" nullable:"false" maxItems:"50" example:"[\"tea\"]"`
	Script     map[string]string `json:"script" doc:"What is said, by language."`
	Held       int               `json:"held,omitempty" minimum:"1000" maximum:"9000" default:"2000" doc:"How many of 10,000 are held back at random." example:"2000"`
	Window     int               `json:"window,omitempty" minimum:"7" maximum:"365" default:"60" doc:"Within how many days a purchase counts." example:"60"`
	Tries      int               `json:"tries,omitempty" minimum:"1" maximum:"10" default:"3" doc:"How often somebody is phoned who does not answer." example:"3"`
	Cost       int64             `json:"cost,omitempty" minimum:"0" doc:"What a call costs, in minor units." example:"120"`
	Ends       string            `json:"ends" format:"date" doc:"The last day on which anybody is phoned." example:"2027-03-31"`
}

func (b *callListSpec) spec() (n calls.Spec, err error) {
	n = calls.Spec{
		Name: b.Name, Least: b.Least, Idle: b.Idle, SKUs: b.SKUs, Categories: b.Categories, Script: map[i18n.Lang]string{}, Held: b.Held, Window: b.Window, Tries: b.Tries, Cost: b.Cost, Ends: b.Ends,
	}
	for l, words := range b.Script {
		n.Script[i18n.Lang(l)] = words
	}
	if n.WalletID, err = id.Parse(id.Wallet, b.Wallet); err != nil {
		return n, fault.At("/wallet", err)
	}
	if b.Reward != "" {
		if n.RewardID, err = id.Parse(id.Reward, b.Reward); err != nil {
			return n, fault.At("/reward", err)
		}
	}
	return n, nil
}

type changedCallList struct {
	Version int64        `json:"version" minimum:"1" doc:"That of the draft as you read it." example:"1"`
	List    callListSpec `json:"list"`
}

type startedCallList struct {
	Version int64 `json:"version" minimum:"1" doc:"That of the draft as you read it." example:"1"`
}

type discardedCallList struct {
	ID string `json:"list" example:"cll_01h9x3k7q2v5n"`
}

type callListView struct {
	ID      string       `json:"list" example:"cll_01h9x3k7q2v5n"`
	Version int64        `json:"version" example:"1"`
	State   string       `json:"state" enum:"draft,running,ended"`
	Spec    callListSpec `json:"spec"`
	Seed    string       `json:"seed" doc:"By which it is drawn who is held back."`
	Made    time.Time    `json:"made"`
	Started *time.Time   `json:"started,omitempty"`
	Until   *time.Time   `json:"until,omitempty" doc:"When it ends or ended."`
	Chosen  *time.Time   `json:"chosen,omitempty" doc:"When everybody had been looked at; missing before."`
	Tally   *callTally   `json:"tally,omitempty" doc:"How many it is for; missing for a draft."`
}

type callLists struct {
	Items []callListView `json:"items" nullable:"false"`
}

type callTally struct {
	Looked  int64      `json:"looked" doc:"How many have points enough." example:"412"`
	Asked   int64      `json:"asked" doc:"How many are to be phoned." example:"190"`
	Held    int64      `json:"held_back" example:"48"`
	Points  int64      `json:"points" doc:"Those that lie idle with whoever is to be phoned, in the smallest unit." example:"171000"`
	LeftOff []callLeft `json:"left_off" nullable:"false"`
}

type callLeft struct {
	Why     string `json:"why" enum:"control,spent,phone,consent,wronged,other,reward,taste" doc:"The programme's own control group; spent some of late; no telephone number; no consent to calls; an open complaint; within the window of a list; cannot have the reward; bought nothing of the kind."`
	Members int64  `json:"members"`
}

func callTallyOf(t *calls.Tally) callTally {
	v := callTally{Looked: t.Looked, Asked: t.Asked, Held: t.Held, Points: t.Points, LeftOff: []callLeft{}}
	for _, l := range calls.Lefts() {
		v.LeftOff = append(v.LeftOff, callLeft{string(l), t.Left[l]})
	}
	return v
}

func callListOf(l *calls.List) callListView {
	n := l.Spec
	v := callListView{ID: l.ID.In(id.CallList), Version: l.Version, State: string(l.State), Seed: l.Seed, Made: l.Made, Started: momentOf(l.Started), Until: momentOf(l.Until), Chosen: momentOf(l.Chosen)}
	v.Spec = callListSpec{
		Name: n.Name, Wallet: n.WalletID.In(id.Wallet), Least: n.Least, Idle: n.Idle, Reward: shownID(n.RewardID, id.Reward), SKUs: append([]string{}, n.SKUs...), Categories: append([]string{}, n.Categories...),
		Script: map[string]string{}, Held: n.Held, Window: n.Window, Tries: n.Tries, Cost: n.Cost, Ends: n.Ends,
	}
	for lang, words := range n.Script {
		v.Spec.Script[string(lang)] = words
	}
	if !l.Started.IsZero() {
		t := callTallyOf(&l.Tally)
		v.Tally = &t
	}
	return v
}

func (s *server) showCallList(ctx context.Context, c *call, subject string) (callListView, error) {
	return s.callList(ctx, c, watcher, subject)
}

func (s *server) callList(ctx context.Context, c *call, a auth.Actor, subject string) (callListView, error) {
	n, err := parseID(id.CallList, "list", subject)
	if err != nil {
		return callListView{}, err
	}
	l, err := s.Calls.Get(ctx, a, c.programme(), n)
	if err != nil {
		return callListView{}, err
	}
	return callListOf(l), nil
}

type callResult struct {
	List     callListView  `json:"list"`
	Lots     []callLot     `json:"lots" nullable:"false" doc:"What became of whoever was to be phoned."`
	Outcomes []callOutcome `json:"outcomes" nullable:"false" doc:"What came of the calls."`
	Asked    trialGroup    `json:"asked" doc:"All who were to be phoned, whether they could be reached or not."`
	Held     trialGroup    `json:"held_back"`
	Mixed    int64         `json:"mixed" doc:"Persons who were merged with somebody of the other group: they count in neither."`
	Waiting  int64         `json:"waiting" doc:"Of both groups, those whose window is not over: they are not yet counted."`
	NextAt   *time.Time    `json:"next_at,omitempty" doc:"When the first of these windows ends."`
	Cost     int64         `json:"cost" doc:"What the calls cost so far, in minor units."`
	Back     *intervalView `json:"back,omitempty" doc:"The share of those to be phoned who bought less that of the held back, with Newcombe's interval at 95 %."`
	Money    *intervalView `json:"money,omitempty" doc:"By how much more each of them bought in the window, in minor units, with Welch's interval at 95 %; missing where nobody bought."`
	CostEach *intervalView `json:"cost_each,omitempty" doc:"What the calls cost for each who would not have bought otherwise, in minor units; missing while it is not sure that there is any."`
}

type callLot struct {
	State   string `json:"state" enum:"talked,waiting,unreached,barred"`
	Members int64  `json:"members"`
}

type callOutcome struct {
	Outcome string `json:"outcome" enum:"agreed,declined,later,no_answer,wrong_number,stop"`
	Calls   int64  `json:"calls"`
}

func (s *server) callListResults(ctx context.Context, c *call, in *callListIn) (callResult, error) {
	n, err := in.id()
	if err != nil {
		return callResult{}, err
	}
	r, err := s.Calls.Results(ctx, c.actor, c.programme(), n)
	if err != nil {
		return callResult{}, err
	}
	each, sure := r.CostEach()
	v := callResult{
		List: callListOf(r.List), Lots: []callLot{}, Outcomes: []callOutcome{}, Asked: trialGroupOf(r.Asked), Held: trialGroupOf(r.Comparison.Held), Mixed: r.Mixed, Waiting: r.Waiting,
		NextAt: momentOf(r.NextAt), Cost: r.Given, Back: intervalOf(r.Shown, r.Share), Money: intervalOf(r.MoneyShown(), r.Extra), CostEach: intervalOf(sure && r.Spec.Cost > 0, each),
	}
	for _, l := range calls.Lots() {
		v.Lots = append(v.Lots, callLot{string(l), r.Lots[l]})
	}
	for _, o := range calls.Outcomes() {
		v.Outcomes = append(v.Outcomes, callOutcome{string(o), r.Outcomes[o]})
	}
	return v, nil
}

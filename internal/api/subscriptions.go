package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/plan"
)

func (s *server) addSubscriptions() {
	const path = "/v1/members/{member}/subscription"
	read(s, operation{
		id: "get-subscription", method: http.MethodGet, path: path, tag: tagPlans, needs: needs(auth.PlansRead),
		summary: "Get a member's paid membership", text: "The latest, also when it has ended.",
	}, func(ctx context.Context, c *call, in *memberIn) (subscriptionView, error) {
		if err := c.can(auth.PlansRead); err != nil {
			return subscriptionView{}, err
		}
		return s.showSubscription(ctx, c, string(in.Member))
	})
	write(s, operation{
		id: "join-plan", method: http.MethodPost, path: path, tag: tagPlans, needs: needs(auth.SubscriptionsWrite),
		summary: "Let a member join a plan", text: "A trial begins at once, once for each person ever; else the membership begins with its first payment. Who has left and joins the same plan again before it ends goes on in it.",
		example: `{"plan": "club"}`,
	}, s.subscribe(s.Plans.Join), s.showSubscription)
	write(s, operation{
		id: "change-subscription", method: http.MethodPut, path: path, tag: tagPlans, needs: needs(auth.SubscriptionsWrite),
		summary: "Move a member to another plan", text: "To a dearer one as soon as the difference is paid, to another when the period ends, within a trial at once.",
		example: `{"plan": "best"}`,
	}, s.subscribe(s.Plans.Change), s.showSubscription)
	read(s, operation{
		id: "preview-subscription-change", method: http.MethodGet, path: path + "/change", tag: tagPlans, needs: needs(auth.PlansRead),
		summary: "Say what moving a member to another plan would come to", text: "What changes, when, and what would be asked. Nothing is changed.",
	}, s.previewChange)
	write(s, operation{
		id: "leave-plan", method: http.MethodDelete, path: path, tag: tagPlans, needs: needs(auth.SubscriptionsWrite),
		summary: "Let a member leave",
		text:    "It ends with its period. What is not paid ends at once, and nothing is owed. Within the days of withdrawal it ends at once and money is to be given back: all of it if nothing was bought meanwhile, else the part of the time that is left.",
	}, func(ctx context.Context, c *call, in *memberIn, _ *nothing) (string, error) {
		m, err := in.Member.id()
		if err != nil {
			return "", err
		}
		_, err = s.Plans.Leave(ctx, c.actor, c.programme(), m)
		return string(in.Member), err
	}, s.showSubscription)
	read(s, operation{
		id: "list-subscriptions", method: http.MethodGet, path: "/v1/subscriptions", tag: tagPlans, needs: needs(auth.PlansRead),
		summary: "List paid memberships, the latest first", text: "By plan and state; the charges of one stand at its member, and under /v1/charges.",
	}, s.listSubscriptions)
	s.addCharges()
}

type subscriptionListIn struct {
	Cursor cursor `query:"cursor"`
	Limit  limit  `query:"limit"`
	Plan   string `query:"plan" doc:"The plan, by id or code; all when left out." example:"club"`
	State  string `query:"state" doc:"waiting, trial, active, grace, left or ended; all when left out."`
}

// listedSubscription is a membership in a list, without what was asked for it.
type listedSubscription struct {
	Subscription string     `json:"subscription" example:"sub_01h9x3k7q2v5n"`
	Member       string     `json:"member" example:"mem_01h9x3k7q2v5n"`
	Plan         string     `json:"plan" doc:"The plan's code." example:"club"`
	State        string     `json:"state" enum:"waiting,trial,active,grace,left,ended"`
	Why          string     `json:"why,omitempty" enum:"left,withdrawn,unpaid,erased" doc:"Why it ended."`
	Joined       time.Time  `json:"joined"`
	Left         *time.Time `json:"left,omitempty" doc:"When the member said that they leave."`
	Ended        *time.Time `json:"ended,omitempty"`
}

func (s *server) listSubscriptions(ctx context.Context, c *call, in *subscriptionListIn) (page[listedSubscription], error) {
	var none page[listedSubscription]
	size, err := in.Limit.size()
	if err != nil {
		return none, err
	}
	at, err := inSubscriptions.read(in.Cursor, 1)
	if err != nil {
		return none, err
	}
	if err := oneOf("state", in.State, plan.States()); err != nil {
		return none, err
	}
	query := plan.Query{ProgrammeID: c.programme(), State: in.State, Before: id.ID(at[0]), Limit: size + 1}
	if in.Plan != "" {
		p, err := s.Plans.Get(ctx, c.actor, c.programme(), in.Plan)
		if err != nil {
			return none, param("plan", err)
		}
		query.Plan = p.ID
	}
	list, err := s.Plans.Subscriptions(ctx, c.actor, query)
	if err != nil {
		return none, err
	}
	plans, err := s.Plans.List(ctx, c.actor, c.programme())
	codes := make(map[id.ID]string, len(plans))
	for _, p := range plans {
		codes[p.ID] = p.Code
	}
	view := func(n *plan.Subscription) listedSubscription {
		return listedSubscription{
			Subscription: n.ID.In(id.Subscription), Member: n.MemberID.In(id.Member), Plan: codes[n.PlanID], State: string(n.State), Why: string(n.Why),
			Joined: n.Joined, Left: moment(n.LeftAt), Ended: moment(n.Ended),
		}
	}
	return paged(inSubscriptions, list, size, view, func(n *plan.Subscription) []int64 { return []int64{int64(n.ID)} }), err
}

type turnIn struct {
	Member memberID `path:"member"`
	Plan   string   `query:"plan" required:"true" minLength:"1" maxLength:"60" doc:"The plan, by id or code." example:"best"`
}

type turnView struct {
	From        string     `json:"from" doc:"The code of the present plan." example:"club"`
	To          string     `json:"to" doc:"The code of the other plan." example:"best"`
	FromVersion int        `json:"from_version" doc:"What the present period is agreed on." example:"1"`
	ToVersion   int        `json:"to_version" doc:"What will be agreed on." example:"1"`
	When        string     `json:"when" enum:"at_once,when_paid,next_period,stays" doc:"stays: what was chosen for later is taken back."`
	Starts      *time.Time `json:"starts,omitempty" doc:"When the other plan takes over; missing when that depends on a payment."`
	Price       int64      `json:"price" doc:"Of one interval of the other plan, in minor units." example:"2999"`
	Interval    string     `json:"interval" enum:"month,year"`
	Charge      int64      `json:"charge" doc:"What would be asked now, in minor units." example:"2752"`
	Credit      int64      `json:"credit" doc:"What the rest of the present period pays of the price." example:"247"`
	Due         *time.Time `json:"due,omitempty" doc:"The first moment at which it is too late to pay the charge."`
	Pays        *time.Time `json:"pays,omitempty" doc:"When the price is paid next where nothing is asked now."`
}

// previewChange says what moving a member to another plan would come to.
func (s *server) previewChange(ctx context.Context, c *call, in *turnIn) (turnView, error) {
	m, err := in.Member.id()
	if err != nil {
		return turnView{}, err
	}
	t, err := s.Plans.Preview(ctx, c.actor, c.programme(), m, in.Plan)
	if err != nil {
		return turnView{}, err
	}
	return turnView{
		From: t.From.Code, To: t.To.Code, FromVersion: t.Here.Number, ToVersion: t.There.Number, When: string(t.When), Starts: moment(t.Starts),
		Price: t.There.Price, Interval: string(t.There.Interval), Charge: t.Charge, Credit: t.Credit, Due: moment(t.Due), Pays: moment(t.Pays),
	}, nil
}

type planChosen struct {
	Plan string `json:"plan" minLength:"1" maxLength:"60" doc:"The plan, by id or code." example:"club"`
}

func (s *server) subscribe(verb func(context.Context, auth.Actor, id.ID, id.ID, string) (plan.View, error)) func(context.Context, *call, *memberIn, *planChosen) (string, error) {
	return func(ctx context.Context, c *call, in *memberIn, body *planChosen) (string, error) {
		m, err := in.Member.id()
		if err != nil {
			return "", err
		}
		_, err = verb(ctx, c.actor, c.programme(), m, body.Plan)
		return string(in.Member), err
	}
}

func (s *server) showSubscription(ctx context.Context, c *call, subject string) (subscriptionView, error) {
	m, err := memberID(subject).id()
	if err != nil {
		return subscriptionView{}, err
	}
	if _, err := s.aliases(ctx, c, m); err != nil {
		return subscriptionView{}, err
	}
	list, err := s.Plans.Of(ctx, watcher, c.programme(), m)
	if err != nil {
		return subscriptionView{}, err
	}
	if len(list) == 0 {
		return subscriptionView{}, fault.Missing("no_subscription", "the member is in no plan")
	}
	return subscriptionOf(&list[0]), nil
}

// chargeIn names a charge in an address.
type chargeIn struct {
	Charge chargeID `path:"charge"`
}

type chargeID string

// Schema describes it for the document.
func (chargeID) Schema(huma.Registry) *huma.Schema { return shown(id.Charge, "The charge.") }

type chargeNote struct {
	Reference string `json:"reference,omitempty" maxLength:"200" doc:"The provider's own name for the payment; never a card's number." example:"pi_3Mtw"`
}

// chargeNews is what a provider tells of a charge.
type chargeNews struct {
	Charge    string `json:"charge" maxLength:"40" example:"chg_01h9x3k7q2v5n"`
	State     string `json:"state" enum:"paid,failed,refunded" example:"paid"`
	Reference string `json:"reference,omitempty" maxLength:"200" example:"pi_3Mtw"`
}

// chargeHook is where providers tell of charges, by signature.
const chargeHook = "/v1/webhooks/charges"

func (s *server) addCharges() {
	read(s, operation{
		id: "list-charges", method: http.MethodGet, path: "/v1/charges", tag: tagPlans, needs: needs(auth.PlansRead), summary: "List charges",
	}, s.listCharges)
	read(s, operation{
		id: "get-charge", method: http.MethodGet, path: "/v1/charges/{charge}", tag: tagPlans, needs: needs(auth.PlansRead), summary: "Get a charge",
	}, func(ctx context.Context, c *call, in *chargeIn) (chargeView, error) {
		if err := c.can(auth.PlansRead); err != nil {
			return chargeView{}, err
		}
		return s.showCharge(ctx, c, string(in.Charge))
	})
	for _, mark := range plan.Marks() {
		write(s, operation{
			id: "note-charge-" + string(mark), method: http.MethodPost, path: "/v1/charges/{charge}/" + string(mark), tag: tagPlans, needs: needs(auth.ChargesWrite),
			summary: markSummaries[mark], text: "Noting the same again changes nothing.", example: `{"reference": "pi_3Mtw"}`,
		}, func(ctx context.Context, c *call, in *chargeIn, body *chargeNote) (string, error) {
			return s.noteCharge(ctx, c, string(in.Charge), mark, body.Reference)
		}, s.showCharge)
	}
	add := operation{
		id: "hear-of-charge", method: http.MethodPost, path: chargeHook, tag: tagPlans, summary: "Tell of a charge, as its provider",
		text: "Without a key: the message is signed by the Standard Webhooks scheme with the programme's secret, not more than five minutes ago.",
	}
	take(s, add, func(ctx context.Context, c *call, body *chargeNews) (chargeView, error) {
		if !slices.Contains(plan.Marks(), plan.Mark(body.State)) {
			return chargeView{}, unknownMark(body.State)
		}
		subject, err := s.noteCharge(ctx, c, body.Charge, plan.Mark(body.State), body.Reference)
		if err != nil {
			return chargeView{}, err
		}
		return s.showCharge(ctx, c, subject)
	})
	s.huma.OpenAPI().Paths[chargeHook].Post.Security = []map[string][]string{}
}

var markSummaries = map[plan.Mark]string{
	plan.MarkPaid: "Note that a charge was paid", plan.MarkFailed: "Note that a payment failed", plan.MarkRefunded: "Note that money was given back",
}

func (s *server) noteCharge(ctx context.Context, c *call, charge string, mark plan.Mark, reference string) (string, error) {
	n, err := parseID(id.Charge, "charge", charge)
	if err != nil {
		return "", err
	}
	_, err = s.Plans.Note(ctx, c.actor, c.programme(), n, mark, reference)
	return charge, err
}

func (s *server) showCharge(ctx context.Context, c *call, subject string) (chargeView, error) {
	n, err := parseID(id.Charge, "charge", subject)
	if err != nil {
		return chargeView{}, err
	}
	one, err := s.Plans.Charge(ctx, watcher, c.programme(), n)
	if err != nil {
		return chargeView{}, err
	}
	return chargeOf(one), nil
}

type chargeListIn struct {
	Cursor cursor `query:"cursor"`
	Limit  limit  `query:"limit"`
	State  string `query:"state" doc:"due, requested, paid, failed, cancelled, refund_due or refunded."`
}

func (s *server) listCharges(ctx context.Context, c *call, in *chargeListIn) (page[chargeView], error) {
	if err := c.can(auth.PlansRead); err != nil {
		return page[chargeView]{}, err
	}
	size, err := in.Limit.size()
	if err != nil {
		return page[chargeView]{}, err
	}
	at, err := inCharges.read(in.Cursor, 1)
	if err != nil {
		return page[chargeView]{}, err
	}
	if err := oneOf("state", in.State, plan.ChargeStates()); err != nil {
		return page[chargeView]{}, err
	}
	list, err := s.Plans.Charges(ctx, c.actor, plan.Query{ProgrammeID: c.programme(), State: in.State, Before: id.ID(at[0]), Limit: size + 1})
	return paged(inCharges, list, size, chargeOf, func(n *plan.Charge) []int64 { return []int64{int64(n.ID)} }), err
}

// planMonth is one month of the results.
type planMonth struct {
	Begins  time.Time `json:"begins"`
	Joined  int64     `json:"joined"`
	Gone    int64     `json:"gone" doc:"Memberships that ended."`
	Before  int64     `json:"before" doc:"Memberships that the month began with: the number behind the churn."`
	Lost    int64     `json:"lost" doc:"Of these, those that ended in it. The churn is lost ÷ before."`
	Revenue int64     `json:"revenue" doc:"Paid in the month and not given back, in minor units."`
}

type planResult struct {
	Plan      string           `json:"plan" example:"pln_01h9x3k7q2v5n"`
	States    map[string]int64 `json:"states" doc:"Memberships by state."`
	Revenue   int64            `json:"revenue" doc:"Paid and not given back, in minor units."`
	Points    int64            `json:"points" doc:"Given with payments, in the wallet's smallest unit."`
	Trials    int64            `json:"trials" doc:"Trials that have ended."`
	Converted int64            `json:"converted" doc:"Of these, those that were paid afterwards."`
	TrialRate *rateView        `json:"trial_rate,omitempty" doc:"Missing below ten trials."`
	Months    []planMonth      `json:"months" nullable:"false" doc:"The latest first."`
}

// rateView is an interval of a share, in per mille.
type rateView struct {
	Low  int64 `json:"low" doc:"Per mille." example:"412"`
	High int64 `json:"high" doc:"Per mille." example:"671"`
}

type planResults struct {
	Items []planResult `json:"items" nullable:"false"`
}

func (s *server) listPlanResults(ctx context.Context, c *call, _ *nothing) (planResults, error) {
	list, err := s.Plans.Results(ctx, c.actor, c.programme())
	v := planResults{Items: make([]planResult, len(list))}
	for i, r := range list {
		one := planResult{Plan: r.PlanID.In(id.Plan), States: map[string]int64{}, Revenue: r.Revenue, Points: r.Points, Trials: r.Trials, Converted: r.Converted}
		for state, n := range r.States {
			one.States[string(state)] = n
		}
		if low, high, told := r.TrialRate(); told {
			one.TrialRate = &rateView{low, high}
		}
		for _, m := range r.Months {
			one.Months = append(one.Months, planMonth{m.Begins, m.Joined, m.Gone, m.Before, m.Lost, m.Revenue})
		}
		v.Items[i] = one
	}
	return v, err
}

// maxNews bounds what a provider may send.
const maxNews = 16 << 10

// provider is the payment provider whose signature the request bears. It acts
// in the programme of the charge that it tells of, and nowhere else.
func (c *call) provider(ctx context.Context) (auth.Actor, error) {
	body, err := c.readAll(maxNews)
	if err != nil {
		return auth.Actor{}, err
	}
	c.r.Body, c.r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	programme, err := c.s.Plans.Verify(ctx, c.r.Header, body)
	if err != nil {
		return auth.Actor{}, err
	}
	a := auth.System("payments")
	a.ProgrammeID = programme
	return a, nil
}

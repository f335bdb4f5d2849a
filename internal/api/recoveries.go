package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/outreach"
	"regulars/internal/recovery"
)

const exampleRecovery = `{"name": "Come back in spring", "whom": ["silent", "unusual"], "least": 5000, "words": {"en": {"subject": "We have missed you", "body": "The new beans are in. Come by for a cup."}},
  "gift": {"kind": "none"}, "held": 5000, "window": 60, "ends": "2027-03-31"}`

func (s *server) addRecoveries() {
	read(s, operation{
		id: "list-recoveries", method: http.MethodGet, path: "/v1/recoveries", tag: tagChurn, needs: needs(auth.ChurnRead), summary: "List the campaigns that ask silent customers back, the latest first",
	}, func(ctx context.Context, c *call, _ *nothing) (recoveryList, error) {
		v := recoveryList{Items: []recoveryView{}}
		list, err := s.Recoveries.List(ctx, c.actor, c.programme())
		for _, r := range list {
			v.Items = append(v.Items, recoveryOf(r))
		}
		return v, err
	})
	write(s, operation{
		id: "prepare-recovery", method: http.MethodPost, path: "/v1/recoveries", tag: tagChurn, needs: needs(auth.ChurnRead, auth.ChurnWrite), created: true, summary: "Prepare a campaign as a draft",
		text:    "Nobody is written to before it is started. Words are yours, by language (en, ru, pl); the programme's first is needed. Whether and when each is written to is decided by the contact policy, as a promotion.",
		example: exampleRecovery,
	}, func(ctx context.Context, c *call, _ *nothing, body *recoverySpec) (string, error) {
		spec, err := body.spec()
		if err != nil {
			return "", err
		}
		r, err := s.Recoveries.Prepare(ctx, c.actor, c.programme(), spec)
		if err != nil {
			return "", err
		}
		return r.ID.In(id.Recovery), nil
	}, s.showRecovery)
	read(s, operation{
		id: "get-recovery", method: http.MethodGet, path: "/v1/recoveries/{recovery}", tag: tagChurn, needs: needs(auth.ChurnRead), summary: "Get a campaign",
	}, func(ctx context.Context, c *call, in *recoveryIn) (recoveryView, error) {
		return s.recovery(ctx, c, c.actor, string(in.Recovery))
	})
	write(s, operation{
		id: "change-recovery", method: http.MethodPut, path: "/v1/recoveries/{recovery}", tag: tagChurn, needs: needs(auth.ChurnRead, auth.ChurnWrite), summary: "Change a draft",
		text:    "Give the version that you read: if somebody changed it since, or it was started, nothing is changed (409).",
		example: `{"version": 1, "recovery": ` + exampleRecovery + `}`,
	}, func(ctx context.Context, c *call, in *recoveryIn, body *changedRecovery) (string, error) {
		n, err := parseID(id.Recovery, "recovery", string(in.Recovery))
		if err != nil {
			return "", err
		}
		spec, err := body.Recovery.spec()
		if err == nil {
			_, err = s.Recoveries.Rework(ctx, c.actor, c.programme(), n, body.Version, spec)
		}
		return string(in.Recovery), within("/recovery", err)
	}, s.showRecovery)
	s.addRecoveryLife()
}

func (s *server) addRecoveryLife() {
	read(s, operation{
		id: "preview-recovery", method: http.MethodGet, path: "/v1/recoveries/{recovery}/preview", tag: tagChurn, needs: needs(auth.ChurnRead),
		summary: "Count whom a campaign would ask if it were started now, hold back and leave out, and why",
	}, func(ctx context.Context, c *call, in *recoveryIn) (recoveryTally, error) {
		n, err := parseID(id.Recovery, "recovery", string(in.Recovery))
		if err != nil {
			return recoveryTally{}, err
		}
		t, err := s.Recoveries.Preview(ctx, c.actor, c.programme(), n)
		return tallyOf(&t), err
	})
	write(s, operation{
		id: "start-recovery", method: http.MethodPost, path: "/v1/recoveries/{recovery}/start", tag: tagChurn, needs: needs(auth.ChurnRead, auth.RecoveriesStart), summary: "Start a campaign, once",
		text:    "It is done as a job. Who is asked and who is held back is fixed then, by a draw with a seed that is kept. Those held back are neither written to nor given anything by it.",
		example: `{"version": 1}`,
	}, func(ctx context.Context, c *call, in *recoveryIn, body *startedRecovery) (string, error) {
		n, err := parseID(id.Recovery, "recovery", string(in.Recovery))
		if err == nil {
			_, err = s.Recoveries.Start(ctx, c.actor, c.programme(), n, body.Version)
		}
		return string(in.Recovery), err
	}, s.showRecovery)
	write(s, operation{
		id: "end-recovery", method: http.MethodPost, path: "/v1/recoveries/{recovery}/end", tag: tagChurn, needs: needs(auth.ChurnRead, auth.RecoveriesStart), summary: "Have a running campaign ask nobody more",
		text: "What came of it is counted on.",
	}, func(ctx context.Context, c *call, in *recoveryIn, _ *nothing) (string, error) {
		n, err := parseID(id.Recovery, "recovery", string(in.Recovery))
		if err == nil {
			_, err = s.Recoveries.End(ctx, c.actor, c.programme(), n)
		}
		return string(in.Recovery), err
	}, s.showRecovery)
	write(s, operation{
		id: "discard-recovery", method: http.MethodPost, path: "/v1/recoveries/{recovery}/discard", tag: tagChurn, needs: needs(auth.ChurnRead, auth.ChurnWrite), summary: "Discard a draft", example: `{"version": 1}`,
	}, func(ctx context.Context, c *call, in *recoveryIn, body *startedRecovery) (string, error) {
		n, err := parseID(id.Recovery, "recovery", string(in.Recovery))
		if err == nil {
			err = s.Recoveries.Discard(ctx, c.actor, c.programme(), n, body.Version)
		}
		return string(in.Recovery), err
	}, func(_ context.Context, _ *call, subject string) (discardedRecovery, error) {
		return discardedRecovery{subject}, nil
	})
	read(s, operation{
		id: "get-recovery-results", method: http.MethodGet, path: "/v1/recoveries/{recovery}/results", tag: tagChurn, needs: needs(auth.ChurnRead), summary: "Get what came of a campaign",
		text: "Chance alone parts the asked from those held back, so that the difference may be called an effect. Only those count whose window is over, and no difference is given with fewer than 10 in a group. " +
			"cost_each is missing while it is not sure that anybody was won back.",
	}, s.recoveryResults)
}

// recoveryIn names a campaign in an address.
type recoveryIn struct {
	Recovery recoveryID `path:"recovery"`
}

type recoveryID string

// Schema describes it for the document.
func (recoveryID) Schema(huma.Registry) *huma.Schema { return shown(id.Recovery, "The campaign.") }

type recoveryWords struct {
	Subject string `json:"subject" maxLength:"200" example:"We have missed you"`
	Body    string `json:"body" maxLength:"5000" example:"The new beans are in. Come by for a cup."`
}

type recoveryGift struct {
	Kind   string `json:"kind" enum:"none,points,code" example:"points"`
	Wallet string `json:"wallet,omitempty" doc:"Of the points." example:"wal_01h9x3k7q2v5n"`
	Points int64  `json:"points,omitempty" minimum:"0" doc:"In the smallest unit." example:"500"`
	Months int    `json:"months,omitempty" minimum:"0" maximum:"120" doc:"After how many months they end; 0 for never." example:"6"`
	Batch  string `json:"batch,omitempty" doc:"Of personal codes." example:"bat_01h9x3k7q2v5n"`
}

// recoverySpec is what a shop says of a campaign.
type recoverySpec struct {
	Name   string                   `json:"name" minLength:"1" maxLength:"120" example:"Come back in spring"`
	Whom   []string                 `json:"whom" nullable:"false" minItems:"1" maxItems:"3" enum:"silent,slipping,unusual" doc:"Which silences are meant: any of these." example:"[\"silent\"]"`
	Ranks  []string                 `json:"ranks,omitempty" nullable:"false" maxItems:"20" doc:"Of which ranks of the first ladder; all when left out."`
	Least  int64                    `json:"least,omitempty" minimum:"0" doc:"The least they bought and kept in the year up to their last purchase, in minor units." example:"5000"`
	Words  map[string]recoveryWords `json:"words" doc:"What they are told, by language."`
	Gift   *recoveryGift            `json:"gift,omitempty" doc:"What whoever is asked is given; nothing when left out."`
	Held   int                      `json:"held,omitempty" minimum:"1000" maximum:"9000" default:"5000" doc:"How many of 10,000 are held back at random." example:"5000"`
	Window int                      `json:"window,omitempty" minimum:"7" maximum:"365" default:"60" doc:"Within how many days coming back counts." example:"60"`
	Ends   string                   `json:"ends" format:"date" doc:"The last day on which anybody is written to." example:"2027-03-31"`
}

func (b *recoverySpec) spec() (recovery.Spec, error) {
	n := recovery.Spec{Name: b.Name, Ranks: b.Ranks, Least: b.Least, Words: map[i18n.Lang]flow.Words{}, Gift: recovery.Gift{Kind: recovery.NoGift}, Held: b.Held, Window: b.Window, Ends: b.Ends}
	for _, a := range b.Whom {
		n.Whom = append(n.Whom, recovery.Aim(a))
	}
	for l, w := range b.Words {
		n.Words[i18n.Lang(l)] = flow.Words(w)
	}
	g := b.Gift
	if g == nil {
		return n, nil
	}
	n.Gift = recovery.Gift{Kind: recovery.GiftKind(g.Kind), Points: g.Points, Months: g.Months}
	var err error
	if g.Wallet != "" {
		if n.Gift.WalletID, err = id.Parse(id.Wallet, g.Wallet); err != nil {
			return n, fault.At("/gift/wallet", err)
		}
	}
	if g.Batch != "" {
		if n.Gift.BatchID, err = id.Parse(id.Batch, g.Batch); err != nil {
			return n, fault.At("/gift/batch", err)
		}
	}
	return n, nil
}

type changedRecovery struct {
	Version  int64        `json:"version" minimum:"1" doc:"That of the draft as you read it." example:"1"`
	Recovery recoverySpec `json:"recovery"`
}

type startedRecovery struct {
	Version int64 `json:"version" minimum:"1" doc:"That of the draft as you read it." example:"1"`
}

type discardedRecovery struct {
	ID string `json:"recovery" example:"rcv_01h9x3k7q2v5n"`
}

type recoveryView struct {
	ID      string         `json:"recovery" example:"rcv_01h9x3k7q2v5n"`
	Version int64          `json:"version" example:"1"`
	State   string         `json:"state" enum:"draft,running,ended"`
	Spec    recoverySpec   `json:"spec"`
	Seed    string         `json:"seed" doc:"By which it is drawn who is held back."`
	Made    time.Time      `json:"made"`
	Started *time.Time     `json:"started,omitempty"`
	Until   *time.Time     `json:"until,omitempty" doc:"When it ends or ended."`
	Chosen  *time.Time     `json:"chosen,omitempty" doc:"When everybody had been looked at; missing before."`
	Tally   *recoveryTally `json:"tally,omitempty" doc:"How many it is for; missing for a draft."`
}

type recoveryList struct {
	Items []recoveryView `json:"items" nullable:"false"`
}

type recoveryTally struct {
	Looked  int64          `json:"looked" doc:"How many are as silent as is meant." example:"412"`
	Asked   int64          `json:"asked" example:"190"`
	Held    int64          `json:"held_back" example:"201"`
	LeftOut []recoveryLeft `json:"left_out" nullable:"false"`
}

type recoveryLeft struct {
	Why     string `json:"why" enum:"control,wronged,back,other,unjoined" doc:"The programme's own control group; an open complaint; bought since; within the window of a campaign; cannot be given points."`
	Members int64  `json:"members"`
}

func tallyOf(t *recovery.Tally) recoveryTally {
	v := recoveryTally{Looked: t.Looked, Asked: t.Asked, Held: t.Held, LeftOut: []recoveryLeft{}}
	for _, l := range recovery.Lefts() {
		v.LeftOut = append(v.LeftOut, recoveryLeft{string(l), t.Left[l]})
	}
	return v
}

func recoveryOf(r *recovery.Campaign) recoveryView {
	n := r.Spec
	v := recoveryView{ID: r.ID.In(id.Recovery), Version: r.Version, State: string(r.State), Seed: r.Seed, Made: r.Made, Started: momentOf(r.Started), Until: momentOf(r.Until), Chosen: momentOf(r.Chosen)}
	v.Spec = recoverySpec{
		Name: n.Name, Ranks: append([]string{}, n.Ranks...), Least: n.Least, Words: map[string]recoveryWords{}, Held: n.Held, Window: n.Window, Ends: n.Ends,
		Gift: &recoveryGift{Kind: string(n.Gift.Kind), Points: n.Gift.Points, Months: n.Gift.Months},
	}
	if n.Gift.WalletID != 0 {
		v.Spec.Gift.Wallet = n.Gift.WalletID.In(id.Wallet)
	}
	if n.Gift.BatchID != 0 {
		v.Spec.Gift.Batch = n.Gift.BatchID.In(id.Batch)
	}
	for _, a := range n.Whom {
		v.Spec.Whom = append(v.Spec.Whom, string(a))
	}
	for l, w := range n.Words {
		v.Spec.Words[string(l)] = recoveryWords(w)
	}
	if !r.Started.IsZero() {
		t := tallyOf(&r.Tally)
		v.Tally = &t
	}
	return v
}

func (s *server) showRecovery(ctx context.Context, c *call, subject string) (recoveryView, error) {
	return s.recovery(ctx, c, watcher, subject)
}

func (s *server) recovery(ctx context.Context, c *call, a auth.Actor, subject string) (recoveryView, error) {
	n, err := parseID(id.Recovery, "recovery", subject)
	if err != nil {
		return recoveryView{}, err
	}
	r, err := s.Recoveries.Get(ctx, a, c.programme(), n)
	if err != nil {
		return recoveryView{}, err
	}
	return recoveryOf(r), nil
}

type recoveryResult struct {
	Recovery recoveryView     `json:"recovery"`
	Asked    trialGroup       `json:"asked" doc:"All who were to be asked, whether they could be reached or not."`
	Held     trialGroup       `json:"held_back"`
	Pending  int64            `json:"pending" doc:"Chosen and not yet asked or noted."`
	Unmet    []recoveryUnmet  `json:"unmet" nullable:"false" doc:"Who was not asked after all, by the code of the reason."`
	Mixed    int64            `json:"mixed" doc:"Persons who were merged with somebody of the other group: they count in neither."`
	Waiting  int64            `json:"waiting" doc:"Of both groups, those whose window is not over: they are not yet counted."`
	NextAt   *time.Time       `json:"next_at,omitempty" doc:"When the first of these windows ends."`
	Given    int64            `json:"given" doc:"What all gifts cost so far, in minor units: points by what they are worth, codes by what they took off."`
	Cost     int64            `json:"cost" doc:"That of those whose window is over."`
	Back     *intervalView    `json:"back,omitempty" doc:"The share of the asked who came back less that of the held back, with Newcombe's interval at 95 %."`
	Money    *intervalView    `json:"money,omitempty" doc:"By how much more each of the asked bought in the window, in minor units, with Welch's interval at 95 %; missing where nobody bought."`
	WonBack  *intervalView    `json:"won_back,omitempty" doc:"How many came back who would not have otherwise."`
	Letters  *recoveryLetters `json:"letters,omitempty" doc:"What became of the letters, by the contact policy; for keys that may read contacts."`
	CostEach *intervalView    `json:"cost_each,omitempty" doc:"What the gifts cost for each of these, in minor units; missing while it is not sure that anybody was won back."`
}

type recoveryLetters struct {
	Sent    int64 `json:"sent" example:"170"`
	Waiting int64 `json:"waiting" doc:"To be sent, or decided again later."`
	Refused int64 `json:"refused" doc:"Held back for good by the contact policy." example:"18"`
	Failed  int64 `json:"failed" doc:"Could not be handed over."`
}

type recoveryUnmet struct {
	Why     string `json:"why" example:"batch_not_open"`
	Members int64  `json:"members"`
}

func (s *server) recoveryResults(ctx context.Context, c *call, in *recoveryIn) (recoveryResult, error) {
	n, err := parseID(id.Recovery, "recovery", string(in.Recovery))
	if err != nil {
		return recoveryResult{}, err
	}
	o, err := s.Recoveries.Outcome(ctx, c.actor, c.programme(), n)
	if err != nil {
		return recoveryResult{}, err
	}
	v := recoveryResult{
		Recovery: recoveryOf(o.Campaign), Asked: trialGroupOf(o.Asked), Held: trialGroupOf(o.Held), Pending: o.Pending, Unmet: []recoveryUnmet{}, Mixed: o.Mixed,
		Waiting: o.Waiting, NextAt: momentOf(o.NextAt), Given: o.Given, Cost: o.Cost, Back: intervalOf(o.Shown, o.Share), Money: intervalOf(o.MoneyShown(), o.Extra), WonBack: intervalOf(o.Shown, o.WonBack()),
	}
	if !o.Started.IsZero() && c.can(auth.ContactsRead) == nil {
		l, err := s.Outreach.Fates(ctx, c.actor, c.programme(), recovery.Letters(n))
		if err != nil {
			return recoveryResult{}, err
		}
		v.Letters = &recoveryLetters{l[outreach.Sent], l[outreach.Queued] + l[outreach.Deferred], l[outreach.Refused], l[outreach.Failed]}
	}
	each, sure := o.CostEach()
	v.CostEach = intervalOf(sure, each)
	for why, members := range o.Unmet {
		v.Unmet = append(v.Unmet, recoveryUnmet{why, members})
	}
	slices.SortFunc(v.Unmet, func(a, b recoveryUnmet) int { return int(b.Members - a.Members) })
	return v, nil
}

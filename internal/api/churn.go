package api

import (
	"context"
	"net/http"
	"time"

	"regulars/internal/auth"
	"regulars/internal/churn"
	"regulars/internal/id"
)

const exampleChurnSettings = `{"version": 0, "settings": {"slipping": 75, "silent": 50, "before": 30, "unusual": 5}}`

func (s *server) addChurn() {
	read(s, operation{
		id: "get-silence", method: http.MethodGet, path: "/v1/silence", tag: tagChurn, needs: needs(auth.ChurnRead),
		summary: "Get how many members buy on, slip, are silent or came back, and what went wrong before",
		text: "Everybody with at least three purchase days is held against their own rhythm and, the fewer their purchases, that of all (BG/NBD; Fader, Hardie and Lee 2005). " +
			"Silent is who is a customer still with less than the chance of the settings; for that it takes a past in which some left. It is looked every night, and takes 50 members who bought again to learn from. " +
			"Beside that, and alone where nobody is known to have left, stands how unusual a silence is for one who buys on at a rate of their own (NBD; Ehrenberg 1959): so long a wait has ((alpha+t)/(alpha+T))^(r+x) for x repeats until t, seen until T. " +
			"That is not the chance to have left: by_chance says how many would be as silent if nobody had. " +
			"foretold is held against what came: who was taken for silent 60 to 150 days ago, and who of them bought again within 60 days.",
	}, s.getSilence)
	write(s, operation{
		id: "set-silence-settings", method: http.MethodPut, path: "/v1/silence/settings", tag: tagChurn, needs: needs(auth.ChurnRead, auth.ChurnWrite),
		summary: "Say from when a silence counts", example: exampleChurnSettings,
		text: "Give the version that you read: if somebody changed the settings since, nothing is changed (409). Everybody is looked at anew soon after.",
	}, func(ctx context.Context, c *call, _ *nothing, body *churnSettings) (string, error) {
		n := churn.Settings{Slipping: body.Settings.Slipping, Silent: body.Settings.Silent, Before: body.Settings.Before, Unusual: body.Settings.Unusual}
		return "", within("/settings", s.Churn.SetSettings(ctx, c.actor, c.programme(), body.Version, n))
	}, func(ctx context.Context, c *call, _ string) (churnSettings, error) {
		return s.churnSettings(ctx, c, watcher)
	})
	read(s, operation{
		id: "get-silence-settings", method: http.MethodGet, path: "/v1/silence/settings", tag: tagChurn, needs: needs(auth.ChurnRead), summary: "Get from when a silence counts",
	}, func(ctx context.Context, c *call, _ *nothing) (churnSettings, error) {
		return s.churnSettings(ctx, c, c.actor)
	})
	write(s, operation{
		id: "look-for-silence", method: http.MethodPost, path: "/v1/silence/look", tag: tagChurn, needs: needs(auth.ChurnRead, auth.ChurnWrite),
		summary: "Have everybody looked at now", text: "It is done as a job; how customers buy is learnt anew before. Asking again while it waits is asking once.",
	}, func(ctx context.Context, c *call, _ *nothing, _ *nothing) (string, error) {
		return "", s.Churn.Ask(ctx, c.actor, c.programme())
	}, func(ctx context.Context, c *call, _ string) (silenceView, error) {
		return s.silence(ctx, c, watcher)
	})
	read(s, operation{
		id: "list-silent-members", method: http.MethodGet, path: "/v1/silence/members", tag: tagChurn, needs: needs(auth.ChurnRead, auth.MembersRead),
		summary: "List members by how they stand, those who bought most in their last year first",
	}, s.listSilent)
	read(s, operation{
		id: "get-member-silence", method: http.MethodGet, path: "/v1/members/{member}/silence", tag: tagChurn, needs: needs(auth.ChurnRead, auth.MembersRead),
		summary: "Get how a member stands, on what evidence, and how that changed",
	}, s.getMemberSilence)
}

type churnSettings struct {
	Version  int64             `json:"version" minimum:"0" doc:"0 while they are those that everybody begins with." example:"0"`
	Settings churnSettingsBody `json:"settings"`
}

type churnSettingsBody struct {
	Slipping int64 `json:"slipping" minimum:"2" maximum:"99" doc:"The chance, in per cent, of being a customer still at which somebody begins to slip." example:"75"`
	Silent   int64 `json:"silent" minimum:"1" maximum:"98" doc:"The chance at which they are taken for silent; less than that for slipping." example:"50"`
	Before   int64 `json:"before" minimum:"0" maximum:"365" doc:"For how many days before the last purchase trouble counts as what may have driven somebody away." example:"30"`
	Unusual  int64 `json:"unusual,omitempty" minimum:"1" maximum:"20" default:"5" doc:"The chance, in per cent, of so long a wait by one who buys on, at which a silence is unusual." example:"5"`
}

func (s *server) churnSettings(ctx context.Context, c *call, a auth.Actor) (churnSettings, error) {
	n, version, err := s.Churn.Settings(ctx, a, c.programme())
	return churnSettings{version, churnSettingsBody{n.Slipping, n.Silent, n.Before, n.Unusual}}, err
}

type silenceView struct {
	Looked   *time.Time      `json:"looked,omitempty" doc:"When everybody was looked at last; missing while nobody was."`
	Members  int64           `json:"members" doc:"How many were looked at then." example:"4300"`
	Few      int64           `json:"few" doc:"Of those who bought, how many did so on fewer than three days: nothing is said of them. 0 while there is no model." example:"1800"`
	Model    *silenceModel   `json:"model,omitempty" doc:"How customers buy and leave, as it was learnt; missing while too little was bought again: then nothing is said of anybody."`
	States   []silenceCount  `json:"states" nullable:"false" doc:"All 0 where nothing is known of leaving."`
	Unusual  *silenceUnusual `json:"unusual,omitempty" doc:"Whose silence is unusual for them; missing while that cannot be told."`
	After    []silenceAfter  `json:"silent_after" nullable:"false" doc:"The silent by what went wrong before."`
	Foretold silenceForetold `json:"foretold"`
}

type silenceModel struct {
	Learnt    time.Time `json:"learnt"`
	Members   int64     `json:"members" doc:"From how many it was learnt."`
	Repeaters int64     `json:"repeaters" doc:"How many of them bought again."`
	R         float64   `json:"r" doc:"Of the model with leaving; all four are 0 where next to nobody leaves by it."`
	Alpha     float64   `json:"alpha" doc:"In days."`
	A         float64   `json:"a"`
	B         float64   `json:"b"`
	RateR     float64   `json:"rate_r" doc:"Of the model without leaving; 0 where it could not be learnt."`
	RateAlpha float64   `json:"rate_alpha" doc:"In days."`
}

type silenceUnusual struct {
	Known    int64          `json:"known" doc:"Of how many it is known which silence is unusual for them." example:"2100"`
	Members  int64          `json:"members" doc:"How many of them are as silent as that." example:"180"`
	ByChance float64        `json:"by_chance" doc:"How many would be if all bought on at random at a rate of their own." example:"120.4"`
	Clear    int64          `json:"clear" doc:"Of the members, those beyond what chance makes of so many (Benjamini and Hochberg)." example:"31"`
	Goods    int64          `json:"goods" doc:"What they bought and kept in the year up to their last purchase, in minor units."`
	After    []silenceAfter `json:"after" nullable:"false" doc:"By what went wrong before."`
}

type silenceCount struct {
	State   string `json:"state" enum:"silent,slipping,returned,active"`
	Members int64  `json:"members"`
	Goods   int64  `json:"goods" doc:"What they bought and kept in the year up to their last purchase, in minor units."`
}

type silenceAfter struct {
	Trouble string `json:"trouble" enum:"none,complaint,promise,answer,return" doc:"none is without a word."`
	Members int64  `json:"members"`
}

type silenceForetold struct {
	Silent   int64         `json:"silent"`
	CameBack int64         `json:"came_back"`
	Share    *intervalView `json:"share,omitempty" doc:"With Wilson's interval at 95 %; missing under 10."`
}

// leastForetold is from how many on a share is told.
const leastForetold = 10

func (s *server) getSilence(ctx context.Context, c *call, _ *nothing) (silenceView, error) {
	return s.silence(ctx, c, c.actor)
}

func (s *server) silence(ctx context.Context, c *call, a auth.Actor) (silenceView, error) {
	n, err := s.Churn.Summary(ctx, a, c.programme())
	if err != nil {
		return silenceView{}, err
	}
	v := silenceView{
		Members: n.Run.Members, Few: n.Run.Few,
		Foretold: silenceForetold{n.Foretold, n.Came, intervalOf(n.Foretold >= leastForetold, n.CameBack())},
	}
	if !n.Run.Ended.IsZero() {
		v.Looked = &n.Run.Ended
	}
	if m := n.Model; m != nil {
		v.Model = &silenceModel{m.Learnt, m.Members, m.Repeaters, m.R, m.Alpha, m.A, m.B, m.RateR, m.RateAlpha}
	}
	for _, state := range churn.States() {
		v.States = append(v.States, silenceCount{string(state), n.Count[state], n.Goods[state]})
	}
	for _, t := range append([]churn.Trouble{churn.None}, churn.Troubles()...) {
		v.After = append(v.After, silenceAfter{troubleCode(t), n.Left[t]})
	}
	if n.Model.Rates() {
		v.Unusual = &silenceUnusual{Known: n.Run.Rhythms, Members: n.Run.Unusual, ByChance: n.Run.Chance, Clear: n.Run.Clear, Goods: n.RareGoods}
		for _, t := range append([]churn.Trouble{churn.None}, churn.Troubles()...) {
			v.Unusual.After = append(v.Unusual.After, silenceAfter{troubleCode(t), n.Rare[t]})
		}
	}
	return v, nil
}

func troubleCode(t churn.Trouble) string {
	if t == churn.None {
		return "none"
	}
	return string(t)
}

type silentMember struct {
	Member    string     `json:"member" example:"mem_01h9x3k7q2v5n"`
	State     string     `json:"state,omitempty" enum:"silent,slipping,returned,active" doc:"Missing where nothing is known of leaving."`
	Since     string     `json:"since" format:"date" example:"2026-10-12"`
	Chance    *float64   `json:"chance,omitempty" doc:"The chance that they are a customer still, of 1." example:"0.31"`
	Wait      *float64   `json:"wait,omitempty" doc:"How probable so long a wait is by one who buys on like them, of 1; not the chance that they left." example:"0.03"`
	Unusual   bool       `json:"unusual" doc:"Whether that is at most the chance of the settings."`
	Clear     bool       `json:"clear" doc:"Whether it is beyond what chance makes of so many who are looked at."`
	Quiet     int64      `json:"quiet_days" doc:"Since the last purchase." example:"74"`
	Days      int64      `json:"purchase_days" example:"9"`
	First     string     `json:"first" format:"date"`
	Last      string     `json:"last" format:"date"`
	Low       int64      `json:"usual_low" doc:"How many days they usually wait between purchases: the middle half of all waits." example:"12"`
	High      int64      `json:"usual_high" example:"20"`
	Rare      int64      `json:"unusual_after,omitempty" doc:"After so many days without a purchase the silence is unusual." example:"44"`
	Slips     int64      `json:"slipping_after,omitempty" doc:"After so many days without a purchase they slip." example:"30"`
	Silent    int64      `json:"silent_after,omitempty" example:"52"`
	Goods     int64      `json:"goods" doc:"What they bought and kept in the year up to the last purchase, in minor units." example:"41200"`
	Shop      string     `json:"shop,omitempty" doc:"Where they bought last." example:"main"`
	Trouble   string     `json:"trouble,omitempty" enum:"none,complaint,promise,answer,return" doc:"What went wrong before; of those who are not silent it is not asked."`
	TroubleAt *time.Time `json:"trouble_at,omitempty"`
}

func (c *call) silentMember(n *churn.Standing, m *churn.Measure) silentMember {
	v := silentMember{
		Member: n.MemberID.In(id.Member), State: string(n.State), Since: n.Since.Date(), Quiet: m.Quiet(n), Days: n.Days, First: n.First.Date(), Last: n.Last.Date(),
		Low: n.Low, High: n.High, Slips: n.Slips, Silent: n.Habit.Quiet, Rare: n.Rare, Clear: m.Clear(n), Goods: n.Goods, Shop: c.setting.shops[n.ShopID].Code,
	}
	if chance, known := m.Chance(n); known {
		v.Chance = &chance
	}
	if wait, unusual, known := m.Wait(n); known {
		v.Wait, v.Unusual = &wait, unusual
	}
	if n.Quietly(m.Run.Day) {
		v.Trouble = troubleCode(n.Trouble)
	}
	if !n.TroubleAt.IsZero() {
		v.TroubleAt = &n.TroubleAt
	}
	return v
}

type silentIn struct {
	Cursor  cursor `query:"cursor"`
	Limit   limit  `query:"limit"`
	State   string `query:"state" doc:"silent, slipping, returned or active; all when left out." example:"silent"`
	Unusual bool   `query:"unusual" doc:"Only those whose silence is unusual for them."`
	Trouble string `query:"trouble" doc:"What went wrong before: none, complaint, promise, answer or return." example:"none"`
	Shop    string `query:"shop" doc:"The code of the shop where they bought last."`
}

func (s *server) listSilent(ctx context.Context, c *call, in *silentIn) (page[silentMember], error) {
	v := page[silentMember]{Items: []silentMember{}}
	size, err := in.Limit.size()
	if err != nil {
		return v, err
	}
	if err := oneOf("state", in.State, churn.States()); err != nil {
		return v, err
	}
	query := churn.Query{ProgrammeID: c.programme(), State: churn.State(in.State), Unusual: in.Unusual, Limit: size + 1}
	if query.Unspoken = in.Trouble == "none"; !query.Unspoken {
		if err := oneOf("trouble", in.Trouble, churn.Troubles()); err != nil {
			return v, err
		}
		query.Trouble = churn.Trouble(in.Trouble)
	}
	if query.ShopID, err = c.shop(in.Shop); err != nil {
		return v, err
	}
	place, err := inSilent.read(in.Cursor, 2)
	if err != nil {
		return v, err
	}
	query.Before = churn.Cursor{MemberID: id.ID(place[0]), Goods: place[1]}
	m, err := s.Churn.Measure(ctx, c.actor, c.programme())
	if err != nil {
		return v, err
	}
	list, err := s.Churn.List(ctx, c.actor, query)
	if err != nil {
		return v, err
	}
	return paged(inSilent, list, size, func(n churn.Standing) silentMember { return c.silentMember(&n, &m) }, func(n churn.Standing) []int64 { return []int64{int64(n.MemberID), n.Goods} }), nil
}

type memberSilence struct {
	Standing *silentMember `json:"standing,omitempty" doc:"Missing while nothing can be said: too few purchase days, or nobody has looked yet."`
	Changes  []stateChange `json:"changes" nullable:"false" doc:"The latest first, at most 50."`
}

type stateChange struct {
	Day     string    `json:"day" format:"date" doc:"From when the new state held."`
	Noted   time.Time `json:"noted" doc:"When it was seen."`
	From    string    `json:"from,omitempty" enum:"silent,slipping,returned,active"`
	To      string    `json:"to,omitempty" enum:"silent,slipping,returned,active" doc:"Missing when nothing can be said any more."`
	Trouble string    `json:"trouble,omitempty" enum:"complaint,promise,answer,return"`
}

func (s *server) getMemberSilence(ctx context.Context, c *call, in *memberIn) (memberSilence, error) {
	v := memberSilence{Changes: []stateChange{}}
	who, err := in.Member.id()
	if err != nil {
		return v, err
	}
	n, changes, err := s.Churn.Of(ctx, c.actor, c.programme(), who)
	if err != nil {
		return v, err
	}
	for _, h := range changes {
		v.Changes = append(v.Changes, stateChange{h.Day.Date(), h.Noted, string(h.From), string(h.To), string(h.Trouble)})
	}
	if n == nil {
		return v, nil
	}
	m, err := s.Churn.Measure(ctx, c.actor, c.programme())
	shows := c.silentMember(n, &m)
	v.Standing = &shows
	return v, err
}

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/gesture"
	"regulars/internal/id"
	"regulars/internal/stats"
)

func (s *server) addGivings() {
	write(s, operation{
		id: "give-gesture", method: http.MethodPost, path: "/v1/gestures/{gesture}/givings", tag: tagGestures, needs: needs(auth.GesturesGive), created: true, summary: "Note that a gesture is given",
		text: "Ask before it is given. It is refused (409) where the member had it within its days, a complaint is open or was solved of late, or the shop has given all of the month; " +
			"and refused with gesture_withheld (403) where the draw holds the member out: then it is not given, and that it was asked for is kept. With a name of yours it is noted once, however often you send it. No points move.",
		example: `{"member": "mem_01h9x3k7q2v5n", "shop": "shp_01h9x3k7q2v5n", "name": "till-3-0117", "note": "They were soaked."}`,
	}, s.giveGesture, s.showGiving)
	write(s, operation{
		id: "take-back-giving", method: http.MethodPost, path: "/v1/gesture-givings/{giving}/take-back", tag: tagGestures, needs: needs(auth.GesturesGive), summary: "Take back what was noted by mistake",
		text: "Within 14 days. What others noted needs gestures:write.", example: `{"reason": "It was the next customer."}`,
	}, func(ctx context.Context, c *call, in *givingIn, body *takenBack) (string, error) {
		which, err := parseID(id.Giving, "giving", string(in.Giving))
		if err != nil {
			return "", err
		}
		_, err = s.Gestures.TakeBack(ctx, c.actor, c.programme(), which, body.Reason)
		return string(in.Giving), err
	}, s.showGiving)
	read(s, operation{
		id: "get-giving", method: http.MethodGet, path: "/v1/gesture-givings/{giving}", tag: tagGestures, needs: needs(auth.GesturesRead), summary: "Get what was given once",
	}, func(ctx context.Context, c *call, in *givingIn) (givingView, error) {
		return s.giving(ctx, c, c.actor, string(in.Giving))
	})
	read(s, operation{
		id: "list-givings", method: http.MethodGet, path: "/v1/gesture-givings", tag: tagGestures, needs: needs(auth.GesturesRead), summary: "List what was given, the latest first",
	}, s.listGivings)
	read(s, operation{
		id: "list-member-gestures", method: http.MethodGet, path: "/v1/members/{member}/gestures", tag: tagGestures, needs: needs(auth.GesturesGive), summary: "List what may be given to a member now, what may not last",
		text: "Whom the draw holds out is not told here: they are asked for like all others.",
	}, s.listMemberGestures)
	read(s, operation{
		id: "get-gesture-results", method: http.MethodGet, path: "/v1/gestures/{gesture}/results", tag: tagGestures, needs: needs(auth.GesturesRead), summary: "Get what was given of a gesture and what followed",
		text: "effect is there while members are held out at random, and may be called one. followed and withdrawal compare with others whom nobody drew: they are no proof. No interval is given with fewer than 30 people in a group.",
	}, s.gestureResults)
}

// givingIn names a giving in an address.
type givingIn struct {
	Giving givingID `path:"giving"`
}

type givingID string

// Schema describes it for the document.
func (givingID) Schema(huma.Registry) *huma.Schema { return shown(id.Giving, "What was given.") }

type givingBody struct {
	Member  string `json:"member" example:"mem_01h9x3k7q2v5n"`
	Shop    string `json:"shop,omitempty" doc:"Where." example:"shp_01h9x3k7q2v5n"`
	Name    string `json:"name,omitempty" maxLength:"200" doc:"Yours, by which a repeat is known." example:"till-3-0117"`
	Note    string `json:"note,omitempty" maxLength:"500" example:"They were soaked."`
	Asked   string `json:"asked,omitempty" maxLength:"200" doc:"Of a tip: the SKU of the product that was asked for." example:"POT-L"`
	Advised string `json:"advised,omitempty" maxLength:"200" doc:"Of a tip: the SKU of the product that was recommended instead." example:"POT-S"`
	Saved   int64  `json:"saved,omitempty" minimum:"0" doc:"Of a tip: what the customer kept thereby, in minor units." example:"500"`
}

func (s *server) giveGesture(ctx context.Context, c *call, in *gestureIn, body *givingBody) (string, error) {
	w := gesture.Wish{Channel: "api", Note: body.Note, Asked: body.Asked, Advised: body.Advised, Saved: body.Saved, Name: body.Name}
	var err error
	if w.GestureID, err = parseID(id.Gesture, "gesture", string(in.Gesture)); err != nil {
		return "", err
	}
	if w.MemberID, err = id.Parse(id.Member, body.Member); err != nil {
		return "", fault.At("/member", err)
	}
	if body.Shop != "" {
		if w.Shop, err = id.Parse(id.Shop, body.Shop); err != nil {
			return "", fault.At("/shop", err)
		}
	}
	n, err := s.Gestures.Give(ctx, c.actor, c.programme(), w)
	if err != nil {
		return "", err
	}
	return n.ID.In(id.Giving), nil
}

type takenBack struct {
	Reason string `json:"reason" minLength:"1" maxLength:"500" example:"It was the next customer."`
}

type givingView struct {
	ID      string     `json:"giving" example:"gvn_01h9x3k7q2v5n"`
	Gesture string     `json:"gesture" example:"gst_01h9x3k7q2v5n"`
	Member  string     `json:"member" example:"mem_01h9x3k7q2v5n"`
	Shop    string     `json:"shop,omitempty" example:"shp_01h9x3k7q2v5n"`
	Version int64      `json:"version" doc:"Of the gesture." example:"1"`
	State   string     `json:"state" enum:"given,withheld,taken_back"`
	At      time.Time  `json:"at"`
	By      string     `json:"by" example:"staff:stf_01h9x3k7q2v5n"`
	Channel string     `json:"channel,omitempty" example:"till"`
	Note    string     `json:"note,omitempty"`
	Cost    int64      `json:"cost" doc:"Minor units."`
	Asked   string     `json:"asked,omitempty"`
	Advised string     `json:"advised,omitempty"`
	Saved   int64      `json:"saved,omitempty" doc:"Minor units."`
	Taken   *time.Time `json:"taken_back,omitempty"`
	TakenBy string     `json:"taken_back_by,omitempty" example:"staff:stf_01h9x3k7q2v5n"`
	Reason  string     `json:"reason,omitempty"`
}

func givingOf(n *gesture.Giving) givingView {
	v := givingView{
		ID: n.ID.In(id.Giving), Gesture: n.GestureID.In(id.Gesture), Member: n.MemberID.In(id.Member), Version: n.Version, State: string(n.State), At: n.At, By: n.Actor, Channel: n.Channel,
		Note: n.Note, Cost: n.Cost, Asked: n.Asked, Advised: n.Advised, Saved: n.Saved, Taken: momentOf(n.Taken), TakenBy: n.TakenBy, Reason: n.Reason,
	}
	if n.ShopID != 0 {
		v.Shop = n.ShopID.In(id.Shop)
	}
	return v
}

func (s *server) showGiving(ctx context.Context, c *call, subject string) (givingView, error) {
	return s.giving(ctx, c, watcher, subject)
}

func (s *server) giving(ctx context.Context, c *call, a auth.Actor, subject string) (givingView, error) {
	which, err := parseID(id.Giving, "giving", subject)
	if err != nil {
		return givingView{}, err
	}
	n, err := s.Gestures.GetGiving(ctx, a, c.programme(), which)
	if err != nil {
		return givingView{}, err
	}
	return givingOf(n), nil
}

type givingListIn struct {
	Cursor  cursor `query:"cursor"`
	Limit   limit  `query:"limit"`
	Gesture string `query:"gesture" doc:"Only of this gesture." example:"gst_01h9x3k7q2v5n"`
	Member  string `query:"member" doc:"Only to this member." example:"mem_01h9x3k7q2v5n"`
}

func (s *server) listGivings(ctx context.Context, c *call, in *givingListIn) (page[givingView], error) {
	size, err := in.Limit.size()
	if err != nil {
		return page[givingView]{}, err
	}
	at, err := inGivings.read(in.Cursor, 1)
	if err != nil {
		return page[givingView]{}, err
	}
	q := gesture.Query{ProgrammeID: c.programme(), Before: id.ID(at[0]), Limit: size + 1}
	if in.Gesture != "" {
		if q.GestureID, err = parseID(id.Gesture, "gesture", in.Gesture); err != nil {
			return page[givingView]{}, err
		}
	}
	if in.Member != "" {
		if q.MemberID, err = parseID(id.Member, "member", in.Member); err != nil {
			return page[givingView]{}, err
		}
	}
	list, err := s.Gestures.Givings(ctx, c.actor, q)
	return paged(inGivings, list, size, givingOf, func(n *gesture.Giving) []int64 { return []int64{int64(n.ID)} }), err
}

type offersIn struct {
	Member memberID `path:"member"`
	Shop   string   `query:"shop" doc:"At this shop; without it, what shops give that are not named is left out." example:"shp_01h9x3k7q2v5n"`
}

type possibleGesture struct {
	Gesture  string            `json:"gesture" example:"gst_01h9x3k7q2v5n"`
	Kind     string            `json:"kind" enum:"gesture,tip"`
	Names    map[string]string `json:"names"`
	Does     map[string]string `json:"does"`
	Possible bool              `json:"possible"`
	Why      string            `json:"why,omitempty" doc:"The code of why it cannot be given now." example:"gesture_once"`
}

type possibleGestures struct {
	Items []possibleGesture `json:"items" nullable:"false"`
}

func (s *server) listMemberGestures(ctx context.Context, c *call, in *offersIn) (possibleGestures, error) {
	v := possibleGestures{Items: []possibleGesture{}}
	who, err := parseID(id.Member, "member", string(in.Member))
	if err != nil {
		return v, err
	}
	var shop id.ID
	if in.Shop != "" {
		if shop, err = parseID(id.Shop, "shop", in.Shop); err != nil {
			return v, err
		}
	}
	list, err := s.Gestures.Offers(ctx, c.actor, c.programme(), who, shop)
	for _, o := range list {
		one := possibleGesture{Gesture: o.ID.In(id.Gesture), Kind: string(o.Spec.Kind), Names: o.Spec.Names, Does: o.Spec.Does, Possible: o.Refused == nil}
		if o.Refused != nil {
			one.Why = o.Refused.Code
		}
		v.Items = append(v.Items, one)
	}
	return v, err
}

// gestureBounds is a difference with its interval at 95 %.
type gestureBounds struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

func boundsOf(shown bool, n stats.Interval) *gestureBounds {
	if !shown {
		return nil
	}
	return &gestureBounds{n.Value, n.Low, n.High}
}

type gestureGroup struct {
	People int64 `json:"people"`
	Again  int64 `json:"again" doc:"Bought again within 90 days, from the next day on."`
	Goods  int64 `json:"goods" doc:"Minor units, of all of them together."`
}

type gestureEffect struct {
	Since    time.Time      `json:"since"`
	Withhold int            `json:"withhold" doc:"Of 10,000."`
	Given    gestureGroup   `json:"given"`
	Withheld gestureGroup   `json:"withheld"`
	Waiting  int64          `json:"waiting" doc:"People whose 90 days are not over."`
	Back     *gestureBounds `json:"back,omitempty" doc:"Share of the given who came back less that of the withheld; Newcombe's interval."`
	Money    *gestureBounds `json:"money,omitempty" doc:"Minor units by which each of the given bought more; Welch's interval."`
}

type gestureFollowed struct {
	Had         int64          `json:"had"`
	Matched     int64          `json:"matched"`
	Again       int64          `json:"again"`
	Others      int64          `json:"others"`
	OthersAgain int64          `json:"others_again"`
	Difference  *gestureBounds `json:"difference,omitempty" doc:"Of the shares; an association, no proof."`
	Goods       int64          `json:"goods" doc:"What the matched bought in these 90 days, in minor units less what came back, of all of them together."`
	OthersGoods int64          `json:"others_goods" doc:"The same of the others."`
	Money       *gestureBounds `json:"money,omitempty" doc:"Minor units by which each of the matched bought more than the others; Welch's interval; an association, no proof."`
}

type gestureWithdrawal struct {
	At          time.Time      `json:"at"`
	Until       time.Time      `json:"until" doc:"When the 180 days after are over."`
	Early       bool           `json:"early,omitempty"`
	Had         int64          `json:"had"`
	HadBefore   int64          `json:"had_before" doc:"Goods in the 180 days before, in minor units, of all of them together."`
	HadAfter    int64          `json:"had_after"`
	Never       int64          `json:"never"`
	NeverBefore int64          `json:"never_before"`
	NeverAfter  int64          `json:"never_after"`
	Difference  *gestureBounds `json:"difference,omitempty" doc:"Of the changes of each, in minor units; an association, no proof."`
}

type gestureFigures struct {
	Gesture    string             `json:"gesture" example:"gst_01h9x3k7q2v5n"`
	Given      int64              `json:"given"`
	TakenBack  int64              `json:"taken_back"`
	Withheld   int64              `json:"withheld"`
	People     int64              `json:"people"`
	Month      int64              `json:"this_month"`
	Cost       int64              `json:"cost" doc:"Minor units."`
	Saved      int64              `json:"saved" doc:"Minor units."`
	Effect     *gestureEffect     `json:"effect,omitempty"`
	Followed   gestureFollowed    `json:"followed"`
	Withdrawal *gestureWithdrawal `json:"withdrawal,omitempty"`
}

func (s *server) gestureResults(ctx context.Context, c *call, in *gestureIn) (gestureFigures, error) {
	which, err := parseID(id.Gesture, "gesture", string(in.Gesture))
	if err != nil {
		return gestureFigures{}, err
	}
	r, err := s.Gestures.Results(ctx, c.actor, c.programme(), which)
	if err != nil {
		return gestureFigures{}, err
	}
	f := r.Followed
	v := gestureFigures{
		Gesture: r.ID.In(id.Gesture), Given: r.Given, TakenBack: r.TakenBack, Withheld: r.Withheld, People: r.People, Month: r.Month, Cost: r.Cost, Saved: r.Saved,
		Followed: gestureFollowed{f.Had, f.Matched, f.Again, f.Others, f.OthersAgain, boundsOf(f.Shown, f.Difference), f.Goods, f.OthersGoods, boundsOf(f.Shown, f.Money)},
	}
	if e := r.Effect; e != nil {
		v.Effect = &gestureEffect{e.Since, e.Share, gestureGroup{e.Given.N, e.Given.Again, e.Given.Goods}, gestureGroup{e.Withheld.N, e.Withheld.Again, e.Withheld.Goods}, e.Waiting,
			boundsOf(e.Shown, e.Back), boundsOf(e.Shown, e.Money)}
	}
	if w := r.Withdrawal; w != nil {
		v.Withdrawal = &gestureWithdrawal{w.At, w.Until, w.Early, w.Had, w.HadBefore, w.HadAfter, w.Never, w.NeverBefore, w.NeverAfter, boundsOf(w.Shown, w.Difference)}
	}
	return v, nil
}

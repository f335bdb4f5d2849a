package api

import (
	"time"

	"regulars/internal/id"
	"regulars/internal/promo"
)

// batchView is codes that were made or imported together.
type batchView struct {
	Batch     string           `json:"batch" example:"bat_01h9x3k7q2v5n"`
	Offer     string           `json:"offer" example:"off_01h9x3k7q2v5n"`
	Name      string           `json:"name" example:"Leaflet of May"`
	Kind      string           `json:"kind" enum:"unique,shared,personal,printed"`
	Prefix    string           `json:"prefix,omitempty" example:"MAY-"`
	Length    int              `json:"length,omitempty" doc:"How many random signs follow the prefix." example:"8"`
	MaxUses   int64            `json:"max_uses" doc:"How often each code may be used; 0 is no limit." example:"1"`
	ValidDays int              `json:"valid_days,omitempty"`
	Begins    *time.Time       `json:"begins,omitempty"`
	Expires   *time.Time       `json:"expires,omitempty"`
	Created   time.Time        `json:"created"`
	By        string           `json:"by" doc:"Who made it." example:"staff:stf_01h9x3k7q2v5n"`
	Wanted    int64            `json:"wanted" doc:"How many codes there shall be." example:"5000"`
	Made      int64            `json:"made" doc:"How many there are." example:"5000"`
	Done      *time.Time       `json:"done,omitempty" doc:"When all were there; missing while they are being made."`
	Cancelled *time.Time       `json:"cancelled,omitempty"`
	Reason    string           `json:"reason,omitempty" doc:"Why it was cancelled."`
	States    map[string]int64 `json:"states" nullable:"false" doc:"How many codes are issued, delivered, seen, held, redeemed, expired and cancelled now; what is missing is none."`
	Uses      int64            `json:"uses,omitempty" doc:"How often a shared code was used."`
}

func (c *call) batch(b promo.BatchSummary) batchView {
	v := batchView{
		Batch: b.ID.In(id.Batch), Offer: b.OfferID.In(id.Offer), Name: b.Name, Kind: string(b.Kind), Prefix: b.Prefix, Length: b.Length,
		MaxUses: b.MaxUses, ValidDays: b.ValidDays, Begins: moment(b.Begins), Expires: moment(b.Expires), Created: b.Created.UTC(), By: b.Actor,
		Wanted: b.Wanted, Made: b.Made, Done: moment(b.Done), Cancelled: moment(b.Cancelled), Reason: b.Reason,
		States: make(map[string]int64, len(b.States)), Uses: b.Uses,
	}
	for state, n := range b.States {
		v.States[string(state)] = n
	}
	return v
}

// codeView is one code as it stands now.
type codeView struct {
	Code     string     `json:"code" doc:"As people are shown it." example:"MAY-7Q4KX2ND"`
	ID       string     `json:"id" example:"cod_01h9x3k7q2v5n"`
	Offer    string     `json:"offer" example:"off_01h9x3k7q2v5n"`
	Batch    string     `json:"batch" example:"bat_01h9x3k7q2v5n"`
	Member   string     `json:"member,omitempty" doc:"Whose it is; missing when it is whoever's who has it." example:"mem_01h9x3k7q2v5n"`
	Occasion string     `json:"occasion,omitempty"`
	State    string     `json:"state" enum:"issued,delivered,seen,held,redeemed,expired,cancelled"`
	Words    string     `json:"words" doc:"The state in words." example:"delivered"`
	Uses     int64      `json:"uses" doc:"How often it was used." example:"0"`
	MaxUses  int64      `json:"max_uses" doc:"How often it may be used; 0 is no limit." example:"1"`
	Begins   *time.Time `json:"begins,omitempty"`
	Expires  *time.Time `json:"expires,omitempty"`
	Issued   time.Time  `json:"issued"`
	Steps    []stepView `json:"steps,omitempty" nullable:"false" doc:"What happened to it, in the order of time; not in lists."`
}

func (c *call) code(k *promo.Code) codeView {
	state := k.StateAt(c.s.Now())
	v := codeView{
		Code: k.Printed, ID: k.ID.In(id.Code), Offer: k.OfferID.In(id.Offer), Batch: k.BatchID.In(id.Batch), Occasion: k.Occasion,
		State: string(state), Words: c.print.Say(state.Text()), Uses: k.Uses, MaxUses: k.MaxUses,
		Begins: moment(k.Begins), Expires: moment(k.Expires), Issued: k.Issued.UTC(),
	}
	if k.MemberID != 0 {
		v.Member = k.MemberID.In(id.Member)
	}
	return v
}

// stepView is a step of a code's life.
type stepView struct {
	Step    string    `json:"step" enum:"issued,delivered,seen,reminded,held,released,redeemed,restored,expired,cancelled"`
	Words   string    `json:"words" doc:"The step in words." example:"used"`
	At      time.Time `json:"at"`
	Times   int64     `json:"times,omitempty" doc:"How many uses were taken, held or given back."`
	Channel string    `json:"channel,omitempty" doc:"By which way." example:"email"`
	By      string    `json:"by,omitempty" doc:"Who did it." example:"key:key_01h9x3k7q2v5n"`
	Note    string    `json:"note,omitempty" doc:"Why it was cancelled."`
}

// life shows a code with every step of its life.
func (c *call) life(h promo.CodeHistory) codeView {
	v := c.code(&h.Code)
	v.Steps = make([]stepView, len(h.Steps))
	for i, step := range h.Steps {
		v.Steps[i] = stepView{string(step.Move), c.print.Say(step.Move.Text()), step.At.UTC(), step.Times, step.Channel, step.Actor, step.Note}
	}
	return v
}

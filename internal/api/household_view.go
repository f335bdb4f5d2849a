package api

import (
	"time"

	"regulars/internal/household"
	"regulars/internal/id"
)

// householdSpec is what a programme says of households.
type householdSpec struct {
	On          bool   `json:"on" doc:"Households may be made and joined." example:"true"`
	Pooling     bool   `json:"pooling" doc:"New points of members flow to the owner, and members pay from there." example:"true"`
	Members     int    `json:"members" minimum:"2" maximum:"50" doc:"The most members of a household, its owner counted." example:"6"`
	Transfers   string `json:"transfers" doc:"To whom points may be passed on: nobody, household or anyone." example:"household"`
	PerTransfer int64  `json:"per_transfer" minimum:"0" doc:"The most points passed on at once, in a wallet's smallest unit; 0 for no limit." example:"1000"`
	PerMonth    int64  `json:"per_month" minimum:"0" doc:"The most that one member passes on in a calendar month, in one wallet; 0 for no limit." example:"5000"`
	MinDays     int    `json:"min_days" minimum:"0" maximum:"3650" doc:"How long a member must have been enrolled to pass points on." example:"30"`
	UndoDays    int    `json:"undo_days" minimum:"0" maximum:"365" doc:"How long a transfer may be taken back." example:"14"`
}

func (b householdSpec) spec() household.Spec {
	return household.Spec{
		On: b.On, Pooling: b.Pooling, Members: b.Members, Transfers: household.Reach(b.Transfers),
		PerTransfer: b.PerTransfer, PerMonth: b.PerMonth, MinDays: b.MinDays, UndoDays: b.UndoDays,
	}
}

type householdSettings struct {
	Number int64      `json:"number" doc:"Counts the versions; 0 is what holds before anybody wrote any."`
	Made   *time.Time `json:"made,omitempty"`

	On          bool   `json:"on" doc:"Households may be made and joined." example:"true"`
	Pooling     bool   `json:"pooling" doc:"New points of members flow to the owner, and members pay from there." example:"true"`
	Members     int    `json:"members" minimum:"2" maximum:"50" doc:"The most members of a household, its owner counted." example:"6"`
	Transfers   string `json:"transfers" doc:"To whom points may be passed on: nobody, household or anyone." example:"household"`
	PerTransfer int64  `json:"per_transfer" minimum:"0" doc:"The most points passed on at once, in a wallet's smallest unit; 0 for no limit." example:"1000"`
	PerMonth    int64  `json:"per_month" minimum:"0" doc:"The most that one member passes on in a calendar month, in one wallet; 0 for no limit." example:"5000"`
	MinDays     int    `json:"min_days" minimum:"0" maximum:"3650" doc:"How long a member must have been enrolled to pass points on." example:"30"`
	UndoDays    int    `json:"undo_days" minimum:"0" maximum:"365" doc:"How long a transfer may be taken back." example:"14"`
}

func householdSettingsOf(s household.Settings) householdSettings {
	return householdSettings{
		Number: s.Number, Made: moment(s.Made), On: s.On, Pooling: s.Pooling, Members: s.Members, Transfers: string(s.Transfers),
		PerTransfer: s.PerTransfer, PerMonth: s.PerMonth, MinDays: s.MinDays, UndoDays: s.UndoDays,
	}
}

// householdView is a household.
type householdView struct {
	Household string            `json:"household" example:"hsh_01h9x3k7q2v5n"`
	Owner     string            `json:"owner" doc:"The member whose account holds the pool." example:"mem_01h9x3k7q2v5n"`
	Code      string            `json:"code,omitempty" doc:"By which others join." example:"7M2K9-Q4TX0"`
	Made      time.Time         `json:"made"`
	Dissolved *time.Time        `json:"dissolved,omitempty"`
	Members   []householdMember `json:"members" nullable:"false" doc:"The owner first."`
}

type householdMember struct {
	Member string          `json:"member" example:"mem_01h9x3k7q2v5n"`
	Joined time.Time       `json:"joined"`
	Pool   []householdPart `json:"pool,omitempty" nullable:"false" doc:"What the member put in and took out, where one household is read."`
}

type householdPart struct {
	Wallet string `json:"wallet" example:"points"`
	In     int64  `json:"in"`
	Out    int64  `json:"out"`
}

func (c *call) household(h *household.Household, parts ...household.Part) householdView {
	v := householdView{
		Household: h.ID.In(id.Household), Owner: h.OwnerID.In(id.Member), Code: household.ShowCode(h.Code),
		Made: h.Made, Dissolved: moment(h.Dissolved), Members: []householdMember{},
	}
	for _, m := range h.Members {
		one := householdMember{Member: m.MemberID.In(id.Member), Joined: m.Joined}
		for _, p := range parts {
			if p.MemberID == m.MemberID {
				one.Pool = append(one.Pool, householdPart{c.setting.walletCode(p.WalletID), p.In, p.Out})
			}
		}
		v.Members = append(v.Members, one)
	}
	return v
}

// transferView is points that were passed on.
type transferView struct {
	Transfer  string     `json:"transfer" doc:"The event on the giver's timeline." example:"evt_01h9x3k7q2v5n"`
	From      string     `json:"from" example:"mem_01h9x3k7q2v5n"`
	To        string     `json:"to" example:"mem_01h9x3k7q2v5p"`
	Wallet    string     `json:"wallet" example:"points"`
	Points    int64      `json:"points" doc:"In the wallet's smallest unit." example:"100"`
	Purpose   string     `json:"purpose" doc:"gift, pool for points that flowed to the owner, pay for those fetched for a purchase." example:"gift"`
	Household string     `json:"household,omitempty" doc:"Where both belong to one."`
	At        time.Time  `json:"at"`
	Returned  int64      `json:"returned" doc:"What was taken back."`
	Undone    *time.Time `json:"undone,omitempty"`
}

func (c *call) transfer(t *household.Transfer) transferView {
	v := transferView{
		Transfer: t.ID.In(id.Event), From: t.From.In(id.Member), To: t.To.In(id.Member), Wallet: c.setting.walletCode(t.WalletID),
		Points: t.Points, Purpose: string(t.Purpose), At: t.At, Returned: t.Returned, Undone: moment(t.Undone),
	}
	if t.HouseholdID != 0 {
		v.Household = t.HouseholdID.In(id.Household)
	}
	return v
}

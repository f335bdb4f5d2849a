package api

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/program"
)

func (s *server) addProgramme() {
	read(s, operation{
		id: "get-programme", method: http.MethodGet, path: "/v1/programme", tag: tagProgramme, needs: needs(auth.ProgrammesRead),
		summary: "Get the programme of the key, with its wallets", tagged: true,
	}, func(ctx context.Context, c *call, _ *nothing) (programmeView, error) {
		p, err := s.Programmes.Get(ctx, c.actor, c.programme())
		if err != nil {
			return programmeView{}, err
		}
		wallets, err := s.Ledger.Wallets(ctx, c.actor, c.programme())
		return programmeOf(p, wallets), err
	})
	write(s, operation{
		id: "change-programme", method: http.MethodPatch, path: "/v1/programme", tag: tagProgramme, needs: needs(auth.ProgrammesWrite),
		summary: "Change the programme's settings", text: "Fields left out stay.", tagged: true,
	}, s.changeProgramme, s.showProgramme)
	s.addWallets()
	read(s, operation{
		id: "list-shops", method: http.MethodGet, path: "/v1/shops", tag: tagProgramme, needs: needs(auth.ProgrammesRead),
		summary: "List the programme's shops, closed ones too",
	}, func(ctx context.Context, c *call, _ *nothing) (shopList, error) {
		shops, err := s.Programmes.Shops(ctx, c.actor, c.programme())
		list := shopList{Items: make([]shopView, len(shops))}
		for i, shop := range shops {
			list.Items[i] = shopOf(shop)
		}
		return list, err
	})
	write(s, operation{
		id: "add-shop", method: http.MethodPost, path: "/v1/shops", tag: tagProgramme, needs: needs(auth.ProgrammesWrite), created: true,
		summary: "Add a shop",
	}, s.addShop, s.showShop)
	write(s, operation{
		id: "change-shop", method: http.MethodPatch, path: "/v1/shops/{shop}", tag: tagProgramme, needs: needs(auth.ProgrammesWrite),
		summary: "Change, close or open a shop", text: "Fields left out stay.",
	}, s.changeShop, s.showShop)
}

// programmeView is the programme of a key.
type programmeView struct {
	Programme        string       `json:"programme" example:"prg_01h9x3k7q2v5n"`
	Slug             string       `json:"slug" doc:"Names it in addresses." example:"corner-shop"`
	Name             string       `json:"name" example:"Corner Shop"`
	Currency         string       `json:"currency" doc:"ISO 4217; it never changes." example:"GBP"`
	Zone             string       `json:"zone" doc:"The IANA zone whose days and months count." example:"Europe/London"`
	Languages        []string     `json:"languages" nullable:"false" doc:"The default first."`
	Hue              int          `json:"hue" doc:"Of the accent colour, in degrees." example:"262"`
	Enrolment        string       `json:"enrolment" enum:"automatic,on_request" doc:"Whether customers join at the first event that names them, or when they ask."`
	OfflineConflicts string       `json:"offline_conflicts" enum:"accept,refuse" doc:"What becomes of a sale that a till made offline and that gave what cannot be given any more."`
	Region           string       `json:"region,omitempty" doc:"The country (ISO 3166) whose phones may be written without a country code." example:"GB"`
	ControlShare     int          `json:"control_share" doc:"How many of 10,000 customers are drawn into the control group." example:"0"`
	Wallets          []walletView `json:"wallets" nullable:"false"`
	Created          time.Time    `json:"created"`
	Version          int64        `json:"version" doc:"Grows with every change of settings, shops, wallets, rules and ladders; the ETag."`
	BirthdayDays     int          `json:"birthday_days" doc:"How many days before a birthday it is noted, so that its gift comes in time." example:"0"`
	Profile          []string     `json:"profile" nullable:"false" enum:"name,birthday,email,phone,consent" doc:"What must be known of a member for the profile to be complete; rules with the trigger profile then give, once. With none it never is." example:"[\"name\",\"birthday\"]"`
}

func (v programmeView) version() int64 { return v.Version }

// walletView is points of one kind.
type walletView struct {
	Wallet   string `json:"wallet" example:"wal_01h9x3k7q2v5n"`
	Code     string `json:"code" example:"points"`
	Name     string `json:"name" example:"Points"`
	Decimals int    `json:"decimals" doc:"How many digits of the numbers of points stand after the point." example:"0"`
	Unit     string `json:"unit" doc:"What the programme owes for the smallest unit, in minor units of its currency: a decimal or a fraction." example:"1"`
	Clawback string `json:"clawback" enum:"debt,to_zero,pending_only" doc:"What becomes of points to be taken back that are not there any more."`
}

func programmeOf(p program.Programme, wallets []ledger.Wallet) programmeView {
	v := programmeView{
		Programme: p.ID.In(id.Programme), Slug: p.Slug, Name: p.Name, Currency: string(p.Currency), Zone: p.Zone.String(), Languages: p.Languages,
		Hue: p.Hue, Enrolment: string(p.Enrolment), Region: p.Region, ControlShare: p.ControlShare, Created: p.Created, Version: p.Version, BirthdayDays: p.BirthdayDays, Profile: p.Profile.Parts(),
		OfflineConflicts: string(cmp.Or(p.OfflineConflicts, program.AcceptOffline)),
		Wallets:          make([]walletView, len(wallets)),
	}
	for i, w := range wallets {
		v.Wallets[i] = walletOf(w)
	}
	return v
}

func walletOf(w ledger.Wallet) walletView {
	return walletView{w.ID.In(id.Wallet), w.Code, w.Name, w.Decimals, w.Unit.String(), string(w.Clawback)}
}

// programmePatch is a change of settings.
type programmePatch struct {
	Name             *string   `json:"name,omitempty" maxLength:"200"`
	Slug             *string   `json:"slug,omitempty" maxLength:"60"`
	Zone             *string   `json:"zone,omitempty" maxLength:"60"`
	Languages        *[]string `json:"languages,omitempty" nullable:"false" maxItems:"10"`
	Hue              *int      `json:"hue,omitempty" minimum:"0" maximum:"360"`
	Enrolment        *string   `json:"enrolment,omitempty" enum:"automatic,on_request"`
	OfflineConflicts *string   `json:"offline_conflicts,omitempty" enum:"accept,refuse"`
	Region           *string   `json:"region,omitempty" maxLength:"2" doc:"Empty when phones always have a country code."`
	ControlShare     *int      `json:"control_share,omitempty" minimum:"0" maximum:"10000"`
	BirthdayDays     *int      `json:"birthday_days,omitempty" minimum:"0" maximum:"60"`
	Profile          *[]string `json:"profile,omitempty" nullable:"false" maxItems:"5" enum:"name,birthday,email,phone,consent"`
}

func (b *programmePatch) apply(p *program.Programme, zone *time.Location, profile *program.Profile) {
	change(&p.Profile, profile)
	change(&p.Name, b.Name)
	change(&p.Slug, b.Slug)
	change(&p.Languages, b.Languages)
	change(&p.Hue, b.Hue)
	change(&p.Region, b.Region)
	change(&p.ControlShare, b.ControlShare)
	change(&p.BirthdayDays, b.BirthdayDays)
	if b.Enrolment != nil {
		p.Enrolment = program.Enrolment(*b.Enrolment)
	}
	if b.OfflineConflicts != nil {
		p.OfflineConflicts = program.OfflineConflicts(*b.OfflineConflicts)
	}
	if zone != nil {
		p.Zone = zone
	}
}

// change sets what was given.
func change[T any](to, given *T) {
	if given != nil {
		*to = *given
	}
}

func (s *server) changeProgramme(ctx context.Context, c *call, _ *nothing, body *programmePatch) (string, error) {
	var zone *time.Location
	if body.Zone != nil {
		var err error
		if zone, err = program.ParseZone(*body.Zone); err != nil {
			return "", at("/zone", err)
		}
	}
	var profile *program.Profile
	if body.Profile != nil {
		parts, err := program.ProfileOf(*body.Profile)
		if err != nil {
			return "", err
		}
		profile = &parts
	}
	defer s.settings.forget(c.programme())
	p, err := s.Programmes.Update(ctx, c.actor, c.programme(), func(p *program.Programme) { body.apply(p, zone, profile) })
	if err != nil {
		return "", err
	}
	return p.ID.In(id.Programme), nil
}

// at points a failure at a place, unless it names one itself.
func at(pointer string, err error) error {
	if f := fault.As(err); f != nil && f.Field == "" {
		return f.At(pointer)
	}
	return err
}

func (s *server) showProgramme(ctx context.Context, c *call, _ string) (programmeView, error) {
	p, err := s.Programmes.Get(ctx, watcher, c.programme())
	if err != nil {
		return programmeView{}, err
	}
	wallets, err := s.Ledger.Wallets(ctx, watcher, c.programme())
	return programmeOf(p, wallets), err
}

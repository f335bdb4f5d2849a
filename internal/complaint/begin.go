package complaint

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/photo"
	"regulars/internal/program"
	"regulars/internal/sale"
)

// Ask is what somebody tells.
type Ask struct {
	// Name is the asker's own word for the request: sent again under its name
	// it opens one case. Without one each is a case.
	Name   string
	Kind   Kind
	Reason string
	Wanted Wanted
	// Severity is empty for that of the reason.
	Severity Severity
	MemberID id.ID
	ShopID   id.ID
	// SaleID is the member's sale that it is about, Reference the customer's own
	// word for it.
	SaleID    id.ID
	Reference string
	Source    Source
	SubjectID id.ID
	Language  i18n.Lang
	Contact   string
	Text      string
	Photos    [][]byte
	// Price is that of what went wrong, in minor units; 0 for the whole sale.
	Price int64
}

// Opened is a case that was opened, with what the customer follows it by. The
// PIN is kept nowhere; only the request, sent again under its name, tells it.
type Opened struct {
	*Case
	PIN      string
	Repeated bool
}

// Begin opens a case. It needs cases.write.
func (s *Service) Begin(ctx context.Context, a auth.Actor, programme id.ID, ask Ask) (Opened, error) {
	if err := a.Can(programme, auth.CasesWrite); err != nil {
		return Opened{}, err
	}
	photos, err := ask.check()
	if err != nil {
		return Opened{}, err
	}
	var out Opened
	err = s.DB.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		out, err = s.begin(ctx, tx, a, programme, ask, photos)
		return err
	})
	return out, err
}

// check refuses all that can be seen to be wrong, and draws the photos.
func (n *Ask) check() ([]photo.Photo, error) {
	n.Contact, n.Text, n.Reference = i18n.Tidy(n.Contact), i18n.Tidy(n.Text), i18n.Tidy(n.Reference)
	var wrong []*fault.Error
	for _, f := range []struct {
		field string
		fits  bool
	}{
		{"/kind", slices.Contains(Kinds(), n.Kind)}, {"/wanted", slices.Contains(Wants(), n.Wanted)}, {"/source", slices.Contains(Sources(), n.Source)},
		{"/severity", n.Severity == "" || slices.Contains(Severities(), n.Severity)}, {"/price", n.Price >= 0 && n.Price <= money.MaxMinor},
	} {
		if !f.fits {
			wrong = append(wrong, fault.Invalid("case_choice", "this is none of the choices").At(f.field))
		}
	}
	if len(n.Name) > maxName {
		wrong = append(wrong, fault.Invalid("case_text_long", "the text takes at most %d letters", maxName).At("/name").With("most", maxName))
	}
	wrong = slices.Concat(wrong, tooLong(n.Text, "/text", MaxText), tooWide(n.Contact, "/contact", maxContact), tooWide(n.Reference, "/reference", maxShort))
	photos, err := redrawAll(n.Photos)
	return photos, fault.Gather(fault.Join(wrong...), err)
}

// MaxPhotos is how many photos go with a message.
const MaxPhotos = 3

func redrawAll(uploads [][]byte) ([]photo.Photo, error) {
	if len(uploads) > MaxPhotos {
		return nil, fault.Invalid("case_photos", "at most %d photos go with a message", MaxPhotos).At("/photos").With("most", MaxPhotos)
	}
	var list []photo.Photo
	var wrong []error
	for i, u := range uploads {
		p, err := photo.Redraw(u)
		list, wrong = append(list, p), append(wrong, fault.At(fmt.Sprintf("/photos/%d", i), err))
	}
	return list, fault.Gather(wrong...)
}

func (s *Service) begin(ctx context.Context, tx *db.Tx, a auth.Actor, programme id.ID, ask Ask, photos []photo.Photo) (Opened, error) {
	p, set, clock, err := s.place(ctx, tx, programme, ask.ShopID)
	if err != nil {
		return Opened{}, err
	}
	n := tx.IDs().New()
	name := cmp.Or(ask.Name, rand.Text())
	kept, pin := nameFor(p.Salt, name), pinFor(p.Salt, name)
	if again, err := selectCases(ctx, tx, `c.programme_id = $1 AND c.name = $2`, programme, kept); err != nil || len(again) > 0 {
		if err != nil {
			return Opened{}, err
		}
		if again[0].hides(a) {
			return Opened{}, UnknownCase(again[0].ID)
		}
		return Opened{again[0], pin, true}, nil
	}
	r, known := set.ReasonOf(ask.Reason)
	if !known {
		return Opened{}, fault.Invalid("case_reason", "the programme has no such reason").At("/reason")
	}
	c := &Case{
		ID: n, ProgrammeID: programme, MemberID: ask.MemberID, Kind: ask.Kind, Reason: ask.Reason, Wanted: ask.Wanted, Severity: cmp.Or(ask.Severity, r.Severity),
		ShopID: ask.ShopID, SaleID: ask.SaleID, Reference: ask.Reference, Source: ask.Source, SubjectID: ask.SubjectID, State: Open,
		Language: languageOf(ask.Language, &p), Contact: ask.Contact, Track: newTrack(), Price: ask.Price, Opened: s.clock(), pin: hashPIN(pin, n), name: kept,
	}
	if err := c.belongs(ctx, tx); err != nil {
		return Opened{}, err
	}
	switch c.Kind {
	case Complaint:
		c.begin(clock, &set, p.Zone)
	case Wish:
		c.State = Fresh
	}
	if err := tx.Insert(ctx, caseTable, [][]any{c.row()}); err != nil {
		if db.Unique(err) {
			return Opened{}, fault.Busy("case_taken", "somebody opened the same case at this moment; send it again")
		}
		return Opened{}, fmt.Errorf("writing a case: %w", err)
	}
	d := &desk{Case: c, tx: tx, programme: p, settings: set, clock: clock, now: c.Opened, actor: a.String()}
	if err := insertStep(ctx, tx, c, c.Opened, d.actor, ""); err != nil {
		return Opened{}, err
	}
	if ask.Text != "" || len(photos) > 0 {
		if err := d.say(ctx, Message{Author: ByCustomer, Text: ask.Text}, photos); err != nil {
			return Opened{}, err
		}
	}
	if err := d.tell(ctx, c.opens()); err != nil {
		return Opened{}, err
	}
	return Opened{Case: c, PIN: pin}, auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "case.open", Subject: n.In(id.Case), Detail: map[string]any{
		"kind": string(c.Kind), "reason": c.Reason, "severity": string(c.Severity), "source": string(c.Source),
	}})
}

func languageOf(l i18n.Lang, p *program.Programme) i18n.Lang {
	for _, tag := range append([]string{string(l)}, p.Languages...) {
		if known, ok := i18n.ParseLang(tag); ok && tag != "" {
			return known
		}
	}
	return i18n.English
}

// belongs refuses a member, a sale or a person who are not the programme's, and
// takes the price from the sale.
func (c *Case) belongs(ctx context.Context, q db.Queryer) error {
	if c.SubjectID != 0 {
		if err := staffKnown(ctx, q, c.SubjectID, "/subject"); err != nil {
			return err
		}
	}
	if c.MemberID == 0 {
		if c.SaleID != 0 {
			return fault.Invalid("case_sale", "say whose sale it is").At("/sale")
		}
		return nil
	}
	if _, err := member.Present(ctx, q, c.ProgrammeID, c.MemberID); err != nil {
		return fault.At("/member", err)
	}
	if c.SaleID == 0 {
		return nil
	}
	aliases, err := member.Aliases(ctx, q, c.MemberID)
	if err != nil {
		return err
	}
	var keys []sale.SaleKey
	for _, m := range aliases {
		keys = append(keys, sale.SaleKey{MemberID: m, ID: c.SaleID})
	}
	sales, err := sale.LoadSales(ctx, q, keys)
	if err != nil {
		return err
	}
	of := sales[c.SaleID]
	if of == nil {
		return fault.Invalid("case_sale", "the member has no such sale").At("/sale")
	}
	if c.Price > of.Total {
		return fault.Invalid("case_price", "what went wrong cannot have cost more than the sale").At("/price")
	}
	c.Price = cmp.Or(c.Price, of.Total)
	c.ShopID = cmp.Or(c.ShopID, of.ShopID)
	return nil
}

func staffKnown(ctx context.Context, q db.Queryer, staff id.ID, field string) error {
	name := auth.Actor{Kind: auth.KindStaff, ID: staff}.String()
	names, err := auth.Names(ctx, q, []string{name})
	if err != nil {
		return err
	}
	if _, known := names[name]; !known {
		return fault.Invalid("case_staff", "nobody of the staff is %s", staff.In(id.Staff)).At(field)
	}
	return nil
}

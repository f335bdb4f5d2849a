package partner

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/program"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "partner", Files: files}

var (
	partnerTable = db.NewTable("partner", []string{"id"},
		db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "name", Kind: db.Text},
		db.Column{Name: "contact", Kind: db.Text}, db.Column{Name: "wallet_id", Kind: db.Int}, db.Column{Name: "may_grant", Kind: db.Bool},
		db.Column{Name: "may_accept", Kind: db.Bool}, db.Column{Name: "made", Kind: db.Int}, db.Column{Name: "ended", Kind: db.Int},
		db.Column{Name: "may_see", Kind: db.Bool})
	termsTable = db.NewTable("partner_terms", []string{"id"},
		db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "partner_id", Kind: db.Int}, db.Column{Name: "begins", Kind: db.Int}, db.Column{Name: "spec", Kind: db.Text})
	shopTable = db.NewTable("partner_shop", []string{"shop_id", "begins"},
		db.Column{Name: "shop_id", Kind: db.Int}, db.Column{Name: "begins", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int},
		db.Column{Name: "partner_id", Kind: db.Int}, db.Column{Name: "ends", Kind: db.Int})
	shareTable = db.NewTable("partner_share", []string{"offer_id", "partner_id", "begins"},
		db.Column{Name: "offer_id", Kind: db.Int}, db.Column{Name: "partner_id", Kind: db.Int}, db.Column{Name: "begins", Kind: db.Int},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "share_num", Kind: db.Int}, db.Column{Name: "share_den", Kind: db.Int})
)

// Load returns a partner with its terms; fault "unknown_partner".
func Load(ctx context.Context, q db.Queryer, programme, partner id.ID) (Partner, error) {
	list, err := selectPartners(ctx, q, `programme_id = $1 AND id = $2`, programme, partner)
	if err != nil {
		return Partner{}, err
	}
	if len(list) == 0 {
		return Partner{}, fault.Missing("unknown_partner", "the programme has no partner %s", partner.In(id.Partner)).With("partner", partner.In(id.Partner))
	}
	return list[0], nil
}

// All returns every partner of a programme by name, with their terms.
func All(ctx context.Context, q db.Queryer, programme id.ID) ([]Partner, error) {
	return selectPartners(ctx, q, `programme_id = $1`, programme)
}

func selectPartners(ctx context.Context, q db.Queryer, where string, args ...any) ([]Partner, error) {
	rows, err := q.Query(ctx, `SELECT id, programme_id, name, contact, wallet_id, may_grant, may_accept, made, ended, may_see FROM partner
		WHERE `+where+` ORDER BY name, id`, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Partner, error) {
		var p Partner
		var made, ended int64
		err := r.Scan(&p.ID, &p.ProgrammeID, &p.Name, &p.Contact, &p.WalletID, &p.MayGrant, &p.MayAccept, &made, &ended, &p.MaySee)
		p.Made, p.Ended = db.Time(made), db.Time(ended)
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading partners: %w", err)
	}
	return list, withTerms(ctx, q, list)
}

func withTerms(ctx context.Context, q db.Queryer, list []Partner) error {
	if len(list) == 0 {
		return nil
	}
	at := map[id.ID]*Partner{}
	ids := make([]id.ID, len(list))
	for i := range list {
		at[list[i].ID], ids[i] = &list[i], list[i].ID
	}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT id, partner_id, begins, spec FROM partner_terms WHERE partner_id IN `+args.In(ids)+` ORDER BY partner_id, begins`, args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var t Terms
		var begins int64
		var spec string
		if err := r.Scan(&t.ID, &t.PartnerID, &begins, &spec); err != nil {
			return struct{}{}, err
		}
		t.Begins = db.Time(begins)
		p := at[t.PartnerID]
		err := json.Unmarshal([]byte(spec), &t.TermsSpec)
		p.Terms = append(p.Terms, t)
		return struct{}{}, err
	})
	if err != nil {
		return fmt.Errorf("reading the terms of partners: %w", err)
	}
	return nil
}

func upsertPartner(ctx context.Context, tx *db.Tx, p *Partner) error {
	var n int64
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM partner WHERE programme_id = $1 AND name = $2 AND id <> $3`, p.ProgrammeID, p.Name, p.ID).Scan(&n); err != nil {
		return fmt.Errorf("looking for the name of a partner: %w", db.Fault(err))
	}
	if n > 0 {
		return fault.Conflict("partner_name_taken", "the programme has a partner of this name already; choose another").At("/name")
	}
	if err := tx.Upsert(ctx, partnerTable, [][]any{{
		p.ID, p.ProgrammeID, p.Name, p.Contact, p.WalletID, p.MayGrant, p.MayAccept, db.Micros(p.Made), db.Micros(p.Ended), p.MaySee,
	}}); err != nil {
		return fmt.Errorf("writing a partner: %w", err)
	}
	return nil
}

func insertTerms(ctx context.Context, tx *db.Tx, t Terms) error {
	spec, err := json.Marshal(t.TermsSpec)
	if err != nil {
		return fmt.Errorf("writing terms: %w", err)
	}
	if err := tx.Insert(ctx, termsTable, [][]any{{t.ID, t.PartnerID, db.Micros(t.Begins), string(spec)}}); err != nil {
		return fmt.Errorf("writing terms: %w", err)
	}
	return nil
}

// Shops returns whose shops of a programme were and are, by shop and time.
func Shops(ctx context.Context, q db.Queryer, programme id.ID) ([]Shop, error) {
	rows, err := q.Query(ctx, `SELECT shop_id, partner_id, begins, ends FROM partner_shop WHERE programme_id = $1 ORDER BY shop_id, begins`, programme)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Shop, error) {
		var s Shop
		var begins, ends int64
		err := r.Scan(&s.ShopID, &s.PartnerID, &begins, &ends)
		s.Begins, s.Ends = db.Time(begins), db.Time(ends)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the shops of partners: %w", err)
	}
	return list, nil
}

func upsertShop(ctx context.Context, tx *db.Tx, programme id.ID, s Shop) error {
	if err := tx.Upsert(ctx, shopTable, [][]any{{s.ShopID, db.Micros(s.Begins), programme, s.PartnerID, db.Micros(s.Ends)}}); err != nil {
		return fmt.Errorf("writing the shop of a partner: %w", err)
	}
	return nil
}

// shares returns who was ever to bear which part of the offers of a programme, by
// offer, partner and time.
func shares(ctx context.Context, q db.Queryer, programme id.ID) ([]Share, error) {
	rows, err := q.Query(ctx, `SELECT offer_id, partner_id, begins, share_num, share_den FROM partner_share WHERE programme_id = $1 ORDER BY offer_id, partner_id, begins`, programme)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Share, error) {
		var s Share
		var begins, num, den int64
		if err := r.Scan(&s.OfferID, &s.PartnerID, &begins, &num, &den); err != nil {
			return s, err
		}
		s.Begins, s.Part = db.Time(begins), money.NewRate(num, den)
		return s, nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading shared offers: %w", err)
	}
	return list, nil
}

// setShare keeps a share from its beginning on, unless it is what holds already.
func setShare(ctx context.Context, tx *db.Tx, programme id.ID, s Share) error {
	all, err := shares(ctx, tx, programme)
	if err != nil {
		return err
	}
	for _, now := range sharesAt(all, s.Begins) {
		if now.OfferID == s.OfferID && now.PartnerID == s.PartnerID && now.Part == s.Part {
			return nil
		}
	}
	if err := tx.Upsert(ctx, shareTable, [][]any{{s.OfferID, s.PartnerID, db.Micros(s.Begins), programme, s.Part.Num(), s.Part.Den()}}); err != nil {
		return fmt.Errorf("sharing an offer: %w", err)
	}
	return nil
}

// loadBook reads what lines of a programme are made by.
func loadBook(ctx context.Context, q db.Queryer, programme id.ID) (*book, error) {
	b := &book{programme: programme, zone: time.UTC, partners: map[id.ID]*Partner{}}
	var err error
	if b.shops, err = Shops(ctx, q, programme); err != nil {
		return nil, err
	}
	if b.shares, err = shares(ctx, q, programme); err != nil || b.empty() {
		return b, err
	}
	return b, b.meet(ctx, q)
}

// meet reads the partners of the programme and its zone.
func (b *book) meet(ctx context.Context, q db.Queryer) error {
	list, err := All(ctx, q, b.programme)
	if err != nil {
		return err
	}
	for i := range list {
		b.partners[list[i].ID] = &list[i]
	}
	p, err := program.Load(ctx, q, b.programme)
	b.zone = p.Zone
	return err
}

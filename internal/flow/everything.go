package flow

import (
	"context"
	"encoding/json"
	"fmt"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/product"
	"regulars/internal/program"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

// Sink takes one record of a table of an export. Records of one table come
// together, all of one type, in the order of Tables.
type Sink func(table string, record any) error

// Tables are what a programme's export consists of, in the order in which they
// come.
func (s *Service) Tables() []string {
	tables := []string{
		"programmes", "shops", "wallets", "rules", "ladders", "products", "members", "identities", "consents",
		"events", "waiting", "sales", "sale_lines", "returned_lines", "lots", "entries", "rank_changes",
		"offers", "codes", "redemptions", "gift_cards", "gift_movements", "rewards", "reward_pictures", "reward_redemptions",
		"till_conflicts",
	}
	for _, r := range s.rooms {
		tables = append(tables, r.Tables()...)
	}
	return tables
}

// NoteExport leaves a trace of an export of the whole programme in the audit
// trail. It stands apart from ExportProgramme, which may read where nothing can
// be written. It needs members.export.
func (s *Service) NoteExport(ctx context.Context, a auth.Actor, programme id.ID) error {
	if err := a.Can(programme, auth.MembersExport); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *db.Tx) error {
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "programme.export", Subject: programme.In(id.Programme)})
	})
}

// ExportProgramme gives everything that a programme holds to the sink, as of
// one moment, row by row: what staff know of themselves and the secrets of keys
// are no part of it. Whoever calls it has left a trace by NoteExport. It needs
// members.export.
func (s *Service) ExportProgramme(ctx context.Context, a auth.Actor, programme id.ID, to Sink) error {
	if err := a.Can(programme, auth.MembersExport); err != nil {
		return err
	}
	return s.db.View(ctx, func(q db.Queryer) error {
		e := &exporter{ctx: ctx, q: q, programme: programme, to: to}
		for _, part := range []func() error{
			e.frame, e.plans, e.products, e.people, e.journal, e.sales, e.saleLines, e.returned, e.points, e.ranks,
			e.offers, e.codes, e.redemptions, e.giftCards, e.giftMovements, e.rewards, e.rewardPictures, e.rewardRedemptions, e.conflicts,
		} {
			if err := part(); err != nil {
				return err
			}
		}
		for _, r := range s.rooms {
			if err := r.Dump(ctx, q, programme, to); err != nil {
				return fmt.Errorf("exporting %s: %w", r.Name(), err)
			}
		}
		return nil
	})
}

// exporter is an export on its way.
type exporter struct {
	ctx       context.Context
	q         db.Queryer
	programme id.ID
	to        Sink
	wallets   map[id.ID]string // codes
	ladders   map[id.ID]string // codes
	shops     map[id.ID]string // codes
}

func (e *exporter) frame() error {
	p, err := program.Load(e.ctx, e.q, e.programme)
	if err != nil {
		return err
	}
	if err := e.to("programmes", programmeRecord(p)); err != nil {
		return err
	}
	shops, err := program.Shops(e.ctx, e.q, e.programme)
	e.shops = map[id.ID]string{}
	for _, shop := range shops {
		e.shops[shop.ID] = shop.Code
		if err := e.to("shops", ShopRecord{shop.ID.In(id.Shop), shop.Code, shop.Name, shop.Zone, shop.Closed}); err != nil {
			return err
		}
	}
	return err
}

// plans are the wallets, rules and ladders.
func (e *exporter) plans() error {
	wallets, err := ledger.Wallets(e.ctx, e.q, e.programme)
	if err != nil {
		return err
	}
	e.wallets, e.ladders = map[id.ID]string{}, map[id.ID]string{}
	for _, w := range wallets {
		e.wallets[w.ID] = w.Code
		record := WalletRecord{w.ID.In(id.Wallet), w.Code, w.Name, w.Decimals, w.Unit.String(), string(w.Clawback)}
		if err := e.to("wallets", record); err != nil {
			return err
		}
	}
	if err := e.rules(); err != nil {
		return err
	}
	ladders, err := tier.LoadLadders(e.ctx, e.q, e.programme)
	if err != nil {
		return err
	}
	for _, l := range ladders {
		e.ladders[l.ID] = l.Code
		for _, v := range l.Versions {
			if err := e.to("ladders", LadderRecord{l.ID.In(id.Ladder), l.Code, v.Number, moment(v.From), v.Definition}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *exporter) rules() error {
	rules, err := earn.Histories(e.ctx, e.q, e.programme)
	if err != nil {
		return err
	}
	for _, h := range rules {
		for _, v := range h.Versions {
			spec, err := json.Marshal(v.Spec)
			if err != nil {
				return fmt.Errorf("exporting the rule version %s: %w", v.ID.In(id.Version), err)
			}
			record := RuleRecord{
				h.ID.In(id.Rule), v.ID.In(id.Version), h.Name, string(h.Trigger), v.Number, string(v.State), moment(v.From), moment(v.To), spec,
			}
			if err := e.to("rules", record); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *exporter) products() error {
	return product.Each(e.ctx, e.q, e.programme, func(p product.Product) error {
		return e.to("products", ProductRecord{p.SKU, p.Name, p.Category, p.Brand, p.Cost, p.Active, p.Flagship})
	})
}

func (e *exporter) people() error {
	err := member.Each(e.ctx, e.q, e.programme, func(m *member.Member) error { return e.to("members", memberRecord(m)) })
	if err != nil {
		return err
	}
	err = member.EachIdentity(e.ctx, e.q, e.programme, func(m id.ID, i member.Identity) error {
		return e.to("identities", IdentityRecord{m.In(id.Member), string(i.Kind), i.Value})
	})
	if err != nil {
		return err
	}
	return member.EachConsent(e.ctx, e.q, e.programme, func(c member.Consent) error {
		return e.to("consents", ConsentRecord{
			c.MemberID.In(id.Member), string(c.Purpose), string(c.Channel), c.Given, c.At, c.Source, c.TextVersion, c.IP, c.By,
		})
	})
}

func (e *exporter) journal() error {
	err := journal.EachByMember(e.ctx, e.q, e.programme, func(v *journal.Event) error { return e.to("events", e.event(v)) })
	if err != nil {
		return err
	}
	for after := id.ID(0); ; {
		page, err := journal.ListWaiting(e.ctx, e.q, e.programme, after, exportPage)
		if err != nil {
			return err
		}
		for _, w := range page {
			after = w.ID
			if err := e.to("waiting", WaitingRecord{e.event(&w.Event), w.Awaited.Source, w.Awaited.ExternalID}); err != nil {
				return err
			}
		}
		if len(page) < exportPage {
			return nil
		}
	}
}

func (e *exporter) event(v *journal.Event) EventRecord {
	return EventRecord{
		v.ID.In(id.Event), shownMember(v.MemberID), v.Kind, v.Source, v.ExternalID, v.Occurred, v.Recorded, e.shops[v.ShopID], v.Channel, v.Actor, v.Body,
	}
}

func (e *exporter) sales() error {
	return sale.Each(e.ctx, e.q, e.programme, func(s *sale.Sale) error {
		return e.to("sales", SaleRecord{
			s.ID.In(id.Sale), s.MemberID.In(id.Member), s.Reference, s.Occurred, e.shops[s.ShopID], s.Channel, s.Goods, s.Total, s.Returned, s.Nth,
		})
	})
}

// saleLines walks the sales again, so that neither table is held while the
// other is written.
func (e *exporter) saleLines() error {
	return sale.Each(e.ctx, e.q, e.programme, func(s *sale.Sale) error {
		for _, l := range s.Lines {
			err := e.to("sale_lines", SaleLineRecord{
				s.ID.In(id.Sale), s.MemberID.In(id.Member), l.No, l.SKU, l.Name, l.Category, l.Quantity, l.Amount, l.Fee, l.ReturnedQuantity, l.ReturnedAmount,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (e *exporter) returned() error {
	return sale.EachBrought(e.ctx, e.q, e.programme, func(b sale.Brought) error {
		return e.to("returned_lines", ReturnedLineRecord{
			b.EventID.In(id.Event), b.MemberID.In(id.Member), b.ReturnLine, b.SaleID.In(id.Sale), b.SaleLine, b.Quantity, b.Amount,
		})
	})
}

func (e *exporter) points() error {
	wallets := make([]id.ID, 0, len(e.wallets))
	for w := range e.wallets {
		wallets = append(wallets, w)
	}
	err := ledger.EachLot(e.ctx, e.q, wallets, func(l ledger.Lot) error { return e.to("lots", e.lot(l)) })
	if err != nil {
		return err
	}
	return ledger.EachEntry(e.ctx, e.q, wallets, func(v ledger.Entry) error { return e.to("entries", e.entry(v)) })
}

func (e *exporter) ranks() error {
	return tier.EachChange(e.ctx, e.q, e.programme, func(c tier.Change) error {
		return e.to("rank_changes", RankChangeRecord{
			c.MemberID.In(id.Member), e.ladders[c.LadderID], c.No, c.At, c.Recorded, c.From, c.To, c.Reason, shownEvent(c.EventID), c.Actor,
		})
	})
}

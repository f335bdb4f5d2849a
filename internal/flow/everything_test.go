package flow

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"slices"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/reward"
)

// TestExportProgramme takes a past apart into records: they are all there, in
// the order of the tables, sums included, and nothing of another programme is.
func TestExportProgramme(t *testing.T) {
	each(t, plan{}, func(h *house) {
		ctx := context.Background()
		h.past(7)
		h.take(h.whole("early", "", "unheard", noon)) // waits for ever
		var order []string
		rows, kinds := map[string]int{}, map[string]int{}
		var lines, goods, moved, earned int64
		h.ok(h.flow.ExportProgramme(ctx, boss, h.prog.ID, func(table string, record any) error {
			if rows[table]++; rows[table] == 1 {
				order = append(order, table)
			}
			switch r := record.(type) {
			case SaleRecord:
				goods += r.Goods
			case SaleLineRecord:
				if !r.Fee {
					lines += r.Amount
				}
			case EventRecord:
				kinds[string(r.Kind)]++
			case EntryRecord:
				if r.From == ledger.Earned.String() {
					moved += r.Points
				}
			case LotRecord:
				earned += r.Amount
			case WaitingRecord:
				if r.SaleReference != "unheard" {
					h.Errorf("it waits for %q", r.SaleReference)
				}
			}
			return nil
		}))
		if !slices.IsSortedFunc(order, func(a, b string) int { return slices.Index(h.flow.Tables(), a) - slices.Index(h.flow.Tables(), b) }) {
			h.Errorf("the tables come as %v", order)
		}
		for table, want := range map[string]int{
			"programmes": 1, "shops": h.count("shop"), "members": h.count("member"), "identities": h.count("member_identity"),
			"events": h.count("event"), "waiting": h.count("event_waiting"), "sales": h.count("sale"), "sale_lines": h.count("sale_line"),
			"returned_lines": h.count("return_match"), "lots": h.count("lot"), "entries": h.count("entry"), "rank_changes": h.count("rank_change"),
		} {
			if rows[table] != want {
				h.Errorf("%s has %d rows, want %d", table, rows[table], want)
			}
		}
		if rows["waiting"] != 1 || kinds["purchase"] != h.count("sale") || lines != goods || goods == 0 || moved == 0 || earned < moved {
			h.Errorf("waiting %d, kinds %v, goods %d in sales and %d in lines, points %d and %d", rows["waiting"], kinds, goods, lines, moved, earned)
		}
		till := auth.Actor{Kind: auth.KindStaff, ID: 6, Roles: []auth.Assignment{{ProgrammeID: h.prog.ID, Role: auth.Till}}}
		err := h.flow.ExportProgramme(ctx, till, h.prog.ID, func(string, any) error { h.Error("a till exports"); return nil })
		if fault.As(err) == nil || fault.As(h.flow.NoteExport(ctx, till, h.prog.ID)) == nil {
			h.Errorf("a till exports: %v", err)
		}
		h.ok(h.flow.NoteExport(ctx, boss, h.prog.ID))
		if noted := h.rowsOf(`SELECT action FROM audit_row WHERE action = 'programme.export'`); len(noted) != 1 {
			h.Errorf("the trail says %v", noted)
		}
	})
}

// TestExportProgrammeTellsConsents keeps their evidence.
func TestExportProgrammeTellsConsents(t *testing.T) {
	each(t, plan{}, func(h *house) {
		ctx := context.Background()
		a := h.must(h.buys("1", "ann", noon, 5_00))[0]
		said := member.Consent{Purpose: member.Marketing, Channel: member.ByEmail, Given: true, At: noon, Source: "checkout", TextVersion: "v2"}
		_, err := member.New(h.db, h.now).SetConsents(ctx, boss, h.prog.ID, a.MemberID, said)
		h.ok(err)
		seen := 0
		h.ok(h.flow.ExportProgramme(ctx, boss, h.prog.ID, func(_ string, record any) error {
			if r, is := record.(ConsentRecord); is {
				seen++
				if r.Purpose != "marketing" || r.Channel != "email" || !r.Given || !r.At.Equal(noon) || r.Source != "checkout" || r.TextVersion != "v2" || r.By == "" {
					h.Errorf("the consent is %+v", r)
				}
			}
			return nil
		}))
		if seen != 1 {
			h.Errorf("it tells %d consents", seen)
		}
	})
}

// TestExportProgrammeTellsValue tells the money on cards and what points
// bought.
func TestExportProgrammeTellsValue(t *testing.T) {
	each(t, plan{}, func(h *house) {
		number := h.card(10_00)
		mug := h.rewards("Mug", nil)
		h.must(h.adjusts("gift", "ann", noon, 300), h.redeems("r1", "ann", noon, mug))
		h.must(h.paysWith(h.buys("s1", "ann", noon, 4_00), Checkout{GiftCards: []CardPayment{{Number: number}}}))
		var drawn bytes.Buffer
		h.ok(png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 9, 6))))
		_, err := reward.New(h.db, h.now, RewardTerms).SetPicture(context.Background(), boss, h.prog.ID, mug.ID, drawn.Bytes(), map[string]string{"en": "A mug"})
		h.ok(err)
		rows, left, moved := map[string]int{}, int64(0), int64(0)
		h.ok(h.flow.ExportProgramme(context.Background(), boss, h.prog.ID, func(table string, record any) error {
			rows[table]++
			switch r := record.(type) {
			case GiftCardRecord:
				left += r.Balance
			case GiftMovementRecord:
				if moved += r.Amount; r.Kind == "charge" {
					moved -= 2 * r.Amount
				}
			case RewardPictureRecord:
				if r.Width != 9 || r.Alts["en"] != "A mug" || len(r.JPEG) == 0 || r.Hash == "" {
					h.Errorf("the picture is %+v", r)
				}
			case RewardRedemptionRecord:
				if r.Points != 100 || r.Wallet != "points" || r.State != "redeemed" {
					h.Errorf("the redemption is %+v", r)
				}
			}
			return nil
		}))
		if left != 6_00 || moved != left || rows["gift_movements"] != 2 || rows["rewards"] != 1 || rows["reward_pictures"] != 1 || rows["reward_redemptions"] != 1 {
			h.Errorf("%d are on cards and %d by their movements; rows %v", left, moved, rows)
		}
	})
}

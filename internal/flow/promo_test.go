package flow

import (
	"context"
	"strings"
	"testing"

	"regulars/internal/db"
	"regulars/internal/promo"
)

// TestCheckAsksTheOffers counts a use of a code that neither a sale nor a step
// explains.
func TestCheckAsksTheOffers(t *testing.T) {
	each(t, plan{}, func(h *house) {
		h.code(h.offers("Three pounds off", withCode(3_00)), "THREE", 5)
		h.must(h.paysWith(h.buys("1", "ann", noon, 20_00), Checkout{Codes: []string{"three"}}))
		h.clean()
		h.ok(h.db.InTx(context.Background(), func(tx *db.Tx) error {
			_, err := tx.Exec(context.Background(), `UPDATE promo_code SET uses = uses + 1`)
			return err
		}))
		faults, err := h.flow.Check(context.Background())
		h.ok(err)
		if len(faults) != 2 || faults[0].Room != "offers" || !strings.HasPrefix(faults[0].What, "off_") {
			h.Errorf("found %v", faults)
		}
	})
}

// TestExportsTellOfOffers takes the records of a sale with a code: the programme
// has them all, and a person the code that is theirs.
func TestExportsTellOfOffers(t *testing.T) {
	each(t, plan{}, func(h *house) {
		ctx, s := context.Background(), promo.New(h.db, h.now)
		of := h.offers("Three pounds off", withCode(3_00))
		h.code(of, "THREE", 5)
		ann := h.must(h.paysWith(h.buys("1", "ann", noon, 20_00), Checkout{Codes: []string{"three"}}))[0].MemberID
		b, err := s.CreateBatch(ctx, boss, promo.Batch{ProgrammeID: h.prog.ID, OfferID: of.OfferID, Name: "birthdays", Kind: promo.PersonalCodes, Length: 8, MaxUses: 1}, "")
		h.ok(err)
		hers, err := s.Personal(ctx, boss, h.prog.ID, b.ID, promo.PersonalAsk{MemberID: ann})
		h.ok(err)
		var offers []OfferRecord
		codes := map[string]CodeRecord{}
		var uses []RedemptionRecord
		h.ok(h.flow.ExportProgramme(ctx, boss, h.prog.ID, func(_ string, record any) error {
			switch r := record.(type) {
			case OfferRecord:
				offers = append(offers, r)
			case CodeRecord:
				codes[r.Code] = r
			case RedemptionRecord:
				uses = append(uses, r)
			}
			return nil
		}))
		if len(offers) != 1 || offers[0].State != "published" || !strings.Contains(string(offers[0].Spec), `"amount":300`) {
			h.Errorf("the offers are %+v", offers)
		}
		if len(codes) != 2 || codes["THREE"].Uses != 1 || codes[hers.Printed].Member != shownMember(ann) {
			h.Errorf("the codes are %+v", codes)
		}
		if len(uses) != 1 || uses[0].Amount != 3_00 || uses[0].Code != codes["THREE"].ID || uses[0].Terms != offers[0].Terms || uses[0].Member != shownMember(ann) {
			h.Errorf("the redemptions are %+v", uses)
		}
		e, err := h.flow.Export(ctx, boss, h.prog.ID, ann)
		h.ok(err)
		if len(e.Codes) != 1 || e.Codes[0].Code != hers.Printed {
			h.Errorf("the person's codes are %+v", e.Codes)
		}
	})
}

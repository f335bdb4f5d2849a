package main

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/program"
	"regulars/internal/promo"
)

// TestMembersAreRemindedOfTheirCodes: each code that ends soon once, and none
// that was used, ends later or belongs to nobody.
func TestMembersAreRemindedOfTheirCodes(t *testing.T) {
	h, err := place{Dir: t.TempDir(), Log: "error"}.open(t.Context(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.close() }()
	robot := auth.System("test")
	p, err := h.programmes.Create(t.Context(), robot, program.Programme{
		Slug: "shop", Name: "Shop", Currency: "GBP", Zone: time.UTC, Languages: []string{"en"},
	})
	if err != nil {
		t.Fatal(err)
	}
	const offer id.ID = 9001
	change := func(text string, args ...any) {
		t.Helper()
		if err := h.db.InTx(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), text, args...)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	change(`INSERT INTO promo_offer (id, programme_id, name) VALUES ($1, $2, 'Spring')`, offer, p.ID)
	code := func(member id.ID, ends time.Duration) *promo.Code {
		t.Helper()
		b, err := h.offers.CreateBatch(t.Context(), robot, promo.Batch{
			ProgrammeID: p.ID, OfferID: offer, Name: "Batch", Kind: promo.PersonalCodes, MaxUses: 1, Length: 8, Expires: h.now().Add(ends),
		}, "")
		if err != nil {
			t.Fatal(err)
		}
		c, err := h.offers.Personal(t.Context(), robot, p.ID, b.ID, promo.PersonalAsk{MemberID: member})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	soon, used := code(1, 48*time.Hour), code(2, 48*time.Hour)
	code(3, 96*time.Hour)
	if err := h.db.InTx(t.Context(), func(tx *db.Tx) error {
		return promo.UseCodes(t.Context(), tx, []promo.CodeUse{{ProgrammeID: p.ID, CodeID: used.ID, Text: used.Text, Times: 1, At: h.now(), Actor: "system:test"}})
	}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := h.remindOfCodes(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	told := wantedContacts(t.Context(), t, h)
	if len(told) != 1 || told[0].MemberID != 1 || told[0].Class != flow.StimulusContact || told[0].Name != "code_ends:"+soon.ID.In(id.Code) {
		t.Fatalf("told %+v", told)
	}
	c, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range i18n.Langs() {
		say := c.Printer(lang, time.UTC, "GBP")
		args := map[string]any{"code": told[0].Args["code"], "end": told[0].Args["end"]}
		if body := say.Say(i18n.Text{Key: "message.code_ends.body", Args: args}); !strings.Contains(body, soon.Printed) || strings.ContainsAny(body, "{}") {
			t.Errorf("%s: %q", lang, body)
		}
	}
}

// wantedContacts returns what members are to be told of.
func wantedContacts(ctx context.Context, t *testing.T, h *house) []flow.Contact {
	t.Helper()
	list, err := jobs.List(ctx, h.db.Reader(), jobs.Waiting, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var told []flow.Contact
	for _, j := range slices.DeleteFunc(list, func(j jobs.Info) bool { return j.Kind != flow.ContactWanted }) {
		var n flow.Contact
		if err := json.Unmarshal(j.Payload, &n); err != nil {
			t.Fatal(err)
		}
		told = append(told, n)
	}
	return told
}

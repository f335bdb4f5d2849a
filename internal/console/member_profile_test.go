package console

import (
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/sale"
)

// returnOf brings back one piece of a product.
func returnOf(sku string) *flow.Return {
	return &flow.Return{Lines: []sale.ReturnLine{{SKU: sku, Quantity: 1000}}}
}

func TestProfileIsEdited(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	b := w.as(auth.Till)
	seen := b.get(w.member(anna, "/profile")).is(t, 200)
	edit := func(form ...string) page {
		return b.post(w.member(anna, "/profile"), append([]string{"version", seen.value(t, "version"), "given", "Hanna", "family", "Nowak"}, form...)...)
	}
	edit("birth_day", "31", "birth_month", "2").is(t, 422).shows(t, "A birthday needs a day and a month that exist")
	edit("birth_day", "first", "birth_month", "2").is(t, 422).shows(t, "A birthday needs a day and a month that exist")
	edit("language", "??").is(t, 422).shows(t, "This is not a language tag")
	edit("birth_day", "3", "birth_month", "5", "birth_year", "1984", "language", "pl").is(t, 200).shows(t, "The profile was saved.", "Hanna Nowak")
	edit("given", "Zuzanna").is(t, 422).shows(t, "was changed by somebody else meanwhile")
	b.get(w.member(anna, "")).shows(t, "3 May 1984")
	w.as(auth.ReadOnly).get(w.member(anna, "/profile")).is(t, 200).hides(t, "Save")
}

func TestIdentitiesComeAndGo(t *testing.T) {
	w := newTown(t)
	anna, ben := w.join("Anna", "Nowak", "anna@example.com"), w.join("Ben", "Bell", "ben@example.com")
	b := w.as(auth.Agent)
	add := func(kind, value string) page {
		return b.post(w.member(anna, "/identities"), "kind", kind, "value", value)
	}
	add("phone", "12").is(t, 422).shows(t, "This is not a phone number")
	add("fax", "12").is(t, 422).shows(t, "A customer is known by phone")
	add("email", "ben@example.com").is(t, 422).shows(t, "This identity belongs to mem_")
	add("phone", "020 7946 0018").is(t, 200).shows(t, "The identity was added.", "+442079460018")
	b.post(w.member(anna, "/identities/remove"), "kind", "phone", "value", "+442079460018").is(t, 200).shows(t, "The identity was removed.").hides(t, "+442079460018")
	b.post(w.member(ben, "/identities/remove"), "kind", "email", "value", "anna@example.com")
	b.get(w.member(anna, "/profile")).shows(t, "anna@example.com") // one of somebody else is left alone
}

func TestConsentsKeepTheirEvidence(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	b := w.as(auth.Agent)
	record := func(form ...string) page {
		return b.post(w.member(anna, "/consents"), append(form, "purpose", "marketing", "channel", "email")...)
	}
	b.get(w.member(anna, "/profile")).shows(t, "No statements yet")
	record("answer", "yes").is(t, 422).shows(t, "Say where the consent comes from")
	record("answer", "yes", "source", "form at till 4", "text", "newsletter 2026-01").is(t, 200).
		shows(t, "The statement was recorded.", "Offers and news", "Given", "form at till 4", "newsletter 2026-01", "Some agent")
	w.clock = noon.Add(time.Hour)
	record("answer", "no", "source", "by phone").is(t, 200).shows(t, "Refused", "Given", "by phone")
	b.get(w.member(anna, "")).shows(t, "Refused").hides(t, "Given") // the latest counts
}

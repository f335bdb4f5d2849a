package console

import (
	"net/http"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/program"
	"regulars/internal/sale"
)

const conflictsAt = "/p/bean/till-conflicts"

// TestTillConflictsAreSettled lists what a till gave offline, has a note mended,
// and settles it.
func TestTillConflictsAreSettled(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Manager)
	b.get(conflictsAt).is(t, 200).shows(t, "Nothing to settle")
	anna := w.join("Anna", "Wiśniewska", "anna@example.com")
	due := int64(15_00)
	w.take(flow.Event{Kind: journal.Purchase, Who: flow.Who{MemberID: anna}, Payload: flow.Payload{
		Lines: []sale.Line{{SKU: "tea", Quantity: 1000, Amount: 20_00}}, Checkout: &flow.Checkout{Offline: true, Due: &due},
	}})
	b.get(conflictsAt).is(t, 200).shows(t, "The till took £15.00 where £20.00 was due", "£5.00", "Settle")
	reader := w.as(auth.ReadOnly)
	reader.get(conflictsAt).is(t, 200).shows(t, "taken")
	list, err := w.console.Flow.Conflicts(ctx, system, sale.ConflictQuery{ProgrammeID: w.programme.ID, Limit: 5})
	check(t, err)
	settle := conflictsAt + "/" + list[0].ID.In(id.Conflict) + "/settle"
	reader.post(settle, "note", "x").is(t, http.StatusForbidden)
	b.post(settle, "note", "").is(t, 422).shows(t, "Say in a few words how it was settled.")
	b.post(settle, "note", "written off").is(t, 200).shows(t, "Nothing to settle")
	b.get(conflictsAt+"?show=all").is(t, 200).shows(t, "settled: written off")
	w.as(auth.Marketer).get(conflictsAt).is(t, http.StatusForbidden)
}

// TestAConflictNamesTheCodeAsItWasTyped, and not as it is kept: staff look for
// what stands on the customer's paper.
func TestAConflictNamesTheCodeAsItWasTyped(t *testing.T) {
	for want, c := range map[string]sale.Conflict{
		"ONCE10": {Code: "0NCE10", Reason: i18n.Text{Key: "promo_code.refused.used_up", Args: map[string]any{"code": "ONCE10"}}},
		"0NCE10": {Code: "0NCE10", Reason: i18n.Text{Key: "promo_code.refused.used_up"}},
	} {
		if got := new(conflictList).about(&c); got != want {
			t.Errorf("it is about %q, not %q", got, want)
		}
	}
}

// TestOfflineConflictsAreASetting is chosen with the other settings.
func TestOfflineConflictsAreASetting(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Owner)
	const at = "/p/bean/programme/settings"
	b.get(at).is(t, 200).shows(t, "Sales of tills that were offline", "Refuse the sale and list why")
	b.post(at, "name", "Bean", "zone", "Europe/London", "settings/enrolment", "automatic", "settings/region", "GB", "hue", "30", "settings/control_share", "0",
		"languages", "en", "first", "en", "settings/offline_conflicts", "refuse").is(t, 200)
	p, err := w.console.Programmes.Get(ctx, system, w.programme.ID)
	if check(t, err); p.OfflineConflicts != program.RefuseOffline {
		t.Errorf("the programme does %q", p.OfflineConflicts)
	}
}

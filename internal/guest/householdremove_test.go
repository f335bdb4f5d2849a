package guest_test

import (
	"net/http"
	"strings"
	"testing"

	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
)

func refuses(t *testing.T, err error, code string) {
	t.Helper()
	if f := fault.As(err); f == nil || f.Code != code {
		t.Errorf("got %v, want %q", err, code)
	}
}

// TestTheOwnerRemovesSomebody: after a page that asks, once, and nobody else
// can.
func TestTheOwnerRemovesSomebody(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		anna, ewa := w.join("Anna", "Nowak", "anna@example.com"), w.join("Ewa", "Kowalska", "ewa@example.com")
		zoe := w.join("Zoë", "Long", "zoe@example.com")
		w.shares(household30)
		home, err := w.households.Make(ctx, system, w.programme.ID, anna)
		check(t, err)
		for _, m := range []id.ID{ewa, zoe} {
			_, err = w.households.Join(ctx, system, w.programme.ID, m, home.Code)
			check(t, err)
		}
		members := func() int {
			h, err := w.households.Of(ctx, system, w.programme.ID, anna)
			check(t, err)
			return len(h.Members)
		}
		owner, other := w.signedIn("anna@example.com"), w.signedIn("ewa@example.com")
		ask := "/me/bean/household/remove?member="
		other.get("/me/bean/household").hides("Remove")
		other.get(ask + zoe.In(id.Member)).is(http.StatusUnprocessableEntity).shows("Only the owner of a household removes")
		other.post("/me/bean/household/remove", "nonce", "n1", "member", zoe.In(id.Member)).is(http.StatusUnprocessableEntity).shows("Only the owner")
		if n := strings.Count(owner.get("/me/bean/household").body, `aria-label="Remove `); n != 2 {
			t.Errorf("%d can be removed, want 2", n)
		}
		owner.get(ask + anna.In(id.Member)).is(http.StatusUnprocessableEntity)
		page := owner.get(ask+ewa.In(id.Member)).is(http.StatusOK).shows("Remove Ewa from the household?", "keeps their own points", "Back; change nothing").hides("Kowalska")
		if members() != 3 {
			t.Fatal("asking removed somebody")
		}
		form := []string{"nonce", page.value("nonce"), "member", page.value("member")}
		for range 2 {
			owner.post("/me/bean/household/remove", form...).is(http.StatusOK).shows("They no longer belong").hides("Ewa")
		}
		if members() != 2 {
			t.Errorf("%d belong to the household", members())
		}
		other.get("/me/bean/household").shows("You belong to no household")
		letters, err := jobs.Payloads(ctx, w.db.Reader(), flow.ContactWanted)
		check(t, err)
		if len(letters) != 1 || !strings.Contains(string(letters[0]), "household_removed") {
			t.Errorf("wanted are the letters %s", letters)
		}
		_, err = w.households.Remove(ctx, system, w.programme.ID, zoe, anna)
		refuses(t, err, "household_not_owner")
		_, err = w.households.Remove(ctx, system, w.programme.ID, anna, anna)
		refuses(t, err, "household_owner_stays")
		_, err = w.households.Remove(ctx, system, w.programme.ID, anna, ewa)
		refuses(t, err, "household_stranger")
	})
}

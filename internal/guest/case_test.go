package guest_test

import (
	"net/http"
	"strings"
	"testing"

	"regulars/internal/complaint"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// complains opens a complaint of a member.
func (w *town) complains(m id.ID, text string) *complaint.Case {
	w.t.Helper()
	opened, err := w.complaints.Begin(ctx, system, w.programme.ID, complaint.Ask{
		Kind: complaint.Complaint, Reason: "quality", Wanted: complaint.WantRedo, MemberID: m, Source: complaint.FromTill, Text: text, Language: "en",
	})
	check(w.t, err)
	return opened.Case
}

// TestCasesStandInTheWallet: an open complaint shows on the first page at once,
// is read and answered without a PIN, and goes when it is solved.
func TestCasesStandInTheWallet(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		anna := w.join("Anna", "Nowak", "anna@example.com")
		w.join("Ewa", "Kowalska", "ewa@example.com")
		p := w.signedIn("anna@example.com")
		p.get("/me/bean/").hides("We are working on your complaint")
		p.get("/me/bean/cases").is(http.StatusOK).shows("You have told us nothing yet", "three taps")
		c := w.complains(anna, "The tea was cold 🫖 <b>again</b>")
		p.get("/me/bean/").shows("We are working on your complaint", "See where it stands")
		p.get("/me/bean/cases").shows("1 complaint is open", "Quality", "First answer by")
		_, err := w.complaints.Answer(ctx, system, w.programme.ID, c.ID, complaint.Answer{Text: "A new one is on its way."})
		check(t, err)
		_, err = w.complaints.Answer(ctx, system, w.programme.ID, c.ID, complaint.Answer{Text: "Third time this week", Note: true})
		check(t, err)
		path := "/me/bean/cases/" + c.Track
		page := p.get(path).is(http.StatusOK).shows("The tea was cold 🫖 <b>again</b>", "A new one is on its way.").hides("Third time")
		form := []string{"nonce", page.value("nonce"), "do", "reply", "text", "Thank you شكرا"}
		for range 2 {
			p.post(path, form...).is(http.StatusOK).shows("We have it.", "Thank you شكرا")
		}
		if n := strings.Count(p.get(path).body, "Thank you شكرا"); n != 1 {
			t.Errorf("the answer stands there %d times", n)
		}
		w.take(flow.Event{Kind: complaint.EventOpened, Occurred: w.now(), Who: flow.Who{MemberID: anna}, Payload: flow.Payload{Attributes: map[string]string{"case": c.ID.In(id.Case), "reason": c.Reason}}})
		p.get("/me/bean/history").is(http.StatusOK).shows("A complaint was made").hides("complaint_opened")
		p.post(path, "nonce", "n2", "do", "reply", "text", " ").is(http.StatusUnprocessableEntity)
		p.post(path, "nonce", "n3", "do", "nonsense").is(http.StatusUnprocessableEntity)
		other := w.signedIn("ewa@example.com")
		other.get(path).is(http.StatusNotFound)
		other.get("/me/bean/cases").hides("Quality")
		if status := other.post(path, "nonce", "n4", "do", "reply", "text", "mine").status; status != http.StatusNotFound {
			t.Errorf("another's answer is taken with %d", status)
		}
		_, err = w.complaints.Solve(ctx, system, w.programme.ID, c.ID)
		check(t, err)
		p.get("/me/bean/").hides("We are working on your complaint")
		page = p.get(path).shows("It is not solved")
		for range 2 {
			p.post(path, "nonce", page.value("nonce"), "do", "dispute").is(http.StatusOK)
		}
		p.get("/me/bean/").shows("We are working on your complaint")
	})
}

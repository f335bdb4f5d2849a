package till

import (
	"regexp"
	"strings"
	"testing"

	"regulars/internal/complaint"
	"regulars/internal/id"
)

// TestAComplaintIsTakenAtTheCounter: two taps, one case though the second is doubled,
// and the customer is told what they follow it by; it is shown there at once.
func TestAComplaintIsTakenAtTheCounter(t *testing.T) {
	eachCounter(t, func(t *testing.T, k *counter) {
		anna := k.shopper("Anna", "+442079460018", 0)
		b := k.staffed(k.ann)
		page := "/till/members/" + anna.In(id.Member)
		b.get(page).is(200).shows("Take a complaint", "Quality", "Something else").hides("A complaint of this customer is open")
		g := grievance{Member: anna.In(id.Member), Reason: "quality"}
		asked := b.post("/till/complaint", g).is(200).shows("What would help?", "Money back")
		name := regexp.MustCompile(`data-name=\\?"([A-Z0-9]{20,})`).FindStringSubmatch(asked.body)
		if name == nil {
			t.Fatalf("no name is drawn: %s", asked.body)
		}
		g.Wanted, g.Name = "refund", name[1]
		first, again := b.post("/till/complaint", g).is(200).shows("The complaint is taken", "PIN", "at "+strings.TrimPrefix(k.server.URL, "http://")+"/c/bean/track"), b.post("/till/complaint", g).is(200)
		list, err := k.c.Complaints.List(ctx, system, complaint.Query{ProgrammeID: k.programme.ID, Limit: 10})
		k.ok(err)
		if len(list) != 1 || list[0].Source != complaint.FromTill || list[0].MemberID != anna || list[0].ShopID != k.shops[0].ID || list[0].Wanted != complaint.WantRefund {
			t.Fatalf("taken is %+v", list)
		}
		if code := complaint.ShowTrack(list[0].Track); !strings.Contains(first.body, code) || first.body != again.body {
			t.Errorf("the counter says %s and then %s", first.body, again.body)
		}
		b.get(page).is(200).shows("A complaint of this customer is open")
		g.Name = ""
		b.post("/till/complaint", g).is(422)
		g.Name, g.Reason = "x", "moon"
		b.post("/till/complaint", g).is(422)
		g.Member = "mem_0"
		b.post("/till/complaint", g).is(422)
	})
}

package standard

import (
	"bytes"
	"image"
	"image/png"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/jobs"
)

func picturePNG() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 8, 6))); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// TestAMysteryVisitFromDrawToReply goes the whole way.
func TestAMysteryVisitFromDrawToReply(t *testing.T) {
	each(t, func(w *town) {
		w.crowd(3)
		w.draws(nil)
		list := w.visits(boss, Query{State: Planned})
		if len(list) != 3 {
			w.Fatalf("%d visits are planned", len(list))
		}
		v := list[0]
		w.Set(v.Opens.Add(-time.Hour))
		n, err := w.Meet(w.Context(), w.token(v))
		w.OK(err)
		if !n.Early || n.Plot.Budget != 50_00 || n.Shop.ID != v.ShopID || len(n.Spec.Criteria) != 3 {
			w.Errorf("the errand is %+v", n)
		}
		w.Refuses(w.Keep(w.Context(), w.token(v), found(1, 4, 1), nil, true), "visit_early")
		w.Set(v.Opens.Add(10 * time.Hour))
		half := Blank()
		half.Answers["greeted"] = Answer{Value: 1, Comment: "A smile."}
		w.OK(w.Keep(w.Context(), w.token(v), half, [][]byte{picturePNG()}, false))
		n, err = w.Meet(w.Context(), w.token(v))
		w.OK(err)
		if n.Answers["greeted"].Comment != "A smile." || len(n.Photos) != 1 || n.State != Planned {
			w.Errorf("kept is %+v with %v", n.Visit, n.Photos)
		}
		if f := w.file(boss, v.ID); len(f.Answers) != 0 || len(f.Photos) != 0 || f.Link == "" {
			w.Errorf("what is not sent is seen: %+v", f)
		}
		w.Refuses(w.Keep(w.Context(), w.token(v), half, nil, true), "visit_unanswered")
		w.Refuses(w.Keep(w.Context(), w.token(v), half, [][]byte{{1, 2, 3}}, false), "photo_unreadable")
		w.sends(v, found(1, 1, 1))
		w.Refuses(w.Keep(w.Context(), w.token(v), found(1, 4, 1), nil, true), "visit_sent")
		w.Refuses(w.Drop(w.Context(), w.token(v), n.Photos[0].ID), "visit_sent")
		if n, err = w.Meet(w.Context(), w.token(v)); err != nil || n.State != Sent || len(n.Answers) != 0 || n.Spec != nil {
			w.Errorf("a used link shows %+v: %v", n.Visit, err)
		}
		if _, err := w.Look(w.Context(), w.token(v), id.ID(1)); err == nil {
			w.Error("a used link shows photos")
		}
		f := w.file(boss, v.ID)
		if f.Score != 7_750 || !f.Failed || f.State != Sent || f.Failures[0] != "clean" || f.Link != "" || len(f.Photos) != 1 {
			w.Errorf("found was %+v", f)
		}
		b, err := w.Picture(w.Context(), boss, w.Programme.ID, v.ID, f.Photos[0].ID)
		if err != nil || !bytes.HasPrefix(b, []byte{0xff, 0xd8}) {
			w.Errorf("the photo is no JPEG: %v", err)
		}
		_, err = w.Correct(w.Context(), boss, w.Programme.ID, v.ID, map[string]Answer{"clean": {Value: 2}}, " ")
		w.Refuses(err, "visit_reason")
		_, err = w.Correct(w.Context(), boss, w.Programme.ID, v.ID, map[string]Answer{"clean": {Value: 2}}, "The photo shows it clean.")
		w.OK(err)
		f = w.file(boss, v.ID)
		if f.Score != 8_500 || f.Failed || f.Corrections[0].Before["clean"].Value != 1 || f.Answers["clean"].Comment != "as it was" {
			w.Errorf("corrected it is %+v", f)
		}
		_, err = w.Answer(w.Context(), boss, w.Programme.ID, v.ID, "Thank you.")
		w.OK(err)
		_, err = w.Answer(w.Context(), boss, w.Programme.ID, v.ID, "And again.")
		w.Refuses(err, "visit_replied")
		w.audited("visit.correct", 1)
		w.audited("visit.send", 1)
		w.sound()
	})
}

// TestTheTimeOfAVisit: a link works for its day and three more, and not after it
// was called off.
func TestTheTimeOfAVisit(t *testing.T) {
	each(t, func(w *town) {
		w.crowd(3)
		w.draws(nil)
		list := w.visits(boss, Query{})
		late, off := list[0], list[1]
		_, err := w.Cancel(w.Context(), boss, w.Programme.ID, off.ID)
		w.OK(err)
		_, err = w.Meet(w.Context(), w.token(off))
		w.Refuses(err, "visit_cancelled")
		w.Set(late.Closes.Add(-time.Second))
		_, err = w.Meet(w.Context(), w.token(late))
		w.OK(err)
		w.Set(late.Closes)
		_, err = w.Meet(w.Context(), w.token(late))
		w.Refuses(err, "visit_over")
		w.Refuses(w.Keep(w.Context(), w.token(late), found(1, 1, 1), nil, true), "visit_over")
		if got := w.visits(boss, Query{State: Missed}); len(got) == 0 || got[len(got)-1].State != Planned && got[0].At(w.Now()) != Missed {
			w.Errorf("missed are %v", got)
		}
		for _, token := range []string{"", "x", Token(w.Programme.Salt, 5), w.token(late) + "0"} {
			_, err = w.Meet(w.Context(), token)
			w.Refuses(err, "visit_link")
		}
		if got := late.Closes.Sub(late.Opens); got != 4*24*time.Hour {
			w.Errorf("it is open for %v", got)
		}
		if h, m := late.Opens.In(w.Programme.Zone).Hour(), late.Opens.In(w.Programme.Zone).Minute(); h != 0 || m != 0 {
			w.Errorf("the day begins at %d:%d where the shop is", h, m)
		}
	})
}

// TestMembersAreWrittenTo: a member who agreed gets their link as a contact, and
// who buys often somewhere is not sent there.
func TestMembersAreWrittenTo(t *testing.T) {
	each(t, func(w *town) {
		for _, receipt := range []string{"1", "2", "3"} {
			w.buys("ann", "north", receipt)
		}
		w.buys("ann", "south", "4")
		n, err := w.AddVisitor(w.Context(), boss, w.Programme.ID, Visitor{Kind: FromMembers, MemberID: w.ann})
		w.OK(err)
		again, err := w.AddVisitor(w.Context(), boss, w.Programme.ID, Visitor{Kind: FromMembers, MemberID: w.ann})
		w.OK(err)
		if again.ID != n.ID {
			w.Error("the same person is there twice")
		}
		_, err = w.Draw(w.Context(), boss, w.Programme.ID, Plan{ScenarioID: w.scenario, From: "2026-06-01", To: "2026-06-07", Each: 1})
		w.Refuses(err, "round_visitors") // nobody may go to the north
		w.draws(func(p *Plan) { p.Shops = w.shops[1:] })
		list, err := jobs.List(w.Context(), w.d.Reader(), jobs.Waiting, 0, 100)
		w.OK(err)
		told := 0
		for _, j := range list {
			if j.Kind == "contact.wanted" && bytes.Contains(j.Payload, []byte(`"visit_asked"`)) && !bytes.Contains(j.Payload, []byte(Token(w.Programme.Salt, w.visits(boss, Query{})[0].ID))) {
				told++
			}
		}
		if told != 2 {
			w.Errorf("%d messages were asked for", told)
		}
	})
}

// TestReceipts: a number that one sale of the shop and the day has is that sale.
func TestReceipts(t *testing.T) {
	each(t, func(w *town) {
		w.crowd(3)
		w.draws(func(p *Plan) { p.To = p.From })
		shops := map[id.ID]string{w.shops[0]: "north", w.shops[1]: "south", w.shops[2]: "west"}
		list := w.visits(boss, Query{})
		for i, v := range list {
			w.Set(v.Opens.Add(12 * time.Hour))
			if i == 0 {
				w.buys("guest", shops[v.ShopID], "R-17")
			}
			sheet := found(1, 4, 1)
			sheet.Reference = " R-17 "
			w.sends(v, sheet)
			if f := w.file(boss, v.ID); (f.SaleID != 0) != (i == 0) || f.Reference != "R-17" {
				w.Errorf("the receipt of visit %d is the sale %d", i, f.SaleID)
			}
		}
	})
}

// TestVersions: a visit keeps the version by which it was planned, a code never
// changes its kind, and two managers do not overwrite each other.
func TestVersions(t *testing.T) {
	each(t, func(w *town) {
		w.crowd(3)
		w.draws(nil)
		next := service()
		next.Criteria = append(next.Criteria[:2:2], Criterion{Code: "thanked", Form: YesNo, Weight: 1, Words: en("Were you thanked?")})
		n, err := w.Get(w.Context(), boss, w.Programme.ID, w.standard)
		w.OK(err)
		_, err = w.Change(w.Context(), boss, w.Programme.ID, w.standard, n.Edit, next)
		w.OK(err)
		_, err = w.Change(w.Context(), boss, w.Programme.ID, w.standard, n.Edit, next)
		w.Refuses(err, "standard_changed")
		other := service()
		other.Criteria[1].Top = 5
		_, err = w.Change(w.Context(), boss, w.Programme.ID, w.standard, 0, other)
		w.Refuses(err, "standard_code_reused")
		n, err = w.Publish(w.Context(), boss, w.Programme.ID, w.standard)
		w.OK(err)
		if n.Version != 2 || n.Draft != nil {
			w.Errorf("published is %+v", n)
		}
		_, err = w.Publish(w.Context(), boss, w.Programme.ID, w.standard)
		w.Refuses(err, "standard_no_draft")
		v := w.visits(boss, Query{})[0]
		w.sends(v, found(1, 4, 1))
		if f := w.file(boss, v.ID); f.Version != 1 || f.Score != 10_000 {
			w.Errorf("the sheet is of version %d with %d", f.Version, f.Score)
		}
		_, err = w.Retire(w.Context(), boss, w.Programme.ID, w.standard)
		w.OK(err)
		_, err = w.Draw(w.Context(), boss, w.Programme.ID, Plan{ScenarioID: w.scenario, From: "2026-06-01", To: "2026-06-07", Each: 1})
		w.Refuses(err, "scenario_retired")
		w.sound()
	})
}

func TestAudits(t *testing.T) {
	each(t, func(w *town) {
		ola := w.hires("Ola", auth.Agent)
		v, err := w.Announce(w.Context(), ola, w.Programme.ID, w.standard, w.shops[0], "2026-06-02")
		w.OK(err)
		if len(w.visits(w.hires("Jan", auth.ReadOnly), Query{})) != 1 {
			w.Error("an audit is announced, and nobody sees it")
		}
		_, err = w.Announce(w.Context(), ola, w.Programme.ID, w.standard, w.shops[0], "2026-05-01")
		w.Refuses(err, "audit_past")
		_, err = w.Fill(w.Context(), ola, w.Programme.ID, v.ID, found(1, 4, 0), nil)
		w.Refuses(err, "visit_early")
		w.Set(v.Opens.Add(9 * time.Hour))
		if f := w.file(ola, v.ID); f.Link == "" || f.AuditorID != ola.ID {
			w.Errorf("the auditor sees %+v", f)
		}
		got, err := w.Fill(w.Context(), ola, w.Programme.ID, v.ID, found(1, 4, 0), [][]byte{picturePNG()})
		w.OK(err)
		if !got.Failed || got.Score != 5_000 {
			w.Errorf("found was %+v", got)
		}
		r, err := w.Results(w.Context(), boss, w.Programme.ID, Span{StandardID: w.standard})
		w.OK(err)
		if r.N != 0 {
			w.Error("an audit counts among mystery visits")
		}
		w.sound()
	})
}

// TestTheCheckFindsFaults breaks what the check holds.
func TestTheCheckFindsFaults(t *testing.T) {
	each(t, func(w *town) {
		w.crowd(3)
		n := w.draws(nil)
		list := w.visits(boss, Query{})
		w.sends(list[0], found(1, 4, 1))
		w.sound()
		w.Exec(`UPDATE standard_visit SET score = 1 WHERE programme_id = $1 AND id = $2`, w.Programme.ID, list[0].ID)
		w.Exec(`UPDATE standard_visit SET visitor_id = 1 WHERE programme_id = $1 AND id = $2`, w.Programme.ID, list[1].ID)
		w.Exec(`UPDATE standard_visit SET sent = $3 WHERE programme_id = $1 AND id = $2`, w.Programme.ID, list[2].ID, db.Micros(w.Now()))
		w.sound("another score than its answers", "not what the lots of its round draw", "its sheet says otherwise")
		w.Exec(`DELETE FROM standard_visit WHERE programme_id = $1 AND round_id = $2`, w.Programme.ID, n.ID)
		w.sound("holds other visits than its lots draw")
	})
}

package standard

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
)

// TestTheShopDoesNotKnow: staff without the right to plan see no visit that is to
// come, and a manager none of the shop where they work.
func TestTheShopDoesNotKnow(t *testing.T) {
	each(t, func(w *town) {
		w.crowd(3)
		w.draws(nil)
		agent, manager := w.hires("Ola", auth.Agent), w.hires("Jan", auth.Manager, w.shops[0])
		if list := w.visits(agent, Query{}); len(list) != 0 {
			w.Errorf("an agent sees %d visits that are to come", len(list))
		}
		list := w.visits(manager, Query{})
		if len(list) != 2 {
			w.Errorf("a manager of one shop of three sees %d visits", len(list))
		}
		for _, v := range list {
			if v.ShopID == w.shops[0] {
				w.Error("and that of the own shop")
			}
		}
		own := w.visits(boss, Query{ShopID: w.shops[0]})[0]
		for _, a := range []auth.Actor{agent, manager} {
			_, err := w.Visit(w.Context(), a, w.Programme.ID, own.ID)
			w.Refuses(err, "unknown_visit")
			_, err = w.Cancel(w.Context(), a, w.Programme.ID, own.ID)
			w.Refuses(err, "unknown_visit")
			_, err = w.Picture(w.Context(), a, w.Programme.ID, own.ID, 1)
			w.Refuses(err, "unknown_visit")
		}
		for _, err := range []error{
			second(w.Scenarios(w.Context(), agent, w.Programme.ID)), second(w.Rounds(w.Context(), agent, w.Programme.ID)), second(w.Visitors(w.Context(), agent, w.Programme.ID)),
			second(w.Draw(w.Context(), agent, w.Programme.ID, Plan{})), second(w.Correct(w.Context(), agent, w.Programme.ID, own.ID, nil, "x")),
		} {
			w.Refuses(err, "not_permitted")
		}
		w.sends(own, found(1, 1, 1))
		for _, a := range []auth.Actor{agent, manager} {
			if f := w.file(a, own.ID); f.VisitorID != 0 || f.Score != 7_750 {
				w.Errorf("%s sees who came: %d", a.Name, f.VisitorID)
			}
		}
		_, err := w.Correct(w.Context(), manager, w.Programme.ID, own.ID, map[string]Answer{"clean": {Value: 4}}, "It was clean.")
		w.Refuses(err, "visit_own_shop")
	})
}

func second[T any](_ T, err error) error { return err }

// TestStaffSeeTheirOwnErrands and nobody is sent where they work.
func TestStaffSeeTheirOwnErrands(t *testing.T) {
	each(t, func(w *town) {
		ola := w.hires("Ola", auth.Till, w.shops[0])
		_, err := w.AddVisitor(w.Context(), boss, w.Programme.ID, Visitor{Kind: FromStaff, StaffID: ola.ID})
		w.OK(err)
		_, err = w.Draw(w.Context(), boss, w.Programme.ID, Plan{ScenarioID: w.scenario, From: "2026-06-01", To: "2026-06-07", Each: 1})
		w.Refuses(err, "round_visitors")
		w.draws(func(p *Plan) { p.Shops = w.shops[1:2] })
		list, err := w.Mine(w.Context(), ola, w.Programme.ID)
		w.OK(err)
		if len(list) != 1 || list[0].ShopID != w.shops[1] || list[0].Link != Path+w.token(list[0].Visit) {
			w.Errorf("Ola is to make %v", list)
		}
		if list, err = w.Mine(w.Context(), w.hires("Jan", auth.Till), w.Programme.ID); err != nil || len(list) != 0 {
			w.Errorf("Jan is to make %v: %v", list, err)
		}
	})
}

// TestNoWayLeadsToTheOwnShopsVisits: not by the errands of others either; and who
// may not know who came is not told of the receipt, which names them.
func TestNoWayLeadsToTheOwnShopsVisits(t *testing.T) {
	each(t, func(w *town) {
		w.crowd(1)
		ola := w.hires("Ola", auth.Till)
		_, err := w.AddVisitor(w.Context(), boss, w.Programme.ID, Visitor{Kind: FromStaff, StaffID: ola.ID})
		w.OK(err)
		w.draws(func(p *Plan) { p.Each = 2 }) // both go to every shop
		manager, agent := w.hires("Jan", auth.Manager, w.shops[0]), w.hires("Eva", auth.Agent)
		all, err := w.StaffVisits(w.Context(), boss, w.Programme.ID, ola.ID)
		w.OK(err)
		some, err := w.StaffVisits(w.Context(), manager, w.Programme.ID, ola.ID)
		w.OK(err)
		if len(all) != 3 || len(some) != 2 {
			w.Errorf("of Ola's %d errands a manager sees %d", len(all), len(some))
		}
		for _, f := range some {
			if f.ShopID == w.shops[0] {
				w.Errorf("the manager gets the way to the sheet of the own shop: %s", f.Link)
			}
		}
		own := w.visits(boss, Query{ShopID: w.shops[0]})[0]
		w.Set(own.Opens.Add(11 * time.Hour))
		w.buys("ann", "north", "R-1")
		sheet := found(1, 1, 1)
		sheet.Reference = "R-1"
		w.sends(own, sheet)
		if f := w.file(boss, own.ID); f.Reference != "R-1" || f.SaleID == 0 {
			w.Fatalf("the receipt is %q, of the sale %v", f.Reference, f.SaleID)
		}
		for _, a := range []auth.Actor{manager, agent} {
			if f := w.file(a, own.ID); f.Reference != "" || f.SaleID != 0 || f.VisitorID != 0 {
				w.Errorf("%s is led to who came: %q, %v", a.Name, f.Reference, f.SaleID)
			}
		}
	})
}

// TestRatersDoNotSway: of a visit that two rate, who has not sent their own sheet
// does not see what the other found.
func TestRatersDoNotSway(t *testing.T) {
	each(t, func(w *town) {
		raters := map[id.ID]auth.Actor{}
		for _, name := range []string{"Ola", "Jan"} {
			a := w.hires(name, auth.Manager)
			n, err := w.AddVisitor(w.Context(), boss, w.Programme.ID, Visitor{Kind: FromStaff, StaffID: a.ID})
			w.OK(err)
			raters[n.ID] = a
		}
		w.draws(func(p *Plan) { p.Shops, p.Doubles = w.shops[:1], 1 })
		pair := w.visits(boss, Query{})
		if len(pair) != 2 {
			w.Fatalf("%d sheets of one visit", len(pair))
		}
		first, second := raters[pair[0].VisitorID], raters[pair[1].VisitorID]
		w.sends(pair[0], found(1, 1, 1))
		_, err := w.Visit(w.Context(), second, w.Programme.ID, pair[0].ID)
		w.Refuses(err, "unknown_visit")
		if list := w.visits(second, Query{}); len(list) != 1 || list[0].ID != pair[1].ID {
			w.Errorf("the second rater sees %d sheets", len(list))
		}
		if f := w.file(first, pair[0].ID); f.Score == Unjudged {
			w.Error("the first does not see their own")
		}
		w.sends(pair[1], found(1, 3, 1))
		for _, a := range raters {
			if list := w.visits(a, Query{}); len(list) != 2 {
				w.Errorf("afterwards %s sees %d sheets", a.Name, len(list))
			}
		}
	})
}

// TestErasedVisitors leaves nothing of what they wrote, in any table, and keeps
// the counts.
func TestErasedVisitors(t *testing.T) {
	each(t, func(w *town) {
		_, err := w.AddVisitor(w.Context(), boss, w.Programme.ID, Visitor{Kind: FromMembers, MemberID: w.ann})
		w.OK(err)
		w.draws(func(p *Plan) { p.Each = 1 })
		list := w.visits(boss, Query{})
		const marker = "MARKER-7F"
		sheet := found(1, 1, 1)
		sheet.Remark, sheet.Reference = marker, marker
		sheet.Answers["clean"] = Answer{Value: 1, Comment: marker}
		w.sends(list[0], sheet, picturePNG())
		_, err = w.Correct(w.Context(), boss, w.Programme.ID, list[0].ID, map[string]Answer{"clean": {Value: 2}}, "Looked again.")
		w.OK(err)
		var export any
		w.OK(w.d.View(w.Context(), func(q db.Queryer) (err error) {
			export, err = Room().Export(w.Context(), q, w.Programme.ID, []id.ID{w.ann})
			return err
		}))
		told, err := json.Marshal(export)
		w.OK(err)
		if strings.Count(string(told), marker) != 3 || !bytes.Contains(told, []byte(`"photos":["`)) {
			w.Errorf("Ann is told %s", told)
		}
		w.OK(w.d.InTx(w.Context(), func(tx *db.Tx) error { return Room().Erase(w.Context(), tx, w.Programme.ID, []id.ID{w.ann}) }))
		w.Exec(`UPDATE member SET status = 'erased' WHERE id = $1`, w.ann)
		w.sound()
		if left := w.dump(); strings.Contains(left, marker) || strings.Contains(left, `"photos"`) {
			w.Errorf("left is %s", left)
		}
		f := w.file(boss, list[0].ID)
		if f.Score != 8_500 || len(f.Photos) != 0 || len(f.Corrections) != 1 {
			w.Errorf("the sheet is %+v", f)
		}
		if planned := w.visits(boss, Query{State: Planned}); len(planned) != 0 {
			w.Errorf("somebody erased is to make %d visits", len(planned))
		}
		w.Exec(`UPDATE standard_visit SET remark = 'x' WHERE programme_id = $1 AND id = $2`, w.Programme.ID, list[0].ID)
		w.sound("was erased and still tells")
	})
}

// dump is all that the room exports of the programme.
func (w *town) dump() string {
	var b strings.Builder
	w.OK(w.d.View(w.Context(), func(q db.Queryer) error {
		b.Reset()
		return Room().Dump(w.Context(), q, w.Programme.ID, func(table string, record any) error {
			text, err := json.Marshal(record)
			b.WriteString(table + " " + string(text) + "\n")
			return err
		})
	}))
	return b.String()
}

// TestForgottenOutsiders: the name goes, what they found stays.
func TestForgottenOutsiders(t *testing.T) {
	each(t, func(w *town) {
		n := w.outsider("Magdalena")
		w.draws(func(p *Plan) { p.Shops = w.shops[:1] })
		w.Set(w.Now().Add(time.Hour))
		w.OK(w.Forget(w.Context(), boss, w.Programme.ID, n.ID))
		if strings.Contains(w.dump(), "Magdalena") || strings.Contains(w.dump(), "agency") {
			w.Error("the name is still there")
		}
		if list := w.visits(boss, Query{State: Cancelled}); len(list) != 1 {
			w.Errorf("called off are %d", len(list))
		}
		w.Refuses(w.Forget(w.Context(), boss, w.Programme.ID, 5), "unknown_visitor")
		w.sound()
	})
}

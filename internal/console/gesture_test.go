package console

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/gesture"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/program"
)

const gesturesAt = "/p/bean/gestures"

// favours adds a gesture as the form fills it in.
func (w *town) favours(change func(*gesture.Spec)) *gesture.Gesture {
	w.t.Helper()
	s := gesture.Spec{
		Kind: gesture.Favour, Names: gesture.Words{"en": "A biscuit with the coffee", "ru": "Печенье к кофе: " + longWord, "pl": "Ciastko do kawy"}, Fits: gesture.Words{"en": "It rains."},
		Does: gesture.Words{"en": "Put one on the saucer and say that it is from <us>."}, Cost: 20, EveryDays: 365,
	}
	if change != nil {
		change(&s)
	}
	g, err := w.console.Gestures.Add(ctx, system, w.programme.ID, s)
	check(w.t, err)
	return g
}

// crowd adds members, each with a purchase at a moment.
func (w *town) crowd(n int, at time.Time) []id.ID {
	w.t.Helper()
	all := make([]member.Newcomer, n)
	for i := range all {
		all[i] = member.Newcomer{
			Member:     &member.Member{ProgrammeID: w.programme.ID, Status: member.Enrolled, GivenName: "Ann", Created: at, Enrolled: at},
			Identities: []member.Identity{{Kind: member.External, Value: fmt.Sprint("crowd", at.Unix(), i)}},
		}
	}
	check(w.t, w.console.DB.InTx(ctx, func(tx *db.Tx) error { return member.Insert(ctx, tx, all) }))
	ids := make([]id.ID, n)
	for i := range all {
		ids[i] = all[i].Member.ID
	}
	w.bought(ids, at, 1500)
	return ids
}

func (w *town) bought(people []id.ID, at time.Time, amount int64) {
	w.t.Helper()
	check(w.t, w.console.DB.InTx(ctx, func(tx *db.Tx) error {
		for _, who := range people {
			e := &journal.Event{
				ID: tx.IDs().New(), ProgrammeID: w.programme.ID, MemberID: who, Kind: journal.Purchase, Source: "till", ExternalID: fmt.Sprint(who, at.UnixMicro()),
				Occurred: at, Recorded: at, Body: []byte("{}"), Hash: []byte{1},
			}
			if err := journal.Append(ctx, tx, []*journal.Event{e}); err != nil { // by which the sale is found
				return err
			}
			if _, err := tx.Exec(ctx, `INSERT INTO sale (id, member_id, programme_id, occurred, shop_id, reference, goods, total, returned, nth) VALUES ($1, $2, $3, $4, 0, 'x', $5, $5, 0, 1)`,
				e.ID, who, w.programme.ID, db.Micros(at), amount); err != nil {
				return err
			}
		}
		return nil
	}))
}

// measures lets a gesture have been given to many, and held out from others, a
// hundred days ago, and then been retired half a year ago where it is said.
func (w *town) measures(g *gesture.Gesture, n int) {
	w.t.Helper()
	people := w.crowd(n, w.clock.AddDate(0, 0, -5))
	others := w.crowd(n, w.clock.AddDate(0, 0, -6))
	for i, who := range people {
		given, _ := w.console.Gestures.Give(ctx, system, w.programme.ID, gesture.Wish{GestureID: g.ID, MemberID: who, Note: "soaked"})
		if back := 3; given != nil && given.State == gesture.Withheld || i%back == 0 {
			continue
		}
		w.bought([]id.ID{who}, w.clock.AddDate(0, 0, 20), 2500)
	}
	w.bought(others[:n/4], w.clock.AddDate(0, 0, 20), 1000)
	w.clock = w.clock.AddDate(0, 0, 100)
}

func TestGesturesAreKeptInTheLibrary(t *testing.T) {
	w := newTown(t)
	_, err := w.console.Programmes.AddShop(ctx, system, program.Shop{ProgrammeID: w.programme.ID, Code: "harbour", Name: "Harbour"})
	check(t, err)
	b := w.as(auth.Owner)
	b.get(gesturesAt).is(t, 200).shows(t, "No gesture yet", "New gesture")
	b.get(gesturesAt+"/new").is(t, 200).shows(t, "A gesture is given once.", "Harbour")
	b.get(gesturesAt+"/new?kind=tip").is(t, 200).shows(t, "New honest tip").hides(t, "Held out by the draw")
	form := []string{"version", "0", "kind", "gesture", "names_en", "A biscuit", "does_en", "Put it on the saucer.", "cost", "0.20", "every_days", "365", "month_most", "100", "calm_days", "14", "withhold", "20"}
	b.post(gesturesAt+"/new", append([]string{"every_days", "7"}, form...)...).is(t, http.StatusUnprocessableEntity).shows(t, "at most once in 30 days")
	b.post(gesturesAt+"/new", "kind", "gesture", "every_days", "365").is(t, http.StatusUnprocessableEntity).shows(t, "Words in the programme’s first language")
	b.post(gesturesAt+"/new", form...).is(t, 200).shows(t, "Saved.", "A biscuit", "£0.20", "20%", "Not given to anybody yet.", "Too few for a figure")
	list, err := w.console.Gestures.List(ctx, system, w.programme.ID)
	check(t, err)
	one := gesturesAt + "/" + list[0].ID.In(id.Gesture)
	b.get(gesturesAt).is(t, 200).shows(t, "in use, measured", "once in 365 days · 100 a month per shop")
	form[1] = "1"
	b.post(one+"/edit", form...).is(t, 200).shows(t, "Saved.")
	b.post(one+"/edit", form...).is(t, http.StatusUnprocessableEntity).shows(t, "Somebody changed this gesture meanwhile")
	b.post(one+"/retire").is(t, 200).shows(t, "It is out of use.", "What followed is shown from")
	b.get(gesturesAt+"/gst_01h9x3k7q2v5n").is(t, 404)
	for _, action := range []string{"gesture.add", "gesture.change", "gesture.retire"} {
		has(t, w.audited(), action)
	}
	reader := w.as(auth.ReadOnly)
	reader.get(one).is(t, 200).hides(t, "Take out of use")
	reader.get(gesturesAt+"/new").is(t, 403)
	w.as(auth.Till).get(gesturesAt).is(t, 403)
}

func TestAGestureIsGivenOnTheMembersPage(t *testing.T) {
	w := newTown(t)
	m := w.join("Ann", "Doe", "ann@example.com")
	b := w.as(auth.Owner)
	b.get(w.member(m, "")).is(t, 200).hides(t, "Nothing was given to them yet.")
	g := w.favours(nil)
	w.favours(func(s *gesture.Spec) {
		s.Kind, s.Names, s.Cost, s.EveryDays = gesture.Tip, gesture.Words{"en": "The cheaper one"}, 0, 0
	})
	b.get(w.member(m, "")).is(t, 200).shows(t, "Nothing was given to them yet.")
	page := w.member(m, "/gestures")
	b.get(page).is(t, 200).shows(t, "A biscuit with the coffee", "say that it is from <us>", "Of a tip: products and what was saved", "Ask here before you give it")
	give := []string{"gesture", g.ID.In(id.Gesture), "name", "console:1", "note", "She was soaked"}
	b.post(page, "gesture", "", "name", "console:0").is(t, http.StatusUnprocessableEntity)
	b.post(page, give...).is(t, 200).shows(t, "It is noted. You can give it.", "She was soaked", "Take back")
	b.post(page, give...).is(t, 200)
	b.post(page, "gesture", g.ID.In(id.Gesture), "name", "console:2").is(t, http.StatusUnprocessableEntity).shows(t, "They had it on")
	b.get(w.member(m, "")).is(t, 200).shows(t, "A biscuit with the coffee · given")
	list, err := w.console.Gestures.Givings(ctx, system, gesture.Query{ProgrammeID: w.programme.ID})
	check(t, err)
	back := page + "/" + list[0].ID.In(id.Giving) + "/take-back"
	b.post(back, "reason", "").is(t, http.StatusUnprocessableEntity).shows(t, "Say why it is taken back.")
	b.post(back, "reason", "the next customer").is(t, 200).shows(t, "It is taken back.", "the next customer", "taken back")
	reader := w.as(auth.ReadOnly)
	reader.get(page).is(t, 200).hides(t, "Note it")
	reader.post(page, give...).is(t, 403)
	b.get(gesturesAt+"/"+g.ID.In(id.Gesture)).is(t, 200).shows(t, "Ann Doe", "taken back")
}

// TestTheResultsSayHowSureTheyAre: an effect where the draw held some out, what
// followed beside others, and what a withdrawal changed.
func TestTheResultsSayHowSureTheyAre(t *testing.T) {
	w := newTown(t)
	g := w.favours(func(s *gesture.Spec) { s.Withhold = 5000 })
	w.measures(g, 130)
	one := gesturesAt + "/" + g.ID.In(id.Gesture)
	w.as(auth.Owner).get(one).is(t, 200).shows(t, "It brought people back:", "one costs £0.20", "An effect: chance alone decides", "An association, no proof", "others like them", "they bought for £")
	_, err := w.console.Gestures.Retire(ctx, system, w.programme.ID, g.ID)
	check(t, err)
	w.clock = w.clock.AddDate(0, 0, gesture.WithdrawalDays)
	w.as(auth.Owner).get(one).is(t, 200).shows(t, "When it was taken out of use", "difference in differences", "180 days before, each")
}

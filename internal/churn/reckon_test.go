package churn

import (
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/churn/churntest"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/promise"
	"regulars/internal/sale"
	"regulars/internal/survey"
)

// TestWhoFallsSilentIsSeen follows some people: one who buys on, one who left,
// one who comes back, one with too few days.
func TestWhoFallsSilentIsSeen(t *testing.T) {
	each(t, func(w *town) {
		w.Crowd()
		w.Bought("regular", churntest.Every(14, 200, 4)...)
		w.Bought("gone", churntest.Every(14, 260, 120)...)
		w.Bought("gone", 120) // the same day twice is one day
		w.Bought("few", 30, 20)
		w.Take()
		w.looks()
		w.is("regular", Active, None)
		gone := w.is("gone", Silent, None)
		if gone.Days != 11 || gone.Low != 14 || gone.High != 14 || gone.Goods != 12*100_00 || int64(DayOf(w.Now(), w.Programme.Zone)-gone.Last) != 120 {
			t.Errorf("the evidence is %+v", gone)
		}
		w.is("few", "", None)
		n, err := w.Summary(t.Context(), boss, w.Programme.ID)
		w.OK(err)
		if n.Model == nil || n.Model.Repeaters < LeastRepeaters || n.Run.Members != 83 || n.Run.Few != 21 || n.Said() != 62 || n.Left[None] != n.Count[Silent] {
			t.Errorf("the summary is %+v, %+v", n, n.Model)
		}
		if got := w.lists(func(q *Query) { q.State = Silent }); len(got) != int(n.Count[Silent]) || !slices.Contains(got, "gone") {
			t.Errorf("silent are %v", got)
		}
		w.looks()
		if n, err = w.Summary(t.Context(), boss, w.Programme.ID); err != nil || n.Run.Changed != 0 {
			t.Errorf("a second look changes %+v, %v", n.Run, err)
		}
		w.Set(w.Now().AddDate(0, 0, 3))
		w.Bought("gone", 1)
		w.Take()
		w.looks()
		back := w.is("gone", Returned, None)
		_, changes := w.stands("gone")
		if len(changes) != 2 || changes[0].From != Silent || changes[0].To != Returned || changes[0].Day != back.Last || changes[1].To != Silent || changes[1].From != "" {
			t.Errorf("the changes are %+v", changes)
		}
	})
}

// TestSilenceComesByItself lets a regular customer stay away, night by night.
func TestSilenceComesByItself(t *testing.T) {
	each(t, func(w *town) {
		w.Crowd()
		w.Bought("ann", churntest.Every(10, 200, 10)...)
		w.Take()
		var seen []State
		var from []Day
		var ann Standing
		for range 20 {
			w.OK(w.reckon(t.Context(), reckoning{ProgrammeID: w.Programme.ID}, func(done, total int64) error {
				if done > total || total != 81 {
					t.Errorf("%d of %d", done, total)
				}
				return nil
			}))
			ann, _ = w.stands("ann")
			if len(seen) == 0 || seen[len(seen)-1] != ann.State {
				seen, from = append(seen, ann.State), append(from, ann.Since)
			}
			w.Set(w.Now().AddDate(0, 0, 5))
		}
		if !slices.Equal(seen, []State{Active, Slipping, Silent}) {
			t.Errorf("she was %v", seen)
		}
		_, changes := w.stands("ann")
		if len(changes) != 2 || changes[0].Day != from[2] || changes[1].Day != from[1] {
			t.Errorf("the changes are %+v, and should be from %v", changes, from)
		}
		if m, err := loadModel(t.Context(), w.DB.Reader(), w.Programme.ID); err != nil || m.Number < 3 || m.Number > 5 {
			t.Errorf("in 100 days it was learnt %+v, %v", m, err)
		}
	})
}

// TestTroubleBeforeTheSilenceIsNamed gives five people trouble of every kind, and
// one trouble too long ago.
func TestTroubleBeforeTheSilenceIsNamed(t *testing.T) {
	each(t, func(w *town) {
		w.Crowd()
		for _, name := range []string{"complained", "answered", "waited", "returned", "long ago", "content"} {
			w.Bought(name, churntest.Every(10, 300, 150)...)
		}
		w.Take()
		today := w.Now()
		at := func(ago int) { w.Set(today.AddDate(0, 0, -ago)) }
		opens := func(name string, kind complaint.Kind, source complaint.Source) {
			w.n++
			ask := complaint.Ask{MemberID: w.Members[name], Kind: kind, Reason: "quality", Wanted: complaint.JustTelling, Source: source, Name: name, Text: "Bitter"}
			_, err := w.cases.Begin(t.Context(), boss, w.Programme.ID, ask)
			w.OK(err)
		}
		at(145)
		opens("complained", complaint.Complaint, complaint.FromAPI)
		opens("content", complaint.Praise, complaint.FromAPI)
		at(290)
		opens("long ago", complaint.Complaint, complaint.FromAPI)
		at(155)
		_, err := w.promise.Make(t.Context(), boss, promise.New{
			ProgrammeID: w.Programme.ID, MemberID: w.Members["waited"], Kind: promise.Delivery, What: "a pot", Source: "shop", ExternalID: "o-1", Due: w.Now().AddDate(0, 0, 1),
		})
		w.OK(err)
		at(150)
		_, err = w.promise.Sweep(t.Context())
		w.OK(err)
		opens("waited", complaint.Complaint, complaint.FromPromise) // the promise is the trouble
		nps, err := w.Surveys.Create(t.Context(), boss, w.Programme.ID, survey.Spec{Kind: survey.NPS, Names: survey.Words{"en": "Recommend"}, Questions: []survey.Question{
			{Code: "score", Form: survey.Scale, To: 10, Words: survey.Words{"en": "How likely?"}},
		}})
		w.OK(err)
		nps, err = w.Surveys.Publish(t.Context(), boss, w.Programme.ID, nps.ID)
		w.OK(err)
		for name, score := range map[string]int{"answered": 6, "content": 7} {
			_, err = w.Surveys.Bring(t.Context(), boss, w.Programme.ID, nps.ID, []survey.Brought{{
				Source: "test", ExternalID: name, MemberID: w.Members[name], Shop: "main", Occurred: w.Now(), Answers: survey.Answers{"score": {Number: score}}, Lang: "en",
			}})
			w.OK(err)
		}
		_, err = w.Flow.TakeOne(t.Context(), &flow.Event{
			ProgrammeID: w.Programme.ID, Source: "till", ExternalID: "back", Kind: journal.Return, Occurred: w.Now().Add(time.Hour), Shop: "main", Actor: boss,
			Who:     flow.Who{Identities: []member.Identity{{Kind: member.External, Value: "returned"}}},
			Payload: flow.Payload{Currency: "PLN", Return: &flow.Return{Lines: []sale.ReturnLine{{SKU: "pot", Quantity: 500}}}},
		})
		w.OK(err)
		at(0)
		w.looks()
		w.is("complained", Silent, Complaint)
		w.is("waited", Silent, Broken)
		w.is("answered", Silent, LowAnswer)
		w.is("returned", Silent, Return)
		w.is("long ago", Silent, None)
		w.is("content", Silent, None)
		n, err := w.Summary(t.Context(), boss, w.Programme.ID)
		w.OK(err)
		if n.Left[Complaint] != 1 || n.Left[Broken] != 1 || n.Left[LowAnswer] != 1 || n.Left[Return] != 1 || n.Left[None] != n.Count[Silent]-4 {
			t.Errorf("left are %v", n.Left)
		}
		if got := w.lists(func(q *Query) { q.State, q.Trouble = Silent, LowAnswer }); !slices.Equal(got, []string{"answered"}) {
			t.Errorf("after a low answer left %v", got)
		}
		if got := w.lists(func(q *Query) { q.State, q.Unspoken = Silent, true }); slices.Contains(got, "answered") || !slices.Contains(got, "content") {
			t.Errorf("without a word left %v", got)
		}
		w.sets(func(s *Settings) { s.Before = 200 })
		w.looks()
		w.is("long ago", Silent, Complaint)
	})
}

func (w *town) sets(change func(*Settings)) {
	w.Helper()
	s, version, err := w.Settings(w.Context(), boss, w.Programme.ID)
	w.OK(err)
	change(&s)
	w.OK(w.SetSettings(w.Context(), boss, w.Programme.ID, version, s))
}

// TestPeopleOfTwoAccountsAreOne merges two of too few days, and parts and erases
// them again.
func TestPeopleOfTwoAccountsAreOne(t *testing.T) {
	each(t, func(w *town) {
		w.Crowd()
		w.Bought("ann", 200, 190)
		w.Bought("anna", 195, 180)
		w.Bought("bob", churntest.Every(10, 300, 150)...)
		w.Take()
		w.looks()
		w.is("ann", "", None)
		merging, err := w.Flow.Merge(t.Context(), boss, w.Programme.ID, w.Members["ann"], w.Members["anna"])
		w.OK(err)
		w.looks()
		if n := w.is("anna", Silent, None); n.MemberID != w.Members["ann"] || n.Days != 4 || n.Low != 5 || n.High != 10 {
			t.Errorf("together they are %+v", n)
		}
		_, err = w.Flow.Unmerge(t.Context(), boss, w.Programme.ID, merging.ID)
		w.OK(err)
		w.looks()
		if _, changes := w.stands("ann"); len(changes) != 2 || changes[0].To != "" {
			t.Errorf("parted, she changed %+v", changes)
		}
		_, err = w.Flow.Merge(t.Context(), boss, w.Programme.ID, w.Members["ann"], w.Members["bob"])
		w.OK(err)
		w.looks()
		if n := w.is("bob", Silent, None); n.MemberID != w.Members["ann"] {
			t.Errorf("bob stands by himself: %+v", n)
		}
		w.OK(w.Flow.Erase(t.Context(), boss, w.Programme.ID, w.Members["ann"]))
		w.looks()
		for _, table := range []string{"churn_standing", "churn_change"} {
			var n int
			w.OK(w.DB.Reader().QueryRow(t.Context(), `SELECT COUNT(*) FROM `+table+` WHERE member_id IN ($1, $2)`, w.Members["ann"], w.Members["bob"]).Scan(&n))
			if n != 0 {
				t.Errorf("%s keeps %d rows of the erased", table, n)
			}
		}
	})
}

// TestOfTooFewNothingIsSaid has three regular customers alone, none of whom bought
// on few days.
func TestOfTooFewNothingIsSaid(t *testing.T) {
	each(t, func(w *town) {
		for _, name := range []string{"a", "b", "c"} {
			w.Bought(name, churntest.Every(10, 300, 150)...)
		}
		w.Take()
		w.looks()
		n, err := w.Summary(t.Context(), boss, w.Programme.ID)
		w.OK(err)
		if n.Model != nil || n.Said() != 0 || n.Run.Few != 0 || len(w.lists(nil)) != 0 {
			t.Errorf("the summary is %+v", n)
		}
	})
}

// TestWhatWasForetoldIsHeldAgainstWhatCame has two fall silent, one of whom comes
// back.
func TestWhatWasForetoldIsHeldAgainstWhatCame(t *testing.T) {
	each(t, func(w *town) {
		w.Crowd()
		w.Bought("back", churntest.Every(8, 200, 2)...)
		w.Bought("away", churntest.Every(8, 200, 2)...)
		w.Take()
		w.looks()
		first, err := w.Summary(t.Context(), boss, w.Programme.ID)
		w.OK(err)
		if first.Foretold != 0 {
			t.Errorf("the first look foretold %d", first.Foretold)
		}
		w.Set(w.Now().AddDate(0, 0, 60))
		w.looks()
		w.is("back", Silent, None)
		w.Bought("back", 0)
		w.Take()
		w.looks()
		w.Set(w.Now().AddDate(0, 0, 80))
		w.looks()
		n, err := w.Summary(t.Context(), boss, w.Programme.ID)
		w.OK(err)
		if n.Foretold < 2 || n.Came != 1 || n.CameBack().Value*float64(n.Foretold) < 0.99 {
			t.Errorf("of %d foretold %d came", n.Foretold, n.Came)
		}
	})
}

func TestTheListGoesInPages(t *testing.T) {
	each(t, func(w *town) {
		w.Crowd()
		w.Take()
		w.looks()
		all := w.lists(nil)
		var paged []string
		for q := (Query{}); len(paged) < len(all); {
			page := w.lists(func(p *Query) { p.Limit, p.Before = 7, q.Before })
			if len(page) == 0 {
				break
			}
			paged = append(paged, page...)
			n, _ := w.stands(page[len(page)-1])
			q.Before = n.Cursor()
		}
		if !slices.Equal(all, paged) || len(all) != 60 {
			t.Errorf("the pages have %v, the list %v", paged, all)
		}
		if got := w.lists(func(q *Query) { q.Least = 30 * 100_00 }); len(got) == 0 || len(got) == len(all) {
			t.Errorf("%d bought for 3,000 and more", len(got))
		}
		if got := w.lists(func(q *Query) { q.ShopID = 4711 }); len(got) != 0 {
			t.Errorf("of no shop: %v", got)
		}
	})
}

func TestWhoMayDoWhat(t *testing.T) {
	each(t, func(w *town) {
		elsewhere := w.Founds(program.Programme{Slug: "tea"})
		of := func(r auth.Role) auth.Actor {
			return auth.Actor{Kind: auth.KindStaff, ID: 7, Roles: []auth.Assignment{{ProgrammeID: w.Programme.ID, Role: r}}}
		}
		if _, err := w.Summary(t.Context(), of(auth.ReadOnly), w.Programme.ID); err != nil {
			t.Error(err)
		}
		for what, err := range map[string]error{
			"summary":   second(w.Summary(t.Context(), of(auth.Till), w.Programme.ID)),
			"elsewhere": second(w.Summary(t.Context(), of(auth.Owner), elsewhere.ID)),
			"list":      second(w.List(t.Context(), of(auth.Till), Query{ProgrammeID: w.Programme.ID, Limit: 1})),
			"settings":  w.SetSettings(t.Context(), of(auth.Agent), w.Programme.ID, 0, DefaultSettings()),
			"look":      w.Ask(t.Context(), of(auth.ReadOnly), w.Programme.ID),
		} {
			if err == nil {
				t.Errorf("%s is let through", what)
			}
		}
		w.OK(w.SetSettings(t.Context(), of(auth.Manager), w.Programme.ID, 0, DefaultSettings()))
		w.Refuses(w.SetSettings(t.Context(), boss, w.Programme.ID, 0, DefaultSettings()), "churn_settings_changed")
		w.Refuses(w.SetSettings(t.Context(), boss, w.Programme.ID, 1, Settings{}), "churn_chance")
		w.OK(w.Ask(t.Context(), of(auth.Marketer), w.Programme.ID))
		w.OK(w.Nightly(t.Context()))
		_, _, err := w.Of(t.Context(), boss, elsewhere.ID, 4711)
		w.Refuses(err, "unknown_member")
	})
}

func second[T any](_ T, err error) error { return err }

// TestTheCheckSeesWhatIsWrong breaks standings one after another.
func TestTheCheckSeesWhatIsWrong(t *testing.T) {
	each(t, func(w *town) {
		w.Crowd()
		w.Take()
		w.looks()
		one := w.lists(nil)[0]
		for _, c := range []struct{ set, says string }{
			{`days = 2`, "bought on 2 days"}, {`low = high + 1`, "usually waits"}, {`slips = quiet + 1`, "slips after"}, {`since = since + 1, state = 'silent'`, "is silent since"},
		} {
			kept, err := selectStandings(t.Context(), w.DB.Reader(), `WHERE s.member_id = $1`, w.Members[one])
			w.OK(err)
			w.OK(w.DB.InTx(t.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec(t.Context(), `UPDATE churn_standing SET `+c.set+` WHERE member_id = $1`, w.Members[one])
				return err
			}))
			if got := w.faults(); !strings.Contains(got, c.says) {
				t.Errorf("%s: the check says %q", c.set, got)
			}
			w.OK(w.DB.InTx(t.Context(), func(tx *db.Tx) error {
				return tx.Upsert(t.Context(), standingTable, [][]any{kept[0].row(w.Programme.ID)})
			}))
		}
		w.OK(w.DB.InTx(t.Context(), func(tx *db.Tx) error {
			n := Standing{MemberID: 4711, State: Active, Habit: Habit{Days: 3, First: 1, Last: 9, Low: 1, Middle: 4, High: 7, Slips: 5, Quiet: 9}, Since: 9}
			return tx.Upsert(t.Context(), standingTable, [][]any{n.row(w.Programme.ID)})
		}))
		if got := w.faults(); got != id.ID(4711).In(id.Member)+" stands active and is no member" {
			t.Errorf("the check says %q", got)
		}
	})
}

// TestWhatIsKeptIsHandedOut exports a person and the programme.
func TestWhatIsKeptIsHandedOut(t *testing.T) {
	each(t, func(w *town) {
		w.Crowd()
		w.Bought("gone", churntest.Every(14, 260, 120)...)
		w.Take()
		w.sets(func(s *Settings) { s.Before = 10 })
		w.looks()
		got, err := Room().Export(t.Context(), w.DB.Reader(), w.Programme.ID, []id.ID{w.Members["gone"]})
		w.OK(err)
		if told, fits := got.(Told); !fits || told.Standing.State != Silent || told.Standing.Last != "2026-02-08" || len(told.Changes) != 1 {
			t.Errorf("of the person is kept %+v", got)
		}
		if got, err := Room().Export(t.Context(), w.DB.Reader(), w.Programme.ID, []id.ID{w.Members["crowd-0"]}); got != nil || err != nil {
			t.Errorf("of one with a single purchase is kept %+v, %v", got, err)
		}
		count := map[string]int{}
		w.OK(Room().Dump(t.Context(), w.DB.Reader(), w.Programme.ID, func(table string, _ any) error {
			count[table]++
			return nil
		}))
		for _, table := range Room().Tables() {
			if count[table] == 0 {
				t.Errorf("nothing of %s is handed out", table)
			}
		}
		if count["churn_standings"] != 61 || count["churn_settings"] != 1 || count["churn_models"] != 1 {
			t.Errorf("handed out are %v", count)
		}
	})
}

func TestBatchesHoldWholePeople(t *testing.T) {
	list := []account{{1, 1, 2}, {2, 2, 1}, {2, 20, 2}, {3, 3, purchasesRead}, {4, 4, 5}, {5, 5, 1}}
	got := batches(list, 3)
	if len(got) != 3 || len(got[0]) != 2 || got[0][1].id != 20 || got[1][0].root != 3 || len(got[2]) != 1 || got[2][0].root != 4 {
		t.Errorf("the batches are %v", got)
	}
}

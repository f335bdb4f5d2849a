package returns

import (
	"strings"
	"testing"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/promise"
	"regulars/internal/sale"
)

func TestReturnsThatEndEarly(t *testing.T) {
	each(t, func(w *town) {
		w.bought("1001")
		link := w.link("1001")
		all := ItemAsk{Line: 1, Quantity: 3000, Outcome: ForMoney}
		r := w.asks(link, "n1", all)
		_, err := w.Ask(w.Context(), w.Programme.ID, link, Ask{Name: "n2", Items: []ItemAsk{all}})
		w.Refuses(err, "return_refused")
		w.Refuses(w.CancelMine(w.Context(), w.Programme.ID, link, 1), "unknown_return")
		for range 2 {
			w.OK(w.CancelMine(w.Context(), w.Programme.ID, link, r.ID))
		}
		if word := w.word(r.AnswerID); word.State != promise.Withdrawn {
			w.Errorf("the promised answer is %s", word.State)
		}
		r = w.asks(link, "n3", all)
		r, err = w.Decide(w.Context(), boss, w.Programme.ID, r.ID, []Decision{{No: 1, Answer: "used"}})
		w.OK(err)
		if r.State != Declined || r.Closed.IsZero() {
			w.Errorf("all declined it is %s", r.State)
		}
		r = w.accepts(w.asks(link, "n4", all))
		_, err = w.Flow.TakeOne(w.Context(), &flow.Event{ // the till takes one back meanwhile
			ProgrammeID: w.Programme.ID, Source: "till", ExternalID: "b1", Kind: journal.Return, Occurred: w.Now(), Who: flow.Who{MemberID: w.ann}, Actor: boss,
			Payload: flow.Payload{Return: &flow.Return{SaleSource: "shop", SaleReference: "1001", Lines: []sale.ReturnLine{{Line: 1, Quantity: 1000}}}},
		})
		w.OK(err)
		_, err = w.Settle(w.Context(), boss, w.Programme.ID, r.ID)
		w.Refuses(err, "return_gone")
		if r, err = w.Get(w.Context(), boss, w.Programme.ID, r.ID); err != nil || r.State != Arrived {
			w.Errorf("refused, it is %s", r.State)
		}
		w.Refuses(w.CancelMine(w.Context(), w.Programme.ID, link, r.ID), "return_state")
		for range 2 {
			r, err = w.Cancel(w.Context(), boss, w.Programme.ID, r.ID, "it came back at the till")
			w.OK(err)
		}
		if word := w.word(r.PromiseID); word.State != promise.Withdrawn || r.State != Cancelled {
			w.Errorf("called off it is %s, and the promised refund %s", r.State, word.State)
		}
	})
}

func TestReturnsAreForgottenAndExported(t *testing.T) {
	each(t, func(w *town) {
		w.bought("MARKER-1")
		link := w.link("MARKER-1")
		r := w.asks(link, "MARKER-n1", ItemAsk{Line: 2, Quantity: 1000, Outcome: ForMoney, Comment: "MARKER", Photos: [][]byte{snapshot(w.T)}})
		_, err := w.Decide(w.Context(), boss, w.Programme.ID, r.ID, []Decision{{No: 1, Answer: "MARKER, no"}})
		w.OK(err)
		var exported any
		w.OK(w.DB.View(w.Context(), func(q db.Queryer) (err error) {
			exported, err = Room(promise.CameTrue).Export(w.Context(), q, w.Programme.ID, []id.ID{w.ann})
			return err
		}))
		if s := w.text(exported); !strings.Contains(s, "MARKER, no") || !strings.Contains(s, `"photos":1`) {
			w.Errorf("the export is %s", s)
		}
		w.OK(w.Flow.Erase(w.Context(), boss, w.Programme.ID, w.ann))
		got, err := w.Get(w.Context(), boss, w.Programme.ID, r.ID)
		w.OK(err)
		if s := w.text(got) + got.name; strings.Contains(s, "MARKER") || len(got.Items[0].Photos) != 0 {
			w.Errorf("after erasure it says %s", s)
		}
		_, err = w.Order(w.Context(), w.Programme.ID, link)
		w.Refuses(err, "unknown_order")
		tables := map[string]int{}
		w.OK(w.DB.View(w.Context(), func(q db.Queryer) error {
			return Room(promise.CameTrue).Dump(w.Context(), q, w.Programme.ID, func(table string, _ any) error { tables[table]++; return nil })
		}))
		if tables["returns"] != 1 || tables["return_settings"] != 1 {
			w.Errorf("the programme's export has %v", tables)
		}
	})
}

package till

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/journal"
	"regulars/internal/program"
	"regulars/internal/sale"
	"regulars/internal/web/webtest"
)

// TestARefusedSaleIsSettledAtTheTill: where the programme refuses what was given
// twice, the sale stays with its reason, and staff take it at list price.
func TestARefusedSaleIsSettledAtTheTill(t *testing.T) {
	s := newScreen(t)
	_, err := program.New(s.k.c.DB).Update(ctx, auth.System("test"), s.k.programme.ID, func(p *program.Programme) { p.OfflineConflicts = program.RefuseOffline })
	s.k.ok(err)
	m := s.k.shopper("Anna", "+442079460018", 0)
	s.k.code("ONCE", 1_00, 1)
	s.enter(s.k.shops[0])
	s.scan("020 7946 0018")
	s.Run(t, webtest.Seen(".customer"))
	s.scan("COF")
	s.Run(t, webtest.Type(".line [data-price]", "3\r"))
	s.scan("once")
	s.Run(t, webtest.Until(`document.getElementById("totals").innerText.includes("£2.00")`), webtest.Until(ready))
	s.connect(false)
	s.Run(t, webtest.Key(kb.F9), webtest.Until(`document.getElementById("waiting").innerText === "1 sale waits"`))
	s.k.take(flow.Event{Kind: journal.Purchase, Who: flow.Who{MemberID: m}, Payload: flow.Payload{Lines: []sale.Line{{SKU: "TEA", Name: "Tea", Quantity: 1000, Amount: 8_00}}, Checkout: &flow.Checkout{Codes: []string{"ONCE"}}}})
	s.connect(true)
	s.Run(t, webtest.Seen(".waiting-refused"))
	look := func(name string, width webtest.Step) {
		t.Helper()
		s.Open(t, width, "/till")
		s.Run(t, webtest.Seen(".waiting-refused"), webtest.Click("#waiting"), webtest.Seen("#queue [data-again]"))
		s.Check(t, "overflow", "labels", "contrast", "edges", "targets")
		s.Axe(t)
		s.Picture(t, name)
	}
	look("refused-phone", webtest.Phone)
	look("refused-desktop", webtest.Desktop)
	s.Run(t, webtest.Until(`document.querySelector(".queue-why").innerText.includes("ONCE")`))
	s.Run(t, webtest.Until(`document.getElementById("queue-send").hidden`), webtest.Until(`document.querySelector("[data-list]").innerText.includes("£3.00")`))
	let := s.cable.holds("/till/sync")
	defer let()
	s.Run(t, webtest.Click("[data-again]"), webtest.Until(`document.querySelector("[data-list]").disabled`)) // not settled twice
	let()
	s.Run(t, webtest.Until(`!document.querySelector("[data-list]").disabled`))
	if n := len(s.sales()); n != 1 {
		t.Fatalf("%d sales are kept, not 1: what is refused is not to be taken", n)
	}
	s.Run(t, webtest.Click("[data-list]"), webtest.Until(`document.getElementById("waiting").hidden && !document.getElementById("queue").open`))
	if all := s.sales(); len(all) != 2 {
		t.Fatalf("%d sales are kept, not 2", len(all))
	}
	if s.k.points(m) != 7+3 {
		t.Errorf("%d points, not 10", s.k.points(m))
	}
	s.k.sound()
}

package till

import (
	"context"
	"errors"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/reward"
	"regulars/internal/web/webtest"
)

const ready = `!document.getElementById("complete").disabled`

// TestScansKeepTheirOrder: what is scanned while the answer to the scan before
// is still on its way comes after it.
func TestScansKeepTheirOrder(t *testing.T) {
	s := newScreen(t)
	s.enter(s.k.shops[0])
	let := s.cable.holds("/till/scan")
	defer let()
	s.scan("TEA")
	s.scan("COF")
	s.Run(t, webtest.Until(`document.getElementById("under-way").textContent === "Working…"`))
	s.Check(t, "overflow", "contrast")
	s.Picture(t, "busy")
	let()
	s.Run(t, webtest.Until(`[...document.querySelectorAll("[data-name]")].map((f) => f.value).join() === "Darjeeling, first flush,Flat white"`), webtest.Until(`document.getElementById("under-way").textContent === ""`))
}

// TestGoodsAfterASaleBelongToTheNext: what is scanned while a sale is closed
// neither joins it nor is lost with its basket.
func TestGoodsAfterASaleBelongToTheNext(t *testing.T) {
	s := newScreen(t)
	s.enter(s.k.shops[0])
	s.scan("COF")
	s.Run(t, webtest.Type(".line [data-price]", "3.60\r"), webtest.Until(ready))
	let := s.cable.holds("/till/sale")
	defer let()
	s.Run(t, webtest.Key(kb.F9), webtest.Until(`document.getElementById("basket").inert`))
	s.scan("TEA")
	let()
	s.Run(t, webtest.Until(`!document.getElementById("basket").inert`), webtest.Until(`[...document.querySelectorAll("[data-name]")].map((f) => f.value).join() === "Darjeeling, first flush"`))
	if all := s.sales(); len(all) != 1 || all[0].Total != 3_60 || len(all[0].Lines) != 1 {
		t.Fatalf("kept %+v", all)
	}
}

// TestASaleIsClosedAtTheSumThatWasSeen: goods whose answer was on its way when
// the sale was closed make it another sale, which is shown before it is taken.
func TestASaleIsClosedAtTheSumThatWasSeen(t *testing.T) {
	s := newScreen(t)
	s.enter(s.k.shops[0])
	s.scan("COF")
	s.Run(t, webtest.Type(".line [data-price]", "3.60\r"), webtest.Until(ready))
	let := s.cable.holds("/till/scan")
	defer let()
	s.scan("COF")
	s.Run(t, webtest.Key(kb.F9), webtest.Until(`document.getElementById("complete").disabled`))
	let()
	s.Run(t, webtest.Until(`document.getElementById("said").textContent.includes("changed meanwhile")`), webtest.Until(`document.getElementById("totals").innerText.includes("£7.20")`), webtest.Until(ready))
	if all := s.sales(); len(all) != 0 {
		t.Fatalf("kept %+v", all)
	}
	s.Run(t, webtest.Key(kb.F9), webtest.Seen(".receipt"))
	if all := s.sales(); len(all) != 1 || all[0].Total != 7_20 {
		t.Fatalf("kept %+v", all)
	}
}

// TestALostAnswerTakesNoSecondReward: who presses again after the connection
// broke gets the reward that was taken, not one more.
func TestALostAnswerTakesNoSecondReward(t *testing.T) {
	s := newScreen(t)
	m := s.k.shopper("Anna", "+442079460018", 1000)
	s.k.reward("Coffee of your choice", 300, 0)
	s.enter(s.k.shops[0])
	s.scan("020 7946 0018")
	s.Run(t, webtest.Seen("[data-reward]"), webtest.Until(`(window.confirm = () => true)()`))
	s.cable.loses("/till/redeem")
	s.Run(t, webtest.Click("[data-reward]"), webtest.Until(`document.getElementById("said").textContent.includes("needs a connection")`))
	s.Run(t, webtest.Until(`!document.querySelector("[data-reward]").disabled`), webtest.Click("[data-reward]"), webtest.Seen(".pickup"))
	if s.k.points(m) != 700 {
		t.Errorf("%d points are left, not 700", s.k.points(m))
	}
	s.Run(t, webtest.Click("[data-reward]"), webtest.Until(`document.querySelector(".purse-sum strong").textContent === "400"`)) // a second one that is meant
	taken, err := s.k.c.Rewards.Redemptions(ctx, system, reward.Query{ProgrammeID: s.k.programme.ID, Members: []id.ID{m}, Limit: 10})
	s.k.ok(err)
	if len(taken) != 2 {
		t.Errorf("%d rewards were taken, not two", len(taken))
	}
	s.k.sound()
}

// TestALostAnswerSignsUpOnce: the same words sent again are the same person, the
// same sign-up and the same consent.
func TestALostAnswerSignsUpOnce(t *testing.T) {
	s := newScreen(t)
	s.enter(s.k.shops[0])
	s.Run(t, webtest.Key(kb.F7), webtest.Seen("#sign-up[open]"), webtest.Type("#sign-up-contact", "020 7946 0018"), webtest.Type("#sign-up-name", "Anna"), webtest.Click("#sign-up-consent"))
	s.cable.loses("/till/sign-up")
	const join = "#sign-up-form .button-primary"
	s.Run(t, webtest.Click(join), webtest.Until(`document.getElementById("sign-up-said").textContent !== ""`), webtest.Until(`!document.querySelector("`+join+`").disabled`))
	s.Check(t, "overflow", "labels", "contrast")
	s.Run(t, webtest.Click(join), webtest.Seen(".customer"))
	var events, consents int
	s.k.ok(s.k.c.DB.View(ctx, func(q db.Queryer) error {
		err := q.QueryRow(ctx, "SELECT COUNT(*) FROM event WHERE kind = $1", string(journal.SignUp)).Scan(&events)
		return errors.Join(err, member.EachConsent(ctx, q, s.k.programme.ID, func(member.Consent) error {
			consents++
			return nil
		}))
	}))
	if events != 1 || consents != 1 {
		t.Errorf("%d sign-ups and %d consents, not one of each", events, consents)
	}
}

// TestAPriceThatFailedIsAskedForAgain: when the server breaks while it prices a
// basket, the basket is not stuck.
func TestAPriceThatFailedIsAskedForAgain(t *testing.T) {
	s := newScreen(t)
	s.enter(s.k.shops[0])
	s.cable.breaks("/till/quote")
	s.scan("COF")
	s.Run(t, webtest.Type(".line [data-price]", "3.60\r"), webtest.Seen("[data-requote]"))
	s.Check(t, "overflow", "contrast", "targets")
	s.Run(t, webtest.Click("[data-requote]"), webtest.Until(ready), webtest.Until(`document.getElementById("totals").innerText.includes("£3.60")`))
}

// TestARefusedCameraIsSaid: the browser refuses the camera, and the till says so
// and how to mend it.
func TestARefusedCameraIsSaid(t *testing.T) {
	s := newScreen(t)
	s.enter(s.k.shops[0])
	s.Run(t, func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `
			window.BarcodeDetector = class { static getSupportedFormats() { return Promise.resolve(["qr_code"]); } };
			navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));`})
		return chromedp.Void{}, err
	})
	s.Open(t, webtest.Phone, "/till")
	s.Run(t, webtest.Until(`document.getElementById("till").dataset.ready === "yes"`), webtest.Click("#camera-open"), webtest.Until(`document.getElementById("said").textContent.includes("browser")`))
	s.Check(t, "overflow", "contrast")
}

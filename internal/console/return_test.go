package console

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/returns"
	"regulars/internal/sale"
	"regulars/internal/web/webtest"
)

const returnsAt = "/p/bean/returns"

// sentBack is a return of two teapots and a scarf that somebody asks for.
func (w *town) sentBack(m id.ID) *returns.Return {
	w.t.Helper()
	_, err := w.console.Flow.TakeOne(ctx, &flow.Event{
		ProgrammeID: w.programme.ID, Actor: system, Kind: journal.Purchase, Source: "shop", ExternalID: "1001", Who: flow.Who{MemberID: m}, Occurred: w.console.Now(),
		Payload: flow.Payload{Lines: []sale.Line{{SKU: "pot", Name: "The <b>teapot</b>", Quantity: 2000, Amount: 2000}, {SKU: "scarf", Quantity: 1000, Amount: 500}}},
	})
	check(w.t, err)
	r, err := w.console.Returns.AskFor(ctx, system, w.programme.ID, "shop", "1001", returns.Ask{Name: "1", Items: []returns.ItemAsk{
		{Line: 1, Quantity: 2000, Outcome: returns.ForMoney, Comment: "The lid is <i>loose</i>. שלום"}, {Line: 2, Quantity: 1000, Outcome: returns.ForMoney},
	}})
	check(w.t, err)
	return r
}

func TestAReturnIsDecidedSettledAndPaid(t *testing.T) {
	w := newTown(t)
	r := w.sentBack(w.join("Anna", "Wiśniewska", "anna@example.com"))
	b := w.as(auth.Owner)
	b.get(returnsAt).is(t, 200).shows(t, "Returns that wait for us: 1.", "2 items", "waiting for an answer", "1001")
	b.fragment(returnsAt+"?state=done").is(t, 200).shows(t, "No return here")
	b.fragment(returnsAt+"?state=waiting").is(t, 200).shows(t, "2 items")
	one := returnsAt + "/" + r.Number()
	b.get(one).is(t, 200).shows(t, "The <b>teapot</b>", "The lid is <i>loose</i>", "Save the decisions").hides(t, "Settle the return")
	b.post(one+"/decide", "d1", "accept", "d2", "decline").is(t, http.StatusUnprocessableEntity).shows(t, "a value is needed")
	none := b.post(one+"/decide", "d1", "decline", "d2", "decline").is(t, http.StatusUnprocessableEntity)
	for _, field := range []string{"a1", "a2"} {
		if !strings.Contains(none.body, `href="#f-`+field+`"`) || !strings.Contains(none.body, `id="f-`+field+`-error"`) {
			t.Errorf("what is wrong with %s is not told at it", field)
		}
	}
	b.post(one+"/decide").is(t, http.StatusUnprocessableEntity)
	b.post(one+"/decide", "d1", "accept").is(t, 200).shows(t, "The decisions are saved", "accepted")
	b.post(one+"/decide", "d2", "decline", "a2", "It was worn").is(t, 200).shows(t, "It was worn", "The goods are here")
	b.get(one+"/label.pdf").is(t, http.StatusNotFound)
	b.post(one+"/arrive").is(t, 200).shows(t, "Settle the return")
	b.post(one+"/fulfil", "by", "early").is(t, http.StatusUnprocessableEntity)
	b.post(one+"/settle").is(t, 200).shows(t, "Owed in money: £20.00")
	b.post(one+"/fulfil", "by", "").is(t, http.StatusUnprocessableEntity)
	b.post(one+"/fulfil", "by", "receipt 7").is(t, 200).shows(t, "The return is done", "receipt 7")
	b.post(one+"/cancel", "reason", "late").is(t, http.StatusUnprocessableEntity)
	b.get(returnsAt+"/rtn_01h9x3k7q2v5n").is(t, http.StatusNotFound)
	b.get(one+"/photos/rtp_01h9x3k7q2v5n").is(t, http.StatusNotFound)
	w.as(auth.Till).get(returnsAt).is(t, http.StatusForbidden)
	w.as(auth.ReadOnly).post(one+"/arrive").is(t, http.StatusForbidden)
}

func TestRulesOfReturnsAreWritten(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Owner)
	at := returnsAt + "/rules"
	b.get(at).is(t, 200).shows(t, "Another rule", "Customers may ask at /return/bean")
	fields := []string{
		"version", "0", "rows", "3", "open", "on", "answer_days", "2", "refund_days", "7", "gift_months", "12", "address", "Bean\r\nHigh Street 1", "words_pl", "Wyślij pocztą",
		"name_0", "All", "place_0", "9", "days_0", "14", "fee_0", "2.50", "outcomes_0", "refund", "outcomes_0", "keep", "keep_share_0", "25",
		"name_1", "Soap", "place_1", "1", "categories_1", "hygiene, care", "countries_1", "gb, pl", "never_1", "on",
	}
	b.post(at, append(fields, "days_1", "x")...).is(t, http.StatusUnprocessableEntity)
	b.post(at, append(fields, "name_2", "Odd", "days_2", "5")...).is(t, http.StatusUnprocessableEntity).shows(t, "Say what the customer may have")
	many := b.post(at, append(fields, "days_1", "x", "fee_1", "y", "name_2", "Odd", "days_2", "4000", "countries_2", "Poland", "words_ru", strings.Repeat("x", 2001))...).is(t, http.StatusUnprocessableEntity)
	for _, field := range []string{"days_1", "fee_1", "days_2", "countries_2", "outcomes_2", "words_ru"} {
		if !strings.Contains(many.body, `href="#f-`+field+`"`) || !strings.Contains(many.body, `id="f-`+field+`-error"`) {
			t.Errorf("what is wrong with %s is not told at it", field)
		}
	}
	b.post(at, fields...).is(t, 200).shows(t, "Saved.")
	b.post(at, fields...).is(t, http.StatusUnprocessableEntity).shows(t, "meanwhile")
	set, version, err := w.console.Returns.Setting(ctx, system, w.programme.ID)
	check(t, err)
	soap, all := set.Rules[0], set.Rules[1]
	if version != 1 || !set.Open || set.AnswerDays != 2 || set.Address != "Bean\nHigh Street 1" || set.Words["pl"] != "Wyślij pocztą" || !soap.Never || strings.Join(soap.Categories, "|") != "hygiene|care" ||
		strings.Join(soap.Countries, "|") != "GB|PL" || all.Fee != 250 || all.KeepShare != 2500 || len(all.Outcomes) != 2 || all.Days != 14 {
		t.Errorf("the setting is %+v", set)
	}
	b.get(at).is(t, 200).shows(t, "Soap", "Remove this rule")
}

// longReturn is a return of goods with long names, with what people paste and a
// photo, taken to where money and another piece are owed.
func (w *town) longReturn(m id.ID) *returns.Return {
	w.t.Helper()
	var lines []sale.Line
	ask := returns.Ask{Name: "long"}
	for i, outcome := range []returns.Outcome{returns.ForMoney, returns.ForExchange, returns.ForMoney} {
		lines = append(lines, sale.Line{SKU: longWord, Name: strings.Repeat("Woollen scarf ☕ שלום ", 8) + longWord, Quantity: 1000, Amount: 1_234_567_89})
		ask.Items = append(ask.Items, returns.ItemAsk{Line: i + 1, Quantity: 1000, Outcome: outcome, Comment: longWord + " " + strings.Repeat("Долго ждали. ", 30)})
	}
	var b bytes.Buffer
	check(w.t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 20, 10))))
	ask.Items[0].Photos = [][]byte{b.Bytes(), b.Bytes()}
	_, err := w.console.Flow.TakeOne(ctx, &flow.Event{
		ProgrammeID: w.programme.ID, Actor: system, Kind: journal.Purchase, Source: "shop", ExternalID: "S-" + longWord, Who: flow.Who{MemberID: m}, Occurred: w.console.Now(), Payload: flow.Payload{Lines: lines},
	})
	check(w.t, err)
	c := w.console.Returns
	r, err := c.AskFor(ctx, system, w.programme.ID, "shop", "S-"+longWord, ask)
	check(w.t, err)
	_, err = c.Decide(ctx, system, w.programme.ID, r.ID, []returns.Decision{{No: 1, Accept: true}, {No: 2, Accept: true}, {No: 3, Answer: longWord + " it was worn."}})
	check(w.t, err)
	_, err = c.Arrive(ctx, system, w.programme.ID, r.ID)
	check(w.t, err)
	r, err = c.Settle(ctx, system, w.programme.ID, r.ID)
	check(w.t, err)
	return r
}

// TestReturnPagesInTheBrowser looks at the pages empty, full, with long texts and
// with something to be mended.
func TestReturnPagesInTheBrowser(t *testing.T) {
	w := newTown(t)
	set := returns.DefaultSetting()
	set.Rules[0].Outcomes = []returns.Outcome{returns.ForMoney, returns.ForExchange}
	check(t, w.console.Returns.SetSetting(ctx, system, w.programme.ID, 0, set))
	anna := w.join("Anna", "Wiśniewska", "anna@example.com")
	r, long := w.sentBack(anna), w.longReturn(anna)
	b := browse(t, w.console.Handler())
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{{"phone-ru", "ru", "dark", webtest.Phone}, {"desktop-en", "en", "light", webtest.Desktop}, {"phone-pl", "pl", "light", webtest.Phone}} {
		prefer(t, b, look.lang, look.theme)
		seen := func(name string) {
			b.Check(t)
			b.Picture(t, look.name+"-"+name)
			if said := webtest.Script[string](t, b, `document.body.innerText`); strings.Contains(said, "console.") || strings.Contains(said, "{") {
				t.Errorf("a text is missing or unfilled on the page:\n%s", said)
			}
		}
		for name, path := range map[string]string{
			"returns": returnsAt, "returns-none": returnsAt + "?state=declined", "return": returnsAt + "/" + r.Number(), "return-long": returnsAt + "/" + long.Number(), "return-rules": returnsAt + "/rules",
		} {
			t.Run(look.name+"/"+name, func(t *testing.T) {
				b.Open(t, look.width, path)
				seen(name)
			})
		}
		t.Run(look.name+"/mend", func(t *testing.T) {
			b.Open(t, look.width, returnsAt+"/rules")
			b.Run(t, webtest.Type("#f-days_0", "x"), webtest.Click("main .form .button-primary"), webtest.Seen(".notice"))
			seen("return-rules-mend")
		})
	}
}

package console

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/promo"
)

// uniqueCodes is the form of a batch, as a browser sends it.
func uniqueCodes(more ...string) []string {
	return append([]string{"kind", "unique", "name", "Letter", "count", "50", "length", "8", "prefix", "", "uses", "1"}, more...)
}

// send posts a file with fields.
func (b *visitor) send(path, file string, fields ...string) page {
	b.w.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(fields); i += 2 {
		check(b.w.t, form.WriteField(fields[i], fields[i+1]))
	}
	if file != "" {
		part, err := form.CreateFormFile("file", "codes.txt")
		check(b.w.t, err)
		_, err = part.Write([]byte(file))
		check(b.w.t, err)
	}
	check(b.w.t, form.Close())
	r, err := http.NewRequest(http.MethodPost, b.w.server.URL+path, &body)
	check(b.w.t, err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return b.do(r)
}

func TestUniqueCodesAreMade(t *testing.T) {
	w := newTown(t)
	spec := tenOff()
	spec.WithCode = true
	offer := w.putOffer("Spring", 1, spec)
	who := w.as(auth.Marketer)
	who.get(w.offerAt(offer, "")).is(t, 200).shows(t, "The offer has no codes yet", "New codes")
	p := who.post(w.offerAt(offer, "/codes/new"), uniqueCodes("expires", "2026-04-30")...).is(t, 200)
	p.shows(t, "The batch is made.", "0 unique codes for the offer “Spring”.", "0 of 50 codes are made", "until 30 April 2026", "Some marketer")
	if !strings.Contains(p.body, `hx-trigger="every 1s"`) {
		t.Error("the page does not ask again")
	}
	w.work()
	p = who.get(p.path).is(t, 200).shows(t, "50 unique codes for the offer “Spring”. None is used yet.", "50 of 50 can still be used.")
	if strings.Contains(p.body, "every 1s") {
		t.Error("the page goes on asking")
	}
	csv := who.get(p.path+"/csv").is(t, 200)
	if n := strings.Count(csv.body, "\n"); n != 51 || !strings.Contains(csv.header.Get("Content-Disposition"), "attachment") || csv.header.Get("Cache-Control") != "no-store" {
		t.Errorf("got %d lines, %v", n, csv.header)
	}
	who.post(p.path+"/cancel", "reason", "").is(t, http.StatusUnprocessableEntity).shows(t, "Say why")
	who.post(p.path+"/cancel", "reason", "the letter was never sent").is(t, 200).shows(t, "The batch is cancelled.", "the letter was never sent", "0 of 50 can still be used.").hides(t, "Cancel all codes")
	for _, action := range []string{"code.create", "code.export", "code.cancel_batch"} {
		has(t, w.audited(), action)
	}
	w.as(auth.Owner).get("/p/bean/audit").is(t, 200).shows(t, "Cancelled a batch of codes", "Letter", "Of the offer “Spring”", "unique codes", "Why: the letter was never sent")
}

func TestMistakesInABatch(t *testing.T) {
	w := newTown(t)
	offer := w.putOffer("Spring", 1, tenOff())
	who, at := w.as(auth.Owner), w.offerAt(offer, "/codes/new")
	p := who.post(at, set(uniqueCodes(), "count", "600000", "length", "4")...).is(t, http.StatusUnprocessableEntity)
	p.shows(t, "So many codes with 4 random signs could be guessed.")
	if !strings.Contains(p.body, `href="#f-length"`) {
		t.Error("the warning does not lead to the length")
	}
	for field, form := range map[string][]string{
		"name": set(uniqueCodes(), "name", ""), "count": set(uniqueCodes(), "count", "many"), "length": set(uniqueCodes(), "length", "2"), "uses": set(uniqueCodes(), "uses", "0"),
		"expires": uniqueCodes("expires", "soon"), "prefix": set(uniqueCodes(), "prefix", "a!b"), "text": {"kind", "shared", "name", "Poster", "text", "?!"}, "days": {"kind", "personal", "name", "Sorry", "length", "10", "uses", "1", "days", "99999"},
	} {
		if p := who.post(at, form...).is(t, http.StatusUnprocessableEntity); !strings.Contains(p.body, `href="#f-`+field+`"`) {
			t.Errorf("%s: %s", field, p.text())
		}
	}
	who.post(at, "kind", "shared", "name", "Poster", "text", "Spring 26", "uses", "").is(t, 200).shows(t, "Spring 26", "One code for everybody", "without a limit", "It is not used yet.")
	who.post(at, "kind", "shared", "name", "Again", "text", "spring-26", "uses", "").is(t, http.StatusUnprocessableEntity).shows(t, "There is a code")
	who.post(at, "kind", "personal", "name", "Sorry", "length", "10", "uses", "1", "days", "30").is(t, 200).shows(t, "No member has a code of this batch yet", "for 30 days after the day on which it is given")
	who.post(at, "kind", "printed").is(t, http.StatusNotFound)
}

func TestPrintedCodesAreImported(t *testing.T) {
	w := newTown(t)
	offer := w.putOffer("Spring", 1, tenOff())
	who, at := w.as(auth.Owner), w.offerAt(offer, "/codes/import")
	who.send(at, "", "name", "Cards", "uses", "1").is(t, http.StatusUnprocessableEntity).shows(t, "Choose a file")
	file := "CARD-0001\nCARD-0002\ncard 0001\n?\n"
	who.send(at, file, "name", "Cards", "uses", "1").is(t, http.StatusUnprocessableEntity).
		shows(t, "2 lines of the file cannot be taken", "Line 3: “card 0001” stands in line 1 already.", "Pass over lines")
	p := who.send(at, file, "name", "Cards", "uses", "1", "pass_over", "on").is(t, 200)
	p.shows(t, "2 codes are imported.", "2 lines of the file cannot be taken", "To the batch")
	p = who.send(at, "CARD-0003\n", "name", "More cards", "uses", "1").is(t, 200).shows(t, "1 code is imported.", "1 printed code for the offer")
	if !strings.HasPrefix(p.path, "/p/bean/codes/batches/") {
		t.Errorf("came to %s", p.path)
	}
	who.send(at, "CARD-0003\n", "name", "Twice", "uses", "1").is(t, http.StatusUnprocessableEntity).shows(t, "there is a code “CARD-0003” already")
	who.get("/p/bean/codes").is(t, 200).shows(t, "More cards printed codes Spring 1 0 Ready", "Cards printed codes Spring 2 0 Ready").hides(t, "Twice")
}

func TestTheLifeOfACode(t *testing.T) {
	w := newPromoTown(t)
	who := w.as(auth.Owner)
	p := who.post("/p/bean/codes/find", "code", strings.ToLower(w.used.Printed)).is(t, 200)
	if p.path != "/p/bean/codes/"+w.used.ID.In(id.Code) {
		t.Errorf("came to %s", p.path)
	}
	p.shows(t, w.used.Printed, "Used up, for the offer “Five pounds off tea with the spring letter”.", "Used 11:00 By till", "Handed over 12:00 Olga Owner, by letter", "Made 12:00 Olga Owner", "until 15 May 2026").hides(t, "Cancel this code")
	who.post("/p/bean/codes/find", "code", "nosuchcode").is(t, http.StatusUnprocessableEntity).shows(t, "There is no code")
	who.get("/p/bean/codes/"+w.cancelled.ID.In(id.Code)).is(t, 200).shows(t, "Cancelled; it was for the offer", "printed on the wrong card")
	poster := w.codesIn(w.shared)[0]
	at := "/p/bean/codes/" + poster.ID.In(id.Code)
	who.get(at).is(t, 200).shows(t, "Used 1 of 100 times.", "Cancel this code?")
	who.post(at+"/cancel", "reason", " ").is(t, http.StatusUnprocessableEntity).shows(t, "Say why")
	who.post(at+"/cancel", "reason", "torn down").is(t, 200).shows(t, "The code is cancelled.", "torn down")
	who.get("/p/bean/codes/"+id.ID(9).In(id.Code)).is(t, http.StatusNotFound)
}

func TestWhoseACodeIs(t *testing.T) {
	w := newPromoTown(t)
	c, err := w.console.Promo.Personal(ctx, w.owner.Actor(), w.programme.ID, w.personal, promo.PersonalAsk{MemberID: w.anna, Occasion: "sorry"})
	check(t, err)
	w.as(auth.Owner).get("/p/bean/codes/"+c.ID.In(id.Code)).is(t, 200).shows(t, "Whose it is Anna Wiśniewska", "until 14 April 2026")
	w.as(auth.Owner).get(w.batchAt(w.personal, "")).is(t, 200).shows(t, "1 personal code for the offer", "1 of 1 can still be used.")
}

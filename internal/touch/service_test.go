package touch

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// TestACardGoesOutOnce: scanning again does nothing; another order or another
// card is a conflict, also when both come at once.
func TestACardGoesOutOnce(t *testing.T) {
	each(t, func(w *town) {
		codes := w.prints(w.point("parcel"), 5)
		if len(codes) != 5 {
			t.Fatalf("there are %d cards", len(codes))
		}
		for range 2 {
			c, err := w.Bind(t.Context(), system, w.Programme.ID, strings.ToLower(ShowCode(codes[0])), " "+order(1)+" ")
			w.OK(err)
			if c.Order != order(1) || !c.Bound.Equal(w.Now()) {
				t.Errorf("the card is %+v", c)
			}
		}
		_, err := w.Bind(t.Context(), system, w.Programme.ID, codes[0], order(2))
		w.Refuses(err, "card_bound")
		_, err = w.Bind(t.Context(), system, w.Programme.ID, codes[1], order(1))
		w.Refuses(err, "order_has_card")
		_, err = w.Bind(t.Context(), system, w.Programme.ID, "000000001", order(3))
		w.Refuses(err, "malformed_touch_code")
		_, err = w.Bind(t.Context(), system, w.Programme.ID, newCode(), order(3))
		w.Refuses(err, "unknown_touch_card")
		_, err = w.Bind(t.Context(), system, w.Programme.ID, codes[1], "")
		w.Refuses(err, "order_reference")
		var all sync.WaitGroup
		var mu sync.Mutex
		bound := 0
		for _, code := range codes[1:] {
			all.Go(func() {
				_, err := w.Bind(t.Context(), system, w.Programme.ID, code, order(9))
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					bound++
				} else {
					w.Refuses(err, "order_has_card")
				}
			})
		}
		all.Wait()
		if bound != 1 {
			t.Errorf("%d cards went out with one order", bound)
		}
		w.sound()
	})
}

// TestSomeOrdersGetNone: about as many as were said, always the same ones.
func TestSomeOrdersGetNone(t *testing.T) {
	each(t, func(w *town) {
		code := w.prints(w.point("parcel"), 1)[0]
		_, err := w.SetTrial(t.Context(), system, w.Programme.ID, 5001)
		w.Refuses(err, "touch_trial_share")
		trial, err := w.SetTrial(t.Context(), system, w.Programme.ID, 2000)
		w.OK(err)
		without := 0
		for i := range 2000 {
			if !trial.GetsCard(order(i)) {
				without++
			}
		}
		if without < 330 || without > 470 { // six standard errors
			t.Errorf("%d of 2,000 orders get no card", without)
		}
		again, err := w.SetTrial(t.Context(), system, w.Programme.ID, 2000)
		w.OK(err)
		if again != trial {
			t.Error("the seed is another")
		}
		n := 0
		for trial.GetsCard(order(n)) {
			n++
		}
		_, err = w.Bind(t.Context(), system, w.Programme.ID, code, order(n))
		w.Refuses(err, "order_without_card")
		_, err = w.SetTrial(t.Context(), system, w.Programme.ID, 0)
		w.OK(err)
		o, err := w.Draw(t.Context(), system, w.Programme.ID, order(n))
		w.OK(err)
		if o.Card || o.Share != 2000 {
			t.Errorf("the drawing changed: %+v", o)
		}
		w.sound()
	})
}

// TestTouchpointsLeadSomewhere refuses links that lead nowhere, and cards
// without any.
func TestTouchpointsLeadSomewhere(t *testing.T) {
	each(t, func(w *town) {
		for code, change := range map[string]func(*TouchpointSpec){
			"touchpoint_kind":      func(s *TouchpointSpec) { s.Kind = "van" },
			"touchpoint_name":      func(s *TouchpointSpec) { s.Name = " " },
			"touchpoint_shop":      func(s *TouchpointSpec) { s.ShopID = 1 },
			"touch_platform":       func(s *TouchpointSpec) { s.Links = []Link{{Platform: YandexMarket, Place: "1"}} },
			"touch_platform_twice": func(s *TouchpointSpec) { s.Links = append(s.Links, s.Links[0]) },
			"touch_place":          func(s *TouchpointSpec) { s.Links = []Link{{Platform: TwoGIS}} },
			"touch_address":        func(s *TouchpointSpec) { s.Links = []Link{{Platform: OwnPage, Template: "http://example.com"}} },
		} {
			spec := TouchpointSpec{Kind: InShop, Name: "Desk", Links: []Link{{Platform: Google, Place: "x"}}}
			change(&spec)
			_, err := w.CreateTouchpoint(t.Context(), system, w.Programme.ID, spec)
			w.Refuses(err, code)
		}
		bare, err := w.CreateTouchpoint(t.Context(), system, w.Programme.ID, TouchpointSpec{Kind: ByPhone, Name: "Line"})
		w.OK(err)
		_, err = w.CreateBatch(t.Context(), system, w.Programme.ID, bare.ID, "x", 1, Design{Layout: Band, Language: "en"})
		w.Refuses(err, "touchpoint_without_links")
		point := w.point("parcel")
		w.prints(point, 1)
		spec := point.TouchpointSpec
		spec.Links = nil
		_, err = w.UpdateTouchpoint(t.Context(), system, w.Programme.ID, point.ID, spec)
		w.Refuses(err, "touchpoint_without_links")
		_, err = w.Touchpoint(t.Context(), system, w.Programme.ID, point.ID+1)
		w.Refuses(err, "unknown_touchpoint")
		key := auth.Actor{Kind: auth.KindKey, ProgrammeID: w.Programme.ID, Scopes: []auth.Scope{auth.TouchRead.Scope()}}
		_, err = w.CreateTouchpoint(t.Context(), key, w.Programme.ID, spec)
		w.Refuses(err, "not_permitted")
	})
}

// TestLinksOfThePlatforms fixes where each of them leads.
func TestLinksOfThePlatforms(t *testing.T) {
	for platform, want := range map[Platform]string{
		YandexMaps:  "https://yandex.ru/maps/org/a%20b/reviews/?add-review=true",
		Google:      "https://search.google.com/local/writereview?placeid=a%20b",
		TwoGIS:      "https://2gis.ru/reviews/a%20b/addreview",
		Tripadvisor: "https://www.tripadvisor.com/UserReviewEdit-a%20b",
		Otzovik:     "https://otzovik.com/review_add.php?prod=a%20b",
	} {
		if got := (Link{Platform: platform, Place: "a b"}).Address(); got != want {
			t.Errorf("%s leads to %s", platform, got)
		}
	}
	if got := (Link{Platform: Google, Place: "x", Template: "https://g.page/r/{place}/review"}).Address(); got != "https://g.page/r/x/review" {
		t.Errorf("the template leads to %s", got)
	}
}

// TestDoorsAreCounted by the hour and without anybody's name, and links that
// change hold at once.
func TestDoorsAreCounted(t *testing.T) {
	each(t, func(w *town) {
		point := w.point("parcel")
		code := w.prints(point, 1)[0]
		for range 3 {
			p, err := w.Place(t.Context(), strings.ToLower(code))
			w.OK(err)
			w.Visit(&p, ReviewDoor, Google)
			w.Visit(&p, PrivateDoor, "")
		}
		w.OK(w.Flush(t.Context()))
		p, err := w.Place(t.Context(), code)
		w.OK(err)
		w.Visit(&p, ReviewDoor, Google)
		w.OK(w.Flush(t.Context()))
		list, err := w.Traffic(t.Context(), system, w.Programme.ID, w.Now().Add(-time.Hour), w.Now().Add(time.Hour))
		w.OK(err)
		if len(list) != 2 || list[0] != (Traffic{point.ID, PrivateDoor, "", 3}) || list[1] != (Traffic{point.ID, ReviewDoor, Google, 4}) {
			t.Errorf("counted %+v", list)
		}
		spec := point.TouchpointSpec
		spec.Links = []Link{{Platform: Google, Place: "other"}}
		_, err = w.UpdateTouchpoint(t.Context(), system, w.Programme.ID, point.ID, spec)
		w.OK(err)
		if p, err = w.Place(t.Context(), code); err != nil || p.Touchpoint.Links[0].Place != "other" {
			t.Errorf("the card leads to %+v, %v", p.Touchpoint.Links, err)
		}
		before := w.DB.Statements()
		for range 100 {
			_, err := w.Place(t.Context(), code)
			w.OK(err)
		}
		if n := w.DB.Statements() - before; n != 0 {
			t.Errorf("a hundred scans sent %d statements", n)
		}
		_, err = w.Place(t.Context(), newCode())
		w.Refuses(err, "unknown_touch_card")
		_, err = w.Place(t.Context(), "'; DROP TABLE touch_card")
		w.Refuses(err, "unknown_touch_card")
		w.sound()
	})
}

// TestBatchesPrint their own cards, part by part.
func TestBatchesPrint(t *testing.T) {
	each(t, func(w *town) {
		point := w.point("parcel")
		b, err := w.CreateBatch(t.Context(), system, w.Programme.ID, point.ID, "Big", PartCards+1, Design{Layout: Calm, Language: i18n.Russian})
		w.OK(err)
		var pdf bytes.Buffer
		w.OK(w.Print(t.Context(), system, w.Programme.ID, b.ID, A4, 1, base, &pdf))
		if !bytes.HasPrefix(pdf.Bytes(), []byte("%PDF-")) || bytes.Count(pdf.Bytes(), []byte("/Type /Page\n")) != 1 {
			t.Errorf("the second part has %d bytes", pdf.Len())
		}
		w.Refuses(w.Print(t.Context(), system, w.Programme.ID, b.ID, A4, 2, base, &pdf), "card_part")
		w.Refuses(w.Print(t.Context(), system, w.Programme.ID, b.ID, "a3", 0, base, &pdf), "card_paper")
		_, err = w.CreateBatch(t.Context(), system, w.Programme.ID, point.ID, "Big", MaxCards+1, Design{Layout: Calm, Language: i18n.Russian})
		w.Refuses(err, "card_batch_size")
		_, err = w.CreateBatch(t.Context(), system, w.Programme.ID, point.ID, "Big", 1, Design{Layout: Calm, Language: i18n.Russian, Words: Words{Foot: "Скидка за отзыв"}})
		w.Refuses(err, "card_words_pays")
		_, err = w.CreateBatch(t.Context(), system, w.Programme.ID, point.ID, "Big", 1, Design{Layout: Calm, Language: i18n.Russian, Words: Words{Foot: "Ждём вас 🫖"}})
		w.Refuses(err, "card_letters")
		for name, refused := range map[string]bool{"Tea 🫖": false, "茶館": true} {
			w.OK(w.DB.InTx(t.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec(t.Context(), `UPDATE programme SET name = $1 WHERE id = $2`, name, w.Programme.ID)
				return err
			}))
			_, err = w.CreateBatch(t.Context(), system, w.Programme.ID, point.ID, "Big", 1, Design{Layout: Calm, Language: i18n.Russian})
			if refused {
				w.Refuses(err, "card_brand_letters")
			} else {
				w.OK(err)
			}
		}
	})
}

// TestTheCheckFindsWhatIsWrong spoils what is kept, one thing at a time.
func TestTheCheckFindsWhatIsWrong(t *testing.T) {
	for what, spoil := range map[string]string{
		"has another number of cards": `UPDATE touch_batch SET cards = 7`,
		"is of no batch":              `UPDATE touch_card SET batch_id = 7`,
		"an order that does not know": `UPDATE touch_order SET code = ''`,
		"was to get none":             `UPDATE touch_order SET card = FALSE`,
		"is no card":                  `UPDATE touch_visit SET code = 'X'`,
		"state and answer do not fit": `UPDATE touch_review SET state = 'answered'`,
		"somebody who was erased":     `UPDATE member SET status = 'erased'`,
		"half bound":                  `UPDATE touch_card SET bound = 0`,
		"was erased and has words":    `UPDATE touch_review SET erased = TRUE`,
	} {
		t.Run(what, func(t *testing.T) {
			each(t, func(w *town) {
				code := w.prints(w.point("parcel"), 2)[0]
				_, err := w.Bind(t.Context(), system, w.Programme.ID, code, order(1))
				w.OK(err)
				p, err := w.Place(t.Context(), code)
				w.OK(err)
				w.Visit(&p, Landing, "")
				w.OK(w.Flush(t.Context()))
				w.buys(w.Joins(), order(1))
				w.reads("1", func(s *Seen) { s.Order = order(1) })
				w.sound()
				w.OK(w.DB.InTx(t.Context(), func(tx *db.Tx) error {
					_, err := tx.Exec(t.Context(), spoil)
					return err
				}))
				if found := strings.Join(w.faults(), "\n"); !strings.Contains(found, what) {
					t.Errorf("the check finds %q", found)
				}
			})
		})
	}
}

// TestErasureAndExports: words of the erased go and do not come back, figures
// stay.
func TestErasureAndExports(t *testing.T) {
	each(t, func(w *town) {
		ann := w.Joins()
		w.buys(ann, order(1))
		code := w.prints(w.point("parcel"), 1)[0]
		_, err := w.Bind(t.Context(), system, w.Programme.ID, code, order(1))
		w.OK(err)
		r := w.reads("1", func(s *Seen) { s.Order = order(1) })
		_, err = w.Answer(t.Context(), system, w.Programme.ID, r.ID, "Thank you, Ann")
		w.OK(err)
		told, err := Room().Export(t.Context(), w.DB.Reader(), w.Programme.ID, []id.ID{ann})
		w.OK(err)
		if all := told.(kept); len(all.Cards) != 1 || len(all.Reviews) != 1 || all.Reviews[0].Text != "Good tea" {
			t.Errorf("the person is told %+v", all)
		}
		var tables []string
		w.OK(Room().Dump(t.Context(), w.DB.Reader(), w.Programme.ID, func(table string, _ any) error {
			if !slices.Contains(tables, table) {
				tables = append(tables, table)
			}
			return nil
		}))
		if want := []string{"touchpoints", "card_batches", "cards", "card_orders", "reviews"}; !slices.Equal(tables, want) {
			t.Errorf("the export has %v", tables)
		}
		w.OK(w.DB.InTx(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.Exec(t.Context(), `UPDATE member SET status = 'erased' WHERE id = $1`, ann); err != nil {
				return err
			}
			return Room().Erase(t.Context(), tx, w.Programme.ID, []id.ID{ann})
		}))
		for _, again := range []string{"1", "2"} { // the platform shows it still, and another of theirs
			r := w.reads(again, func(s *Seen) { s.Order, s.Rating = order(1), 4 })
			if r.Text != "" || r.Author != "" || r.Answer != "" || r.Rating != 4 || !r.Erased {
				t.Errorf("the review is %+v", r)
			}
		}
		w.sound()
	})
}

// TestATouchpointTellsAllThatIsWrong: who typed it mends all at once.
func TestATouchpointTellsAllThatIsWrong(t *testing.T) {
	s := TouchpointSpec{Kind: "moon", Name: " ", Links: []Link{{Platform: "nobody"}}}
	var told []string
	for _, f := range fault.All(s.Check()) {
		told = append(told, f.Field)
	}
	if len(told) != 3 || told[0] != "/kind" || told[1] != "/name" || !strings.HasPrefix(told[2], "/links") {
		t.Errorf("told are %q", told)
	}
}

// TestADesignTellsAllThatIsWrong, too.
func TestADesignTellsAllThatIsWrong(t *testing.T) {
	d := Design{Layout: "spiral", Language: "de", Words: Words{Heading: strings.Repeat("x", maxHeading+1), Review: "五つ星", Private: "Tell us", Foot: "If you are satisfied, leave 5 stars"}}
	var told []string
	for _, f := range fault.All(d.Check()) {
		told = append(told, f.Field)
	}
	if got, want := strings.Join(told, " "), "/layout /language /heading /review /foot"; got != want {
		t.Errorf("told of %s, want %s", got, want)
	}
}

// TestNobodyImprovesAReviewUnseen: what it said before stands in the audit trail,
// but for its words.
func TestNobodyImprovesAReviewUnseen(t *testing.T) {
	each(t, func(w *town) {
		bad := w.reads("1", func(s *Seen) { s.Rating, s.Text = 1, "Cold tea" })
		w.reads("1", func(s *Seen) { s.Rating, s.Text = 1, "Cold tea" }) // the same again
		w.reads("1", func(s *Seen) { s.Text = "Fine tea"; s.Occurred = s.Occurred.AddDate(0, 0, -40) })
		var subject, detail string
		var n int
		w.OK(w.DB.Reader().QueryRow(t.Context(), `SELECT COUNT(*), MAX(subject), MAX(detail) FROM audit_row WHERE action = 'review.change'`).Scan(&n, &subject, &detail))
		for _, want := range []string{`"rating_before":1`, `"rating":5`, `"time_before":"`, `"words":true`} {
			if !strings.Contains(detail, want) {
				t.Errorf("the trail does not say %s: %s", want, detail)
			}
		}
		if n != 1 || subject != bad.ID.In(id.Review) || strings.Contains(detail, "tea") {
			t.Errorf("%d rows, of %s: %s", n, subject, detail)
		}
	})
}

package survey

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"regulars/internal/i18n"
)

// feel is a survey of the feeling, with "why?" for the bad ones alone.
func feel() Spec {
	return Spec{Kind: Felt, Names: Words{"en": "Feeling"}, Questions: []Question{
		{Code: "score", Form: Emotion, Words: Words{"en": "What did you feel?"}, Branches: []Branch{{From: 3, To: 5, Then: End}}},
		{Code: "why", Form: Text, Optional: true, Words: Words{"en": "Why?"}},
	}}
}

func (w *town) asksOf(spec Spec) Survey {
	w.Helper()
	n, err := w.Create(w.Context(), tester, w.Programme.ID, spec)
	w.OK(err)
	n, err = w.Publish(w.Context(), tester, w.Programme.ID, n.ID)
	w.OK(err)
	return n
}

func TestAnEmotionIsAskedAsItIs(t *testing.T) {
	good := feel()
	ok(t, good.Check("en"))
	for code, change := range map[string]func(s *Spec){
		"survey_main_emotion":  func(s *Spec) { s.Questions[0].Form, s.Questions[0].From, s.Questions[0].To = Scale, 1, 5 },
		"survey_form":          func(s *Spec) { s.Questions[0].To = 5 },
		"survey_branch_answer": func(s *Spec) { s.Questions[0].Branches[0].To = 6 },
		"survey_main":          func(s *Spec) { s.Kind = CSAT },
	} {
		s := feel()
		change(&s)
		if got := codeOf(s.Check("en")); got != code {
			t.Errorf("the refusal is %q, not %s", got, code)
		}
	}
	optional := feel()
	if optional.Questions[0].Optional = true; codeOf(optional.Check("en")) != "survey_main_emotion" {
		t.Error("a figure of a question that may be skipped")
	}
	q := &good.Questions[0]
	for said, number := range map[string]int{"1": 1, " 5 ": 5, "delight": 5, "Anger": 1, "indifference": 3} {
		if a, err := q.Read([]string{said}); err != nil || a.Number != number {
			t.Errorf("%q is %+v, %v", said, a, err)
		}
	}
	for _, said := range []string{"0", "6", "-1", "😀", "glad", "3.5", ""} {
		if a, err := q.Read([]string{said}); err == nil {
			t.Errorf("%q is taken as %+v", said, a)
		}
	}
	if next := good.Next(Answers{"score": {Number: 2}}); next == nil || next.Code != "why" {
		t.Error("who is disappointed is not asked why")
	}
	if good.Next(Answers{"score": {Number: 3}}) != nil {
		t.Error("who feels nothing is asked why")
	}
}

func several(t Touchpoint, numbers ...int) (list []Sensed) {
	for i, n := range numbers {
		for range n {
			list = append(list, Sensed{i + 1, t})
		}
	}
	return list
}

// TestFeelingsAreReadInWords: whatever a page calls a feeling, in any language and
// case, is read back as its number, and so is what people write without marks.
func TestFeelingsAreReadInWords(t *testing.T) {
	texts, err := i18n.New()
	ok(t, err)
	q := feel().Questions[0]
	for _, number := range Feelings() {
		words := []string{strconv.Itoa(number), Feeling(number).Key[len("survey.feeling."):]}
		for _, l := range i18n.Langs() {
			word := texts.Printer(l, nil, "").Say(Feeling(number))
			words = append(words, word, strings.ToUpper(word), "  "+strings.ToLower(word)+" ", norm.NFD.String(word))
		}
		for _, word := range words {
			if a, err := q.typed(word); err != nil || a.Number != number {
				t.Errorf("%q is read as %d, %v; want %d", word, a.Number, err, number)
			}
		}
	}
	for word, number := range map[string]int{"zlosc": 1, "Гнев": 1, "obojetnosc": 3} {
		if a, err := q.typed(word); err != nil || a.Number != number {
			t.Errorf("%q is read as %d, %v; want %d", word, a.Number, err, number)
		}
	}
	for _, word := range []string{"0", "6", "joy", "злостно", "ang"} {
		if _, err := q.typed(word); codeOf(err) != "survey_range" {
			t.Errorf("%q is read: %v", word, err)
		}
	}
}

// TestTheBalanceOfFeelings is reckoned by hand: of 7 good, 1 neutral and 2 bad
// ones p = 7.75/13, d = 2.75/13, so 38.46 ± 1.96·22.53 around the adjusted
// balance, and 50 of the answers alone.
func TestTheBalanceOfFeelings(t *testing.T) {
	e := Feel("q", several(InShop, 1, 1, 1, 4, 3))
	b := e.Balance
	if !b.Shown || b.Value != 50 || tenth(b.Low) != -5.7 || tenth(b.High) != 82.6 || b.Says.Key != "survey.says.balance" {
		t.Errorf("the balance is %+v", b)
	}
	if e.Positive.Value != 70 || e.Negative.Value != 20 || !e.Preliminary {
		t.Errorf("the shares are %v and %v", e.Positive.Value, e.Negative.Value)
	}
	if d := e.Distribution; !slices.Equal(d, []int64{1, 1, 1, 4, 3}) {
		t.Errorf("the distribution is %v", d)
	}
}

func TestFeelingsAreToldHonestly(t *testing.T) {
	t.Run("too few", func(t *testing.T) {
		e := Feel("q", append(several(InShop, 0, 0, 0, 0, 9), several(OnSite, 0, 0, 0, 0, 9)...))
		if !e.Balance.Shown || !e.Preliminary || e.Says.Key != "survey.says.touchpoints_few" {
			t.Errorf("of 18 it says %v, %v", e.Balance.Says, e.Says)
		}
		for _, at := range e.Touchpoints {
			if at.N != 9 || at.Balance.Shown || at.Positive.Shown || at.Negative.Shown || at.Compared || at.Different || at.Balance.Says.Key != "survey.says.few" {
				t.Errorf("of nine there is %+v", at)
			}
		}
		if none := Feel("q", nil); none.Balance.Shown || len(none.Touchpoints) != 0 || none.Balance.Says.Key != "survey.says.few" {
			t.Errorf("of nobody there is %+v", none)
		}
	})
	t.Run("unknown", func(t *testing.T) {
		e := Feel("q", append(several("", 40, 0, 0, 0, 0), several(InShop, 0, 0, 0, 0, 40)...))
		last := e.Touchpoints[len(e.Touchpoints)-1]
		if e.Unknown != 40 || last.Touchpoint != "" || last.Compared || last.Different || !last.Balance.Shown || last.Balance.Value != -100 {
			t.Errorf("the unknown are %+v", last)
		}
		// Nobody knows where the unknown were, so the shop has nobody to be held beside.
		if shop := e.Touchpoints[0]; shop.Compared || shop.Different || e.UnknownSays.Args["unknown"] != int64(40) {
			t.Errorf("the shop is %+v", shop)
		}
	})
	t.Run("all one side", func(t *testing.T) {
		e := Feel("q", append(several(InShop, 0, 0, 0, 0, 15), several(OnSite, 0, 0, 0, 15, 0)...))
		if b := e.Balance; b.Value != 100 || b.Low >= 100 || b.Low < 50 || b.High != 100 || b.Says.Key != "survey.says.balance_good" {
			t.Errorf("of thirty content ones there is %+v", b)
		}
		if e.Preliminary || e.Negative.Value != 0 || e.Negative.High <= 0 || e.Says.Key != "survey.says.touchpoints_alike" {
			t.Errorf("nobody is sure of no anger at all: %+v, %v", e.Negative, e.Says)
		}
		for _, at := range e.Touchpoints {
			if !at.Compared || at.Different || at.P < 0.5 {
				t.Errorf("both are content, and %+v", at)
			}
		}
	})
	t.Run("different", func(t *testing.T) {
		e := Feel("q", append(append(several(InShop, 1, 2, 5, 20, 12), several(ByPhone, 15, 12, 5, 5, 3)...), several(AtEvent, 1, 0, 0, 2, 2)...))
		if e.Says.Key != "survey.says.touchpoints_differ" || e.Says.Args["compared"] != 2 || e.Says.Args["different"] != 2 {
			t.Errorf("it says %v", e.Says)
		}
		if p := e.Touchpoints[1]; p.Touchpoint != ByPhone || !p.Different || p.Difference.High >= 0 || p.Balance.Says.Key != "survey.says.balance_bad" {
			t.Errorf("the telephone is %+v", p)
		}
	})
}

// TestFeelingsHoldTogether: whatever is felt, all are counted once, the balance
// is the one share less the other and within its interval, and nothing is shown
// or compared under ten.
func TestFeelingsHoldTogether(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		all := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) Sensed {
			return Sensed{rapid.IntRange(1, 5).Draw(r, "number"), rapid.SampledFrom(append(Touchpoints(), "")).Draw(r, "at")}
		}), 0, 150).Draw(r, "all")
		e := Feel("q", all)
		var sum, places int64
		for _, n := range e.Distribution {
			sum += n
		}
		for _, at := range e.Touchpoints {
			places += at.N
			if at.Balance.Shown != (at.N >= LeastAnswers) || at.Compared && (at.N < LeastAnswers || at.Touchpoint == "") || at.Different && !at.Compared {
				r.Fatalf("%+v", at)
			}
		}
		if sum != int64(len(all)) || places != sum || e.N != sum {
			r.Fatalf("%d answers, %d counted, %d at places", len(all), sum, places)
		}
		if b := e.Balance; b.Shown && (tenth(b.Value) != tenth(e.Positive.Value-e.Negative.Value) || b.Low > b.Value || b.High < b.Value) {
			r.Fatalf("the balance %+v of %v and %v", b.Interval, e.Positive.Value, e.Negative.Value)
		}
	})
}

func TestWhereASaleWas(t *testing.T) {
	for _, one := range []struct {
		channel, shop string
		want          Touchpoint
	}{
		{"online", "main", OnSite}, {" Till ", "", InShop}, {"", "main", InShop}, {"", "web", OnSite}, {"", "Phone", ByPhone}, {"", "", ""},
		{"simulated", "main", ""}, {"marketplace", "", ""}, {"call", "", ByPhone}, {"fair", "x", AtEvent}, {"courier", "", InParcel},
	} {
		if got := touchpointOf(one.channel, one.shop); got != one.want {
			t.Errorf("a sale by %q in %q was at %q, want %q", one.channel, one.shop, got, one.want)
		}
	}
}

// TestAnAnswerKnowsWhereItWasFelt: by the purchase that led to the asking, by
// what the plan says, by the open link, by who brings it in; or not at all.
func TestAnAnswerKnowsWhereItWasFelt(t *testing.T) {
	each(t, func(w *town) {
		w.joins(4, 5)
		w.OK(w.SetNeverShare(w.Context(), tester, w.Programme.ID, 0))
		for _, one := range []struct {
			plan Plan
			want Touchpoint
		}{{Plan{Method: Everybody, Bought: 30}, InShop}, {Plan{Method: Everybody}, ""}, {Plan{Method: Everybody, Bought: 30, Touchpoint: InParcel}, InParcel}} {
			n := w.asksOf(feel())
			_, list := w.draws(n, one.plan)
			_, err := w.Answer(w.Context(), w.token(list[0]), "score", Answer{Number: 5}, "en")
			w.OK(err)
			w.felt(n, one.want)
		}
		n := w.asksOf(feel())
		for _, at := range []string{"event", "PHONE", "", "moon", "'; --"} {
			secret, err := w.Begin(w.Context(), &n, at)
			w.OK(err)
			_, err = w.Answer(w.Context(), secret, "score", Answer{Number: 4}, "en")
			w.OK(err)
		}
		w.felt(n, AtEvent, ByPhone, "", "", "")
		_, err := w.Ask(w.Context(), tester, w.Programme.ID, n.ID, Plan{Method: Everybody, Touchpoint: "moon"})
		w.Refuses(err, "survey_touchpoint")
		w.Clean(Room())
	})
}

// felt holds where the answers of a survey were felt, in any order.
func (w *town) felt(n Survey, want ...Touchpoint) {
	w.Helper()
	list, err := w.Responses(w.Context(), tester, ResponseQuery{ProgrammeID: w.Programme.ID, SurveyID: n.ID, Limit: 50})
	w.OK(err)
	var got []Touchpoint
	for _, r := range list {
		got = append(got, r.Touchpoint)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		w.Errorf("the answers were felt at %q, want %q", got, want)
	}
}

// TestFeelingsAreBroughtIn by a sheet, which names them by number or code, and
// come to figures.
func TestFeelingsAreBroughtIn(t *testing.T) {
	each(t, func(w *town) {
		n := w.asksOf(feel())
		var b strings.Builder
		b.WriteString("external_id,score,touchpoint\n")
		for i := range 12 {
			fmt.Fprintf(&b, "%d,%s,Phone\n", i, []string{"anger", "1", "5"}[i%3])
		}
		b.WriteString("x,6,phone\ny,5,moon\nz,joy,\nu,delight,\n")
		report, err := w.BringSheet(w.Context(), tester, w.Programme.ID, n.ID, strings.NewReader(b.String()), Sheet{Source: "old", Occurred: w.Now(), Zone: time.UTC})
		w.OK(err)
		if report.Taken != 13 || report.Refused != 3 {
			w.Fatalf("of the sheet it says %+v", report)
		}
		r, err := w.Results(w.Context(), tester, w.Programme.ID, n.ID)
		w.OK(err)
		e := r.Emotions[0]
		if e.N != 13 || e.Unknown != 1 || len(e.Touchpoints) != 2 || e.Touchpoints[0].Touchpoint != ByPhone || e.Touchpoints[0].N != 12 || tenth(e.Touchpoints[0].Balance.Value) != -33.3 {
			w.Errorf("it comes to %+v", e)
		}
		if f := r.Figures; f.Kind != Felt || !f.Score.Shown || f.Score.Value != e.Balance.Value || len(r.Choices) != 0 {
			w.Errorf("the figures are %+v", f)
		}
	})
}

package challenge

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/promo"
)

// TestAnyOrderOfReadingEndsAlike reads purchases, visits and returns in any
// order, some twice, and finds the marks that the past itself gives.
func TestAnyOrderOfReadingEndsAlike(t *testing.T) {
	each(t, func(w *town) {
		coffees := w.opens(w.coffees(3))
		visits := Spec{
			Names: map[string]string{"en": "Visits"}, Form: Streak, Counts: Visits, Span: Fixed, Unit: "day", Gaps: 1,
			Steps: []Step{{At: 2, Reward: Reward{Kind: Points, WalletID: w.wallet, Points: 10}}},
		}
		both := []Challenge{coffees, w.opens(visits)}
		w.Set(noon.AddDate(0, 0, 12))
		random := rand.New(rand.NewPCG(3, 4))
		people := map[id.ID]bool{}
		for range 30 {
			name, when := string(rune('a'+random.IntN(3))), noon.Add(time.Duration(random.IntN(250))*time.Hour)
			if random.IntN(4) == 0 {
				people[w.takes(w.visits(name, when))] = true
				continue
			}
			b := w.buys(name, when, 1+random.Int64N(4))
			people[w.takes(b)] = true
			if random.IntN(3) == 0 {
				w.takes(w.returns(b, 1))
			}
		}
		reads := w.waiting()
		all := append(slices.Clone(reads), reads[:len(reads)/2]...)
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, j := range all {
			w.OK(w.do(j))
		}
		for _, j := range reads {
			w.done(j)
		}
		w.work()
		for m := range people {
			w.asThePast(m, both)
		}
		w.Clean(Room())
	})
}

// asThePast compares a member's marks with those of the past itself, and the
// awards with what the marks reach.
func (w *town) asThePast(m id.ID, list []Challenge) {
	w.Helper()
	kept, err := marksOf(w.Context(), w.DB.Reader(), []id.ID{m})
	w.OK(err)
	for i := range list {
		c := list[i]
		c.Ends = w.Now().Add(time.Hour)
		want, err := past(w.Context(), w.DB.Reader(), &c.Spec, []id.ID{m})
		w.OK(err)
		for i := range want {
			want[i].ChallengeID = c.ID
		}
		byEvent := func(a, b Mark) int { return cmp.Compare(a.EventID, b.EventID) }
		got := kept[c.ID]
		slices.SortFunc(got, byEvent)
		slices.SortFunc(want, byEvent)
		if d := gocmp.Diff(want, got); d != "" {
			w.Errorf("the marks differ from the past (-past +kept):\n%s", d)
		}
		given := Reached{}
		for _, a := range w.awards(m) {
			if a.ChallengeID == c.ID {
				given[a.Round]++
			}
		}
		for round, n := range c.Fold(got, c.Begins, w.Programme.Zone) {
			if given[round] < n {
				w.Errorf("%v was reached %d times and given %d times", round, n, given[round])
			}
		}
	}
}

func TestCodesAndTagsAreGivenOnce(t *testing.T) {
	each(t, func(w *town) {
		ctx := w.Context()
		offers := promo.New(w.DB, w.now)
		v, err := offers.Create(ctx, boss, promo.Offer{ProgrammeID: w.Programme.ID, Name: "Free coffee"}, promo.Spec{
			Benefit: promo.Benefit{Kind: promo.Percent, Percent: money.NewRate(10, 1)}, WithCode: true,
		})
		w.OK(err)
		b, err := offers.CreateBatch(ctx, boss, promo.Batch{ProgrammeID: w.Programme.ID, OfferID: v.OfferID, Name: "Free coffees", Kind: promo.PersonalCodes, Length: 10, MaxUses: 1}, "")
		w.OK(err)
		s := w.coffees(3)
		s.Form, s.Span, s.Ends = Stamps, Fixed, noon.AddDate(0, 1, 0)
		s.Steps[0].Reward = Reward{Kind: Code, BatchID: b.ID}
		w.opens(s)
		tag := w.coffees(1)
		tag.Names, tag.Steps[0].Reward = map[string]string{"en": "Tagged"}, Reward{Kind: Tag, Tag: "coffee lover"}
		w.opens(tag)
		ann := w.happens(w.buys("ann", noon, 7))
		codes, err := promo.CodesOf(ctx, w.DB.Reader(), w.Programme.ID, []id.ID{ann})
		w.OK(err)
		found, err := member.Read(ctx, w.DB.Reader(), []id.ID{ann})
		w.OK(err)
		if len(codes) != 2 || !slices.Equal(found[ann].Tags, []string{"coffee lover"}) {
			t.Errorf("7 stamps on cards of 3 gave %d codes; the tags are %v", len(codes), found[ann].Tags)
		}
		if p := w.open(ann)[0]; p.Done != 1 || p.Goal != 3 || p.Times != 2 {
			t.Errorf("the card shows %d of %d after %d", p.Done, p.Goal, p.Times)
		}
		w.OK(offers.CancelBatch(ctx, boss, w.Programme.ID, b.ID, "enough"))
		w.happens(w.buys("ann", noon, 2))
		refused := 0
		for _, a := range w.awards(ann) {
			if a.State == Refused && a.Why == "batch_not_open" {
				refused++
			}
		}
		if refused != 1 {
			t.Errorf("%d awards are refused for want of codes, want 1", refused)
		}
		w.Clean(Room())
	})
}

func TestTryLooksAtThePast(t *testing.T) {
	each(t, func(w *town) {
		ann := w.happens(w.buys("ann", noon.AddDate(0, -2, 0), 5), w.buys("ann", noon.AddDate(0, -1, 0), 6), w.buys("ann", noon.AddDate(-2, 0, 0), 9), w.buys("ann", noon, 4))
		got, err := w.Try(w.Context(), boss, w.Programme.ID, ann, w.coffees(5))
		w.OK(err)
		if got.Rewards != 2 {
			t.Errorf("ann would have completed it %d times, want 2", got.Rewards)
		}
		_, err = w.Try(w.Context(), auth.Actor{Kind: auth.KindStaff}, w.Programme.ID, ann, w.coffees(5))
		w.Refuses(err, "not_permitted")
		_, err = w.Try(w.Context(), boss, w.Programme.ID, 12345, w.coffees(5))
		w.Refuses(err, "unknown_member")
	})
}

func TestExportAndErasure(t *testing.T) {
	each(t, func(w *town) {
		s := w.coffees(5)
		s.OptIn = true
		c := w.opens(s)
		ann := w.happens(w.buys("ann", noon, 1))
		_, err := w.Join(w.Context(), boss, w.Programme.ID, ann, c.ID)
		w.OK(err)
		w.happens(w.buys("ann", noon.Add(time.Minute), 5))
		told, err := Room().Export(w.Context(), w.DB.Reader(), w.Programme.ID, []id.ID{ann})
		w.OK(err)
		if p, is := told.(personRecord); !is || len(p.Joined) != 1 || len(p.Marks) != 2 || len(p.Reached) != 1 {
			t.Errorf("ann is told %s", text(told))
		}
		seen := map[string]int{}
		w.OK(w.DB.View(w.Context(), func(q db.Queryer) error {
			return Room().Dump(w.Context(), q, w.Programme.ID, func(table string, _ any) error {
				seen[table]++
				return nil
			})
		}))
		if want := map[string]int{"challenges": 1, "challenge_joins": 1, "challenge_marks": 2, "challenge_awards": 1}; !gocmp.Equal(seen, want) || len(Room().Tables()) != 4 {
			t.Errorf("the export holds %v", seen)
		}
		w.OK(w.Flow.Erase(w.Context(), boss, w.Programme.ID, ann))
		if joins, err := joinsOf(w.Context(), w.DB.Reader(), []id.ID{ann}); err != nil || len(joins) != 0 {
			t.Errorf("after erasure: %v, %v", joins, err)
		}
		w.Clean(Room())
	})
}

var errUndo = errors.New("undo")

// TestCheckFinds spoils the tables one by one.
func TestCheckFinds(t *testing.T) {
	each(t, func(w *town) {
		s := w.coffees(1)
		s.Budget.Rewards, s.PerMember = 5, 1
		w.opens(s)
		plain := w.coffees(1)
		plain.Names = map[string]string{"en": "Plain"}
		w.opens(plain)
		w.happens(w.buys("ann", noon, 3))
		w.Clean(Room())
		for _, spoil := range []string{
			`UPDATE challenge_budget SET rewards = 2`, `UPDATE challenge_budget SET rewards = 9`, `DELETE FROM challenge_award`,
			`UPDATE challenge_mark SET quantity = 5000`, `DELETE FROM challenge_mark`, `UPDATE challenge_award SET event_id = 0`,
			`UPDATE challenge SET spec = '{}'`,
		} {
			err := w.DB.InTx(w.Context(), func(tx *db.Tx) error {
				if _, err := tx.Exec(w.Context(), spoil); err != nil {
					return err
				}
				n := 0
				err := Check(w.Context(), tx, w.Programme.ID, func(string) { n++ })
				if n == 0 {
					t.Errorf("nothing is found after %s", spoil)
				}
				if err == nil {
					err = errUndo
				}
				return err
			})
			if !errors.Is(err, errUndo) {
				t.Fatal(err)
			}
		}
	})
}

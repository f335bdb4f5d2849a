package till

import (
	"fmt"
	"testing"

	"regulars/internal/gesture"
	"regulars/internal/id"
)

// TestAGestureIsNotedBeforeItIsGiven: it is offered until it was given, once; whom
// the draw holds out is refused in words; a mistake is taken back.
func TestAGestureIsNotedBeforeItIsGiven(t *testing.T) {
	eachCounter(t, func(t *testing.T, k *counter) {
		anna := k.shopper("Anna", "+442079460018", 0)
		b := k.staffed(k.ann)
		page := "/till/members/" + anna.In(id.Member)
		b.get(page).is(200).hides("Gestures")
		g, err := k.c.Gestures.Add(ctx, system, k.programme.ID, gesture.Spec{
			Kind: gesture.Favour, Names: gesture.Words{"en": "A <biscuit>"}, Fits: gesture.Words{"en": "It rains."}, Does: gesture.Words{"en": "Put it on the saucer."}, Cost: 20,
		})
		k.ok(err)
		_, err = k.c.Gestures.Add(ctx, system, k.programme.ID, gesture.Spec{
			Kind: gesture.Favour, Names: gesture.Words{"en": "Elsewhere"}, Does: gesture.Words{"en": "Elsewhere."}, Shops: []id.ID{k.shops[1].ID},
		})
		k.ok(err)
		b.get(page).is(200).shows("Gestures", "A &lt;biscuit&gt;", "It rains.").hides("Elsewhere")
		w := favour{Number: "1-1-1", Member: anna.In(id.Member), Gesture: g.ID.In(id.Gesture)}
		b.post("/till/gesture", w).is(200).shows("Noted. You can do it now.", "Put it on the saucer.")
		b.post("/till/gesture", w).is(200)
		b.get(page).is(200).hides("A &lt;biscuit&gt;")
		w.Number = "1-1-2"
		b.post("/till/gesture", w).is(409)
		list, err := k.c.Gestures.Givings(ctx, system, gesture.Query{ProgrammeID: k.programme.ID})
		k.ok(err)
		if len(list) != 1 || list[0].ShopID != k.shops[0].ID || list[0].Channel != "till" {
			t.Fatalf("noted is %+v", list)
		}
		b.post("/till/gesture/take-back", favour{Giving: list[0].ID.In(id.Giving)}).is(200).shows("It is taken back.")
		b.post("/till/gesture/take-back", favour{Giving: list[0].ID.In(id.Giving)}).is(409)
		b.post("/till/gesture", favour{Number: "x", Member: w.Member, Gesture: w.Gesture}).is(422)

		s := g.Spec
		s.Withhold = 5000
		_, err = k.c.Gestures.Change(ctx, system, k.programme.ID, g.ID, 1, s)
		k.ok(err)
		held, given := 0, 0
		for i := 0; i < 40 && (held == 0 || given == 0); i++ {
			m := k.shopper("Somebody", fmt.Sprintf("+4420794601%02d", i), 0)
			b.get("/till/members/" + m.In(id.Member)).is(200).shows("A &lt;biscuit&gt;") // nobody learns of the draw beforehand
			said := b.post("/till/gesture", favour{Number: fmt.Sprintf("1-2-%d", i+1), Member: m.In(id.Member), Gesture: w.Gesture})
			if said.status == 200 {
				given++
				continue
			}
			said.is(403).shows("it is measured", "Do not give it.")
			held++
		}
		if held == 0 || given == 0 {
			t.Errorf("the draw held %d out and let %d have it", held, given)
		}
	})
}

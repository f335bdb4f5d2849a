package guest

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
	"rsc.io/qr"

	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/sale"
)

// TestTheDrawingIsTheCode reads the path back and compares it, module by module.
func TestTheDrawingIsTheCode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := id.ID(rapid.Int64Min(1).Draw(t, "member"))
		at := time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "at"), 0)
		text := member.SignPass([]byte("salt"), m, at)
		path, size, err := drawn(text)
		if err != nil {
			t.Fatal(err)
		}
		dark := map[[2]int]bool{}
		for rest := path; rest != ""; {
			var x, y, w, back int
			if n, err := fmt.Sscanf(rest, "M%d %dh%dv1h-%dz", &x, &y, &w, &back); n != 4 || err != nil || w != back {
				t.Fatalf("cannot read %.40q: %v", rest, err)
			}
			rest = rest[len(fmt.Sprintf("M%d %dh%dv1h-%dz", x, y, w, back)):]
			for i := range w {
				dark[[2]int{x + i, y}] = true
			}
		}
		c, err := qr.Encode(text, qr.M)
		if err != nil {
			t.Fatal(err)
		}
		for y := range size {
			for x := range size {
				if want := c.Black(x-quiet, y-quiet); dark[[2]int{x, y}] != want {
					t.Fatalf("module %d,%d is %v", x, y, !want)
				}
			}
		}
		if whose, err := member.ReadPass([]byte("salt"), text, at.Add(time.Minute)); err != nil || whose != m {
			t.Errorf("the pass names %v: %v", whose, err)
		}
	})
}

// TestKeptDiscount brings lines back part by part.
func TestKeptDiscount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		quantity := rapid.Int64Range(1, 10_000).Draw(t, "quantity")
		list := rapid.Int64Range(0, 1_000_000).Draw(t, "list")
		amount := rapid.Int64Range(0, list).Draw(t, "amount")
		last := list - amount
		for back := int64(0); back <= quantity; back += max(1, quantity/7) {
			got := kept([]int64{list}, []sale.Line{{No: 1, Quantity: quantity, Amount: amount, ReturnedQuantity: back}})
			if got > last || got < 0 {
				t.Fatalf("%d of %d back: %d kept after %d", back, quantity, got, last)
			}
			last = got
		}
		if got := kept([]int64{list}, []sale.Line{{No: 1, Quantity: quantity, Amount: amount, ReturnedQuantity: quantity}}); got != 0 {
			t.Errorf("%d kept of a line that came back whole", got)
		}
		if got := kept(nil, []sale.Line{{No: 1, Quantity: quantity, Amount: amount}}); got != 0 {
			t.Errorf("%d kept without list prices", got)
		}
	})
}

func TestGiven(t *testing.T) {
	for name, c := range map[string]struct {
		from, to ledger.Bucket
		want     int64
	}{
		"earned": {ledger.Earned, ledger.Pending, 5}, "by hand": {ledger.AdjustedUp, ledger.Available, 5},
		"clawed back": {ledger.Available, ledger.ClawedBack, -5}, "owed": {ledger.Debt, ledger.ClawedBack, -5},
		"taken by hand": {ledger.Available, ledger.AdjustedDown, -5}, "undone": {ledger.Available, ledger.Earned, -5},
		"spent": {ledger.Available, ledger.Spent, 0}, "expired": {ledger.Available, ledger.Expired, 0},
		"moved in": {ledger.MovedIn, ledger.Available, 0}, "a note": {ledger.ClawedBack, ledger.ClawedBack, 0},
	} {
		if got := given(ledger.Entry{From: c.from, To: c.to, Amount: 5}); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestDevice(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1": "Safari · iPhone",
		"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36":                                "Chrome · Android",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0":                   "Edge · Windows",
		"Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0":                                              "Firefox · Linux",
		"curl/8": "",
	} {
		if got := deviceOf(agent); got != want {
			t.Errorf("%q: %q, want %q", agent, got, want)
		}
	}
}

// TestHashesKeepTheirPartsApart holds that no two lists of parts run together.
func TestHashesKeepTheirPartsApart(t *testing.T) {
	if hashOf("ab", "c") == hashOf("a", "bc") || hashOf("ab") == hashOf("ab", "") {
		t.Error("two lists have one hash")
	}
}

func TestGrouped(t *testing.T) {
	for number, want := range map[string]string{"": "", "12": "12", "1234": "1234", "123456789": "1234 5678 9"} {
		if got := grouped(number); got != want {
			t.Errorf("%q: %q", number, got)
		}
	}
}

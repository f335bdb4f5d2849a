package promo

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/money"
)

// apiece is what points are worth in these tests: those of wallet 1 a penny,
// those of others nothing.
func apiece(wallet id.ID, points int64) int64 {
	if wallet == 1 {
		return points
	}
	return 0
}

func granted(wallet id.ID, shares ...int64) earn.Grant {
	return earn.Grant{WalletID: wallet, Amount: total(shares), Shares: shares}
}

// raised returns what each grant got on top, by line.
func raised(p *Pricing, grants ...earn.Grant) [][]int64 {
	out := make([][]int64, len(grants))
	for _, r := range p.Raise(grants, apiece) {
		if out[r.Grant] == nil {
			out[r.Grant] = make([]int64, len(r.Shares))
		}
		for i, n := range r.Shares {
			out[r.Grant][i] += n
		}
	}
	return out
}

func TestPointsAreMultiplied(t *testing.T) {
	teaTwice := `{"benefit":{"kind":"points_multiplier","rate":"2"},"lines":{"categories":["tea"]}}`
	half := `{"benefit":{"kind":"points_multiplier","rate":"1.5"}}`
	stamps := `{"benefit":{"kind":"points_multiplier","rate":"3","wallet":"` + id.ID(2).In(id.Wallet) + `"}}`
	for name, c := range map[string]struct {
		offers []string
		want   [][]int64
	}{
		"one line":           {[]string{teaTwice}, [][]int64{{10, 0}, {1, 0}}},
		"all lines":          {[]string{half}, [][]int64{{5, 2}, {1, 0}}}, // floor(15 ÷ 2), the rest to the larger; floor(2 ÷ 2)
		"one wallet":         {[]string{stamps}, [][]int64{nil, {2, 2}}},
		"each from the rule": {[]string{teaTwice, half}, [][]int64{{15, 2}, {2, 0}}}, // 10 + 5, 2; 1 + 1
	} {
		t.Run(name, func(t *testing.T) {
			p := offers(t, c.offers...).Price(basket(t, "A tea 1 10", "B mug 1 5"), Usage{})
			if !p.Raises() || p.Amounts[0] != 1000 {
				t.Fatalf("priced as %+v", p)
			}
			if got := raised(&p, granted(1, 10, 5), granted(2, 1, 1), earn.Grant{WalletID: 1, Amount: 50}); cmp.Diff(append(c.want, nil), got) != "" {
				t.Errorf("gave %v, want %v", got, c.want)
			}
		})
	}
}

// TestMultiplierLimits cuts at a member's limit, and refuses at a budget and
// where nothing was earned, without using anything up.
func TestMultiplierLimits(t *testing.T) {
	twice := func(limits string) *Offerset {
		return offers(t, `{"benefit":{"kind":"points_multiplier","rate":"2"}`+limits+`}`)
	}
	for name, c := range map[string]struct {
		limits, why string
		want        int64
	}{
		"free":               {``, "", 15},
		"cut":                {`,"per_member":[{"period":"day","amount":8}]`, "", 8},
		"within the budget":  {`,"budget":{"amount":15}`, "", 15},
		"over the budget":    {`,"budget":{"amount":14}`, "budget", 0},
		"over a shop's":      {`,"per_shop":[{"period":"day","amount":14}]`, "shop_budget", 0},
		"cut to the budget":  {`,"per_member":[{"period":"day","amount":8}],"budget":{"amount":8}`, "", 8},
		"one use":            {`,"budget":{"uses":1}`, "", 15},
		"nothing was earned": {`,"condition":{"field":"sale.goods","op":"lt","value":1}`, "condition", 0},
	} {
		t.Run(name, func(t *testing.T) {
			s, u := twice(c.limits), Usage{}
			p := s.Price(basket(t, "A tea 1 10", "B mug 1 5"), u)
			got := int64(0)
			for _, r := range p.Raise([]earn.Grant{granted(1, 10, 5)}, apiece) {
				if got += r.Amount; total(r.Shares) != r.Amount {
					t.Errorf("shares %v of %d", r.Shares, r.Amount)
				}
			}
			if got != c.want {
				t.Errorf("gave %d, want %d", got, c.want)
			}
			if c.why != "" && (len(p.Applied) != 0 || len(p.Refused) != 1 || p.Refused[0].Why != c.why) {
				t.Errorf("applied %+v, refused %+v", p.Applied, p.Refused)
			}
			if c.why == "" && (p.Applied[0].Raise.Points != c.want || p.Redemptions(Redemption{})[0].Amount != c.want) {
				t.Errorf("it is kept as %+v", p.Applied[0].Raise)
			}
			if u.Apply(&p); c.why != "" && len(u.Counts)+len(u.Budgets)+len(u.Shops) > 0 {
				t.Errorf("it used up %+v", u)
			}
		})
	}
	p := twice(``).Price(basket(t, "A tea 1 10"), Usage{})
	if p.Raise(nil, apiece); len(p.Applied) != 0 || p.Refused[0].Why != "no_points" {
		t.Errorf("without points it is %+v", p)
	}
}

// TestMultipliersStack lets a group have one, the larger; and an exclusive one
// apply only where nothing is taken off.
func TestMultipliersStack(t *testing.T) {
	group := func(rate string) string {
		return `{"benefit":{"kind":"points_multiplier","rate":"` + rate + `"},"group":"g"}`
	}
	b := basket(t, "A tea 1 10")
	same(t, b, offers(t, group("2"), group("3")).Price(b, Usage{}), "[1000] B:0 A!group")
	alone := `{"benefit":{"kind":"points_multiplier","rate":"2"},"exclusive":true}`
	same(t, b, offers(t, alone).Price(b, Usage{}), "[1000] A:0")
	same(t, b, offers(t, alone, `{"benefit":{"kind":"amount","amount":1}}`).Price(b, Usage{}), "[999] B:1 A!exclusive_less")
	same(t, b, offers(t, `{"benefit":{"kind":"amount","amount":100}}`, `{"benefit":{"kind":"points_multiplier","rate":"2"},"minimum":901}`).Price(b, Usage{}), "[900] A:100 B:0")
}

// TestRaiseNeverPassesLimits draws grants and limits.
func TestRaiseNeverPassesLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := Spec{Benefit: Benefit{Kind: PointsMultiplier, Rate: money.NewRate(rapid.Int64Range(101, 400).Draw(t, "rate"), 100)}}
		most := rapid.Int64Range(1, 300).Draw(t, "most")
		spec.PerMember = []Cap{{Period: earn.Ever, Amount: most}}
		lines, chosen := rapid.IntRange(1, 4).Draw(t, "lines"), rapid.IntRange(1, 4).Draw(t, "chosen")
		var raw []string
		for i := range lines {
			raw = append(raw, []string{"A tea 1 10", "B mug 1 5"}[b2i(i < chosen)])
		}
		b := basket(&testing.T{}, raw...)
		spec.Lines = &earn.Lines{Categories: []string{"mug"}}
		p := offersOf(t, inForce(1, spec)).Price(b, Usage{})
		shares := make([]int64, lines)
		for i := range shares {
			shares[i] = rapid.Int64Range(0, 200).Draw(t, "share")
		}
		all := int64(0)
		for _, r := range p.Raise([]earn.Grant{granted(1, shares...)}, apiece) {
			if total(r.Shares) != r.Amount {
				t.Fatalf("shares %v of %d", r.Shares, r.Amount)
			}
			for i, n := range r.Shares {
				if n > 0 && i >= chosen {
					t.Fatalf("line %d is not chosen and got %d", i+1, n)
				}
			}
			all += r.Amount
		}
		want, err := money.NewRate(spec.Benefit.Rate.Num()-spec.Benefit.Rate.Den(), spec.Benefit.Rate.Den()).Apply(total(shares[:min(chosen, lines)]), money.Floor)
		if err != nil || all != min(want, most) {
			t.Fatalf("gave %d, want %d of at most %d", all, want, most)
		}
	})
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

package ledger

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/program"
)

func TestWalletCheck(t *testing.T) {
	good := Wallet{Code: "rank-points_2", Name: "Очки", Decimals: 2, Unit: money.NewRate(1, 2), Clawback: PolicyToZero}
	cases := map[string]struct {
		change func(w *Wallet)
		code   string
		field  string
	}{
		"good":              {func(*Wallet) {}, "", ""},
		"no code":           {func(w *Wallet) { w.Code = "" }, "malformed_wallet_code", "/code"},
		"capitals":          {func(w *Wallet) { w.Code = "Points" }, "malformed_wallet_code", "/code"},
		"two hyphens":       {func(w *Wallet) { w.Code = "a--b" }, "malformed_wallet_code", "/code"},
		"a long code":       {func(w *Wallet) { w.Code = strings.Repeat("a", 41) }, "malformed_wallet_code", "/code"},
		"no name":           {func(w *Wallet) { w.Name = "" }, "malformed_wallet_name", "/name"},
		"a space":           {func(w *Wallet) { w.Name = "Points " }, "malformed_wallet_name", "/name"},
		"a long name":       {func(w *Wallet) { w.Name = strings.Repeat("ж", 101) }, "malformed_wallet_name", "/name"},
		"not UTF-8":         {func(w *Wallet) { w.Name = "\xff" }, "malformed_wallet_name", "/name"},
		"many decimals":     {func(w *Wallet) { w.Decimals = 5 }, "decimals_out_of_range", "/decimals"},
		"negative decimals": {func(w *Wallet) { w.Decimals = -1 }, "decimals_out_of_range", "/decimals"},
		"negative worth":    {func(w *Wallet) { w.Unit = money.NewRate(-1, 2) }, "negative_point_value", "/unit"},
		"no policy":         {func(w *Wallet) { w.Clawback = "" }, "unknown_clawback_policy", "/clawback"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := good
			c.change(&w)
			err := w.check()
			if f := fault.As(err); (c.code == "") != (err == nil) || (f != nil && (f.Code != c.code || f.Field != c.field)) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestPointsAndLiability(t *testing.T) {
	for _, c := range []struct {
		decimals int
		n        int64
		want     string
	}{{0, 0, "0"}, {0, -15, "-15"}, {2, 5, "0.05"}, {2, -5, "-0.05"}, {2, 12345, "123.45"}, {4, 10_000, "1.0000"}} {
		if got := (&Wallet{Decimals: c.decimals}).Points(c.n); got != c.want {
			t.Errorf("%d with %d decimals: %s, want %s", c.n, c.decimals, got, c.want)
		}
	}
	w := Wallet{Unit: money.NewRate(1, 4)}
	for points, want := range map[int64]int64{0: 0, 1: 0, 2: 1, 5: 1, 6: 2, 400: 100} {
		if got, err := w.Liability(points); err != nil || got != want {
			t.Errorf("%d points are worth %d, want %d (%v)", points, got, want, err)
		}
	}
}

// TestWallets makes and changes wallets of a real programme.
func TestWallets(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		boss := auth.System("test")
		p, err := program.New(d).Create(t.Context(), boss, program.Programme{
			Slug: "shop", Name: "Shop", Currency: "GBP", Zone: start.Location(), Languages: []string{"en"},
		})
		must(t, err)
		s := NewService(d)
		second := Wallet{ProgrammeID: p.ID, Code: "stamps", Name: "Stamps", Unit: money.NewRate(1, 3), Clawback: PolicyPendingOnly, Position: 2}
		first := Wallet{ProgrammeID: p.ID, Code: "points", Name: "Points", Unit: money.NewRate(1, 1), Clawback: PolicyDebt, Position: 1}
		for _, w := range []*Wallet{&second, &first} {
			*w, err = s.CreateWallet(t.Context(), boss, *w)
			must(t, err)
		}
		first.Name = "Beans"
		changed, err := s.UpdateWallet(t.Context(), boss, p.ID, first.ID, func(w *Wallet) {
			w.Name, w.Code, w.Decimals, w.ID, w.ProgrammeID = "Beans", "other", 3, 5, 6 // only the name may change
		})
		must(t, err)
		list, err := s.Wallets(t.Context(), boss, p.ID)
		must(t, err)
		if diff := cmp.Diff([]Wallet{first, second}, list, cmp.AllowUnexported(money.Rate{})); diff != "" || changed != first {
			t.Errorf("wallets (-want +got), changed %+v:\n%s", changed, diff)
		}
		got, err := program.Load(t.Context(), d.Reader(), p.ID)
		if err != nil || got.Version != p.Version+3 {
			t.Errorf("version %d after %d, %v: other processes would not see the change", got.Version, p.Version, err)
		}
		audit(t, d, p.ID, first.ID)
		refusals(t, s, p.ID, first)
	}, auth.Schema, program.Schema, Schema)
}

func audit(t *testing.T, d *db.DB, programme, wallet id.ID) {
	t.Helper()
	rows, err := auth.New(d, auth.Config{}).Audit(t.Context(), auth.System("test"), auth.AuditFilter{ProgrammeID: programme, Subject: wallet.In(id.Wallet)})
	must(t, err)
	if len(rows) != 2 || rows[0].Action != "wallet.update" || rows[1].Action != "wallet.create" {
		t.Errorf("audit: %+v", rows)
	}
}

func refusals(t *testing.T, s *Service, programme id.ID, w Wallet) {
	t.Helper()
	boss, nobody := auth.System("test"), auth.Actor{Kind: auth.KindStaff}
	nothing, lost := func(*Wallet) {}, w
	lost.ProgrammeID = 99
	for name, c := range map[string]struct {
		do   func() error
		code string
	}{
		"a code twice":      {func() error { _, err := s.CreateWallet(t.Context(), boss, w); return err }, "wallet_code_taken"},
		"no programme":      {func() error { _, err := s.CreateWallet(t.Context(), boss, lost); return err }, "unknown_programme"},
		"a bad wallet":      {func() error { _, err := s.CreateWallet(t.Context(), boss, Wallet{ProgrammeID: programme}); return err }, "malformed_wallet_code"},
		"a stranger makes":  {func() error { _, err := s.CreateWallet(t.Context(), nobody, w); return err }, "not_permitted"},
		"a stranger reads":  {func() error { _, err := s.Wallets(t.Context(), nobody, programme); return err }, "not_permitted"},
		"a stranger writes": {func() error { _, err := s.UpdateWallet(t.Context(), nobody, programme, w.ID, nothing); return err }, "not_permitted"},
		"an unknown wallet": {func() error { _, err := s.UpdateWallet(t.Context(), boss, programme, 99, nothing); return err }, "unknown_wallet"},
		"a bad change": {func() error {
			_, err := s.UpdateWallet(t.Context(), boss, programme, w.ID, func(w *Wallet) { w.Name = "" })
			return err
		}, "malformed_wallet_name"},
	} {
		if f := fault.As(c.do()); f == nil || f.Code != c.code {
			t.Errorf("%s: got %v, want %s", name, f, c.code)
		}
	}
}

package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/money"
)

func (s *server) addWallets() {
	write(s, operation{
		id: "add-wallet", method: http.MethodPost, path: "/v1/wallets", tag: tagProgramme, needs: needs(auth.ProgrammesWrite), created: true,
		summary: "Add a wallet: points of another kind", text: "Its code and decimals stay.",
		example: `{"code": "stamps", "name": "Stamps", "decimals": 0, "unit": "0", "clawback": "to_zero"}`,
	}, s.addWallet, s.showWallet)
	write(s, operation{
		id: "change-wallet", method: http.MethodPatch, path: "/v1/wallets/{wallet}", tag: tagProgramme, needs: needs(auth.ProgrammesWrite),
		summary: "Change what a wallet is called, what its points are worth, or how they are taken back", text: "Fields left out stay.",
		example: `{"name": "Coffee stamps"}`,
	}, s.changeWallet, s.showWallet)
}

type walletIn struct {
	Wallet walletID `path:"wallet"`
}

type walletID string

// Schema describes it for the document.
func (walletID) Schema(huma.Registry) *huma.Schema { return shown(id.Wallet, "The wallet.") }

type newWallet struct {
	Code     string `json:"code" maxLength:"40" example:"stamps"`
	Name     string `json:"name" maxLength:"400" example:"Stamps"`
	Decimals int    `json:"decimals,omitempty" minimum:"0" maximum:"4" doc:"How many digits of the numbers of points stand after the point."`
	Unit     string `json:"unit" maxLength:"50" doc:"What the programme owes for the smallest unit, in minor units of its currency: a decimal or a fraction." example:"1"`
	Clawback string `json:"clawback" enum:"debt,to_zero,pending_only" doc:"What becomes of points to be taken back that are not there any more."`
}

func (s *server) addWallet(ctx context.Context, c *call, _ *nothing, b *newWallet) (string, error) {
	unit, err := money.ParseRate(b.Unit)
	if err != nil {
		return "", fault.At("/unit", err)
	}
	old, err := s.Ledger.Wallets(ctx, watcher, c.programme())
	if err != nil {
		return "", err
	}
	defer s.settings.forget(c.programme())
	w, err := s.Ledger.CreateWallet(ctx, c.actor, ledger.Wallet{
		ProgrammeID: c.programme(), Code: b.Code, Name: b.Name, Decimals: b.Decimals, Unit: unit, Clawback: ledger.Policy(b.Clawback), Position: len(old),
	})
	return w.ID.In(id.Wallet), err
}

type walletPatch struct {
	Name     *string `json:"name,omitempty" maxLength:"400"`
	Unit     *string `json:"unit,omitempty" maxLength:"50" doc:"What the programme owes for the smallest unit, in minor units of its currency: a decimal or a fraction."`
	Clawback *string `json:"clawback,omitempty" enum:"debt,to_zero,pending_only"`
}

func (s *server) changeWallet(ctx context.Context, c *call, in *walletIn, b *walletPatch) (string, error) {
	n, err := parseID(id.Wallet, "wallet", string(in.Wallet))
	if err != nil {
		return "", err
	}
	var unit *money.Rate
	if b.Unit != nil {
		rate, err := money.ParseRate(*b.Unit)
		if err != nil {
			return "", fault.At("/unit", err)
		}
		unit = &rate
	}
	defer s.settings.forget(c.programme())
	_, err = s.Ledger.UpdateWallet(ctx, c.actor, c.programme(), n, func(w *ledger.Wallet) {
		change(&w.Name, b.Name)
		change(&w.Unit, unit)
		if b.Clawback != nil {
			w.Clawback = ledger.Policy(*b.Clawback)
		}
	})
	return n.In(id.Wallet), err
}

func (s *server) showWallet(ctx context.Context, c *call, subject string) (walletView, error) {
	n, err := parseID(id.Wallet, "wallet", subject)
	if err != nil {
		return walletView{}, err
	}
	all, err := s.Ledger.Wallets(ctx, watcher, c.programme())
	if err != nil {
		return walletView{}, err
	}
	i := slices.IndexFunc(all, func(w ledger.Wallet) bool { return w.ID == n })
	if i < 0 {
		return walletView{}, noWallet("/wallet")
	}
	return walletOf(all[i]), nil
}

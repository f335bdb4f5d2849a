package guest

import (
	"strings"

	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/web"
)

// grouped writes a number in fours, as on a card.
func grouped(number string) string {
	var parts []string
	for len(number) > 4 {
		parts, number = append(parts, number[:4]), number[4:]
	}
	return strings.Join(append(parts, number), " ")
}

// below is the way to a page from one of the navigation.
func (v *visit) below(path, parent, title string) []web.Crumb {
	return []web.Crumb{{Label: v.T(parent), Href: v.at(path)}, {Label: v.T(title)}}
}

// price says points, and money on top if there is any.
func (v *visit) price(w *ledger.Wallet, points, money int64) string {
	said := v.Decimal(points, w.Decimals) + " " + w.Name
	if points == 0 && money > 0 {
		return v.Money(money, "")
	}
	if money > 0 {
		said += " + " + v.Money(money, "")
	}
	return said
}

// walletOf returns the wallet with an id, an empty one where there is none.
func walletOf(list []ledger.Wallet, of id.ID) *ledger.Wallet {
	for i := range list {
		if list[i].ID == of {
			return &list[i]
		}
	}
	return &ledger.Wallet{}
}

// rankReason is the key of the reason that names a rank by its code.
const rankReason = "earn.why.rank"

// named returns a copy of the arguments of a reason, as they came out of JSON,
// in which ranks have the names that people know.
func named(arg any, rank func(code string) string) any {
	switch arg := arg.(type) {
	case []any:
		list := make([]any, len(arg))
		for i, one := range arg {
			list[i] = named(one, rank)
		}
		return list
	case map[string]any:
		all := map[string]any{}
		for name, one := range arg {
			all[name] = named(one, rank)
		}
		if args, ok := all["args"].(map[string]any); ok && all["key"] == rankReason {
			if code, ok := args["rank"].(string); ok {
				args["rank"] = rank(code)
			}
		}
		return all
	}
	return arg
}

// why says a kept reason to the customer.
func (v *visit) why(t i18n.Text, rank func(code string) string) string {
	if t.Args == nil {
		return v.Say(t)
	}
	return v.Say(i18n.Text{Key: t.Key, Args: named(t.Args, rank).(map[string]any)})
}

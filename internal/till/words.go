package till

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/reward"
	"regulars/internal/sale"
	"regulars/internal/web"
)

// redemption shortens signatures of templates.
type redemption = reward.Redemption

// mark is the first letter of a name, for its mark.
func mark(name string) string {
	for _, r := range name {
		return strings.ToUpper(string(r))
	}
	return "·"
}

// spoken are the texts that the script says by itself.
var spoken = []string{
	"online", "offline", "offline_price", "kept", "kept_title", "ask_later", "not_found_offline", "needs_network", "lines_wrong",
	"code_added", "card_added", "added", "failed", "remove", "queue_drop_ask", "joined", "locked", "quote_old",
	"busy", "basket_changed", "camera_refused",
}

var digits = regexp.MustCompile(`\d+`)

// settings are what the script must know of the till.
func (v *visit) settings() templ.Attributes {
	words := map[string]string{}
	for _, key := range spoken {
		words[key] = v.T("till.js_" + key)
	}
	// The script says how many sales wait by the plural form of its language.
	for form, n := range map[string]int{"one": 1, "few": 2, "many": 5, "other": 5} {
		words["queue_"+form] = digits.ReplaceAllString(v.T("till.queue_waits", "n", n), "#")
	}
	text, err := json.Marshal(words)
	if err != nil {
		return nil // texts are always written
	}
	return templ.Attributes{
		"data-words": string(text), "data-shift": v.shift.ID.In(id.Shift), "data-device": strconv.FormatInt(v.device.Number, 10),
		"data-currency": string(v.programme.Currency), "data-decimals": strconv.Itoa(v.programme.Currency.Decimals()), "data-lang": string(v.Lang()),
		"data-locale": locale(v.Lang()),
	}
}

// locale names the language as browsers write its dates: days before months.
func locale(lang i18n.Lang) string {
	if lang == i18n.English {
		return "en-GB"
	}
	return string(lang)
}

// usable are the rewards that the customer can have now.
func (c *customer) usable() []flow.Choice {
	var list []flow.Choice
	for _, r := range c.choices {
		if r.Refused == nil {
			list = append(list, r)
		}
	}
	return list
}

// price says what a reward costs.
func (v *visit) price(r flow.Choice) string {
	words := v.points(r.WalletID, r.Points)
	if r.Money > 0 {
		words += " + " + v.Money(r.Money, "")
	}
	return words
}

// whole is how many whole points there are in a number of smallest units.
func whole(w *ledger.Wallet, n int64) string {
	for range w.Decimals {
		n /= 10
	}
	return strconv.FormatInt(n, 10)
}

// tender says what pays a part of a sale.
func (v *visit) tender(t flow.Tender) string {
	if t.Kind == flow.ByPoints {
		return v.points(t.WalletID, t.Points)
	}
	return v.T("till.tender_card", "card", t.Card)
}

// why says why a code does not apply.
func (v *visit) why(r flow.RefusedOffer) string {
	if r.Reason.Key != "" {
		return v.Say(r.Reason)
	}
	return v.Fault(fault.Refused(r.Why, "%s", r.Why))
}

func salePath(s *sale.Sale) string {
	return "/till/sales/" + s.MemberID.In(id.Member) + "/" + s.ID.In(id.Sale)
}

// anyLeft reports whether goods of the sale may still come back.
func anyLeft(s *sale.Sale) bool {
	for _, l := range s.Lines {
		if !l.Fee && l.Left() > 0 {
			return true
		}
	}
	return false
}

func showCode(n *redemption) string { return reward.ShowCode(n.Code) }

func waits(n *redemption) bool { return n.State == reward.Redeemed }

func ended(n *redemption) bool { return n.State == reward.Undone || n.State == reward.Lapsed }

// picture is what a reward looks like, in the language of the till.
func (v *visit) picture(r *reward.Reward) web.Picture {
	p := &r.Picture
	alt := p.Alt(string(v.Lang()), v.programme.Languages[0])
	return web.Picture{Src: p.Address(), Alt: alt.Text, Lang: alt.Lang, Width: p.Width, Height: p.Height}
}

package console

import (
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/promo"
	"regulars/internal/web"
)

func (p *batchPage) head() web.Head {
	h := web.Head{Title: p.batch.Name, Lead: p.lead(), Crumbs: []web.Crumb{{Label: p.T("console.code.codes"), Href: p.at("/codes")}, {Label: p.batch.Name}}}
	if p.can(auth.CodesWrite) {
		h.Actions = batchActions(p)
	}
	return h
}

// lead says in a sentence what the batch is and what came of it.
func (p *batchPage) lead() string {
	b := &p.batch
	said := p.T("console.code.lead."+string(b.Kind), "n", b.Made, "offer", p.offer)
	if b.Made > 0 {
		said += " " + p.T("console.code.lead_used."+p.usedKey(), "n", usesOf(b))
	}
	if !b.Cancelled.IsZero() {
		said += " " + p.T("console.code.lead_cancelled", "at", b.Cancelled)
	}
	return said
}

// usedKey tells times from codes.
func (p *batchPage) usedKey() string {
	if p.batch.Kind == promo.SharedCode {
		return "times"
	}
	return "codes"
}

// chart shows how many codes stand where in their life; states that none has
// are left out.
func (p *batchPage) chart() web.Chart {
	c := web.Chart{
		ID: "states", Title: p.T("console.code.by_state"), Sentence: p.T("console.code.by_state_says", "open", p.open(), "n", p.batch.Made),
		LabelHead: p.T("console.rule.state"), Figure: p.Number, Series: []web.Series{{Name: p.T("console.code.codes")}},
	}
	for _, s := range promo.CodeStates() {
		if n := p.batch.States[s]; n > 0 {
			c.Labels = append(c.Labels, p.T("console.code.move."+string(s)))
			c.Series[0].Values = append(c.Series[0].Values, n)
		}
	}
	return c
}

// open is how many codes can still be used.
func (p *batchPage) open() int64 {
	var n int64
	for _, s := range []promo.CodeState{promo.CodeIssued, promo.CodeDelivered, promo.CodeSeen, promo.CodeHeld} {
		n += p.batch.States[s]
	}
	return n
}

func (p *batchPage) facts() []web.Definition {
	b := &p.batch
	list := []web.Definition{
		{Term: p.T("console.offer.offer"), About: p.offerLink(b.OfferID, p.offer)},
		{Term: p.T("console.code.kind"), About: web.Words(p.Say(b.Kind.Text()))},
	}
	if p.shared != nil {
		list = append(list, web.Definition{Term: p.T("console.code.code"), About: web.Code(p.shared.Printed)})
	}
	if b.Prefix != "" {
		list = append(list, web.Definition{Term: p.T("console.code.prefix"), About: web.Code(b.Prefix)})
	}
	list = append(list,
		web.Definition{Term: p.T("console.code.max_uses"), About: web.Words(p.usesWords(b.MaxUses))},
		web.Definition{Term: p.T("console.code.valid"), About: web.Words(p.validWords(b.Begins, b.Expires, b.ValidDays))},
		web.Definition{Term: p.T("console.code.made_by"), About: web.Words(p.T("console.code.made_at", "who", firstOr(p.maker, b.Actor), "at", b.Created))},
	)
	if !b.Cancelled.IsZero() {
		list = append(list, web.Definition{Term: p.T("console.code.why_cancelled"), About: web.Words(b.Reason)})
	}
	return list
}

// usesWords says how often a code may be used.
func (v *visit) usesWords(most int64) string { return v.T("console.code.uses_each", "n", most) }

// validWords says when codes may be used.
func (v *visit) validWords(begins, expires time.Time, days int) string {
	until := ""
	if !expires.IsZero() {
		until = v.Date(expires.Add(-time.Second))
	}
	switch {
	case days > 0:
		return v.T("console.code.valid_days", "n", days)
	case begins.IsZero() && until == "":
		return v.T("console.code.valid_always")
	case begins.IsZero():
		return v.T("console.code.valid_until", "until", until)
	case until == "":
		return v.T("console.code.valid_from", "from", v.Date(begins))
	}
	return v.T("console.code.valid_span", "from", v.Date(begins), "until", until)
}

// reasonField asks why something of the codes is ended.
func (v *visit) reasonField(errs web.FormErrors) web.Field {
	return web.Field{
		Name: "reason", Label: v.T("console.code.reason"), Help: v.T("console.code.reason_help"), Value: v.field("reason"), Error: errs["reason"],
		Attrs: templ.Attributes{"maxlength": "200", "autocomplete": "off"},
	}
}

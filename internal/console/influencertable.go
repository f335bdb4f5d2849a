package console

import (
	"cmp"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/referral"
	"regulars/internal/web"
)

// lead says in a sentence what influencers come to.
func (l *influencerList) lead() string {
	came, fresh, kept := int64(0), int64(0), int64(0)
	for _, r := range l.list {
		came, fresh, kept = came+r.Came, fresh+r.New, kept+r.Kept
	}
	return l.T("console.influencer.lead", "n", len(l.list), "came", l.Number(came), "fresh", l.Number(fresh), "kept", l.Number(kept))
}

func (l *influencerList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.influencer.title"),
		Columns: []web.Column{{Head: l.T("console.influencer.name")}, {Head: l.T("console.influencer.state")}},
		Empty:   web.Empty(web.Hint{Icon: web.IconMembers, Title: l.T("console.influencer.none"), Text: l.T("console.influencer.none_text")}),
	}
	for _, key := range []string{"clicks", "came", "new", "kept", "revenue", "cost"} {
		t.Columns = append(t.Columns, web.Column{Head: l.T("console.influencer." + key), Figures: true})
	}
	for _, r := range l.list {
		row := web.Row{Href: l.influencerAt(r.Shown()), Quiet: r.State != referral.On, Cells: []templ.Component{
			web.Words(nameOf(r)), termsState(l.visit, r.State),
		}}
		for _, n := range []string{l.Number(r.Clicks), l.Number(r.Came), l.Number(r.New), l.Number(r.Kept), l.Money(r.Revenue-r.Returned, ""), l.Money(r.Cost(), "")} {
			row.Cells = append(row.Cells, web.Words(n))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// nameOf is how an influencer is called, by id once they were erased.
func nameOf(r *referral.InfluencerResults) string {
	if r.Influencer == nil {
		return r.Shown()
	}
	return cmp.Or(r.Influencer.Name, r.Shown())
}

func termsState(v *visit, s referral.TermsState) templ.Component {
	tone := web.Neutral
	if s == referral.On {
		tone = web.Good
	}
	return web.Badge(tone, v.Say(s.Text()))
}

// title names the influencer.
func (f *influencerForm) title() string {
	return cmp.Or(f.old.Influencer.Name, f.shown())
}

// result says in a sentence what the influencer came to.
func (f *influencerForm) result() string {
	r := f.results
	return f.T("console.influencer.result", "clicks", r.Clicks, "came", r.Came, "fresh", f.Number(r.New), "kept", f.Number(r.Kept), "bought", f.Number(r.Bought))
}

// facts are the figures behind it.
func (f *influencerForm) facts() []web.Definition {
	r := f.results
	var list []web.Definition
	add := func(key string, about templ.Component) {
		list = append(list, web.Definition{Term: f.T("console.influencer." + key), About: about})
	}
	if r.Code != "" {
		add("link", web.Link(referral.LinkPath(r.Code), referral.ShowCode(r.Code)))
	}
	add("revenue", web.Words(f.Money(r.Revenue, "")))
	add("returned", web.Words(f.Money(r.Returned, "")))
	add("fees", web.Words(f.Money(r.Fees, "")))
	add("points", web.Words(f.Money(r.Points, "")))
	if r.Codes > 0 {
		add("codes", web.Words(f.Number(r.Codes)))
	}
	if r.Refused > 0 {
		add("refused_why", web.Words(f.Number(r.Refused)))
	}
	return list
}

// influencerAction leads from a member to their terms as influencer.
func influencerAction(v *visit, p *person) templ.Component {
	if !v.can(auth.ReferralsWrite) {
		return nil
	}
	return web.Action(web.Button{Label: v.T("console.influencer.to"), Small: true, Href: v.influencerAt(p.ID.In(id.Member))})
}

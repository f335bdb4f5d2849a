package console

import (
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/factor"
	"regulars/internal/id"
	"regulars/internal/web"
)

// coded says how much of the feedback of late is coded.
func (p *factorPage) coded() string {
	if p.count.All == 0 {
		return p.T("console.factor.no_feedback", "days", factorDays)
	}
	return p.T("console.factor.coded_says", "n", p.count.Coded, "all", p.count.All, "share", p.Percent(p.count.Coded, p.count.All, 0), "hand", p.count.ByHand, "days", factorDays)
}

// offered says how often suggestions were right, once there were enough.
func (p *factorPage) offered() string {
	if p.count.Offered < fewestCounted {
		return ""
	}
	return p.T("console.factor.offered_says", "n", p.count.Confirmed, "all", p.count.Offered)
}

func (p *deskPage) sources() []web.Option {
	list := []web.Option{{Label: p.T("console.factor.every_source")}}
	for _, s := range factor.Sources() {
		list = append(list, web.Option{Value: string(s), Label: p.Say(s.Text())})
	}
	return web.Choose(list, string(p.source))
}

// choices are the factors in use, the suggested one chosen; of a piece that is
// coded, its own.
func (p *deskPage) choices() []web.Option {
	var list []web.Option
	for _, c := range p.set.On() {
		list = append(list, web.Option{Value: string(c), Label: p.name(c), Help: p.Say(c.About())})
	}
	chosen := p.piece.Suggested
	if p.piece.Factor != "" {
		chosen = p.piece.Factor
	}
	return web.Choose(list, string(chosen))
}

// skip is the address of the piece after the one that is looked at.
func (p *deskPage) skip() string {
	for i := range p.list {
		if p.list[i].Key == p.piece.Key && i+1 < len(p.list) {
			return p.at("/factors", "source", string(p.source), "piece", keyOf(&p.list[i+1]))
		}
	}
	return ""
}

// about says where a piece came from, when, and how it sounds.
func (p *factorPage) about(n *factor.Piece) string {
	parts := []string{p.came(n), p.ShortDate(n.At)}
	if shop := p.shop(n.ShopID); shop != "" {
		parts = append(parts, shop)
	}
	if why := p.why(n); why != "" {
		parts = append(parts, why)
	}
	return strings.Join(parts, " · ")
}

func (p *factorPage) came(n *factor.Piece) string {
	if n.Source == factor.Case {
		return p.Say(n.Kind.Text())
	}
	said := p.Say(n.Source.Text())
	if n.Source == factor.Review && n.Number > 0 {
		said += " " + stars(n.Number)
	}
	return said
}

func (p *factorPage) shop(shop id.ID) string {
	for _, s := range p.shops {
		if s.ID == shop {
			return s.Name
		}
	}
	return ""
}

// why names the reason and the cause of a piece.
func (p *factorPage) why(n *factor.Piece) string {
	var parts []string
	switch {
	case n.Source == factor.Case:
		parts = append(parts, p.Say(p.cases.ReasonText(n.Reason, p.Lang())))
		if n.Cause != "" {
			parts = append(parts, p.Say(p.cases.CauseText(n.Cause, p.Lang())))
		}
	case n.Reason != "":
		parts = append(parts, p.reason(n.Reason))
	}
	return strings.Join(parts, ", ")
}

func (p *factorPage) reason(code string) string {
	for _, r := range p.reasons {
		if r.Code == code {
			return r.Names.In(string(p.Lang()))
		}
	}
	return code
}

// origin is the page of a piece in its own room; empty where there is none.
func (p *factorPage) origin(n *factor.Piece) string {
	switch n.Source {
	case factor.Case:
		return p.at("/complaints/" + n.Shown())
	case factor.Review:
		return p.at("/reviews/" + n.Shown())
	}
	return p.at("/surveys/" + n.SurveyID.In(id.Survey))
}

// said are the words of a piece.
func (p *factorPage) said(n *factor.Piece) string {
	if n.Words == "" {
		return p.T("console.factor.no_words")
	}
	return n.Words
}

func (v *visit) toneBadge(t factor.Tone) templ.Component {
	tone := web.Neutral
	switch t {
	case factor.Positive:
		tone = web.Good
	case factor.Negative:
		tone = web.Bad
	}
	return web.Badge(tone, v.Say(t.Text()))
}

func (p *deskPage) table() web.Table {
	t := web.Table{
		Caption: p.T("console.factor.waiting"), ShowCaption: true,
		Columns: []web.Column{{Head: p.T("console.factor.said")}, {Head: p.T("console.factor.tone")}, {Head: p.T("console.factor.suggested")}},
		Empty:   web.Empty(web.Hint{Icon: web.IconFactor, Title: p.T("console.factor.all_coded"), Text: p.T("console.factor.all_coded_text")}),
	}
	for i := range p.list {
		n := &p.list[i]
		suggested := p.T("console.factor.abstains")
		if n.Suggested != "" {
			suggested = p.name(n.Suggested)
		}
		row := web.Row{Cells: []templ.Component{twoLines(short(p.said(n)), p.about(n)), p.toneBadge(n.Tone), web.Words(suggested)}}
		if p.can(auth.FactorsWrite) {
			row.Href = p.at("/factors", "source", string(p.source), "piece", keyOf(n))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// factors counts what is coded to each factor of late.
func (p *codedPage) factors() web.Table {
	t := web.Table{
		Caption: p.T("console.factor.by_factor", "days", factorDays),
		Columns: []web.Column{
			{Head: p.T("console.factor.factor")}, {Head: p.T("console.factor.pieces"), Figures: true}, {Head: p.Say(factor.Positive.Text()), Figures: true},
			{Head: p.Say(factor.Neutral.Text()), Figures: true}, {Head: p.Say(factor.Negative.Text()), Figures: true}, {Head: p.Say(factor.Untold.Text()), Figures: true},
		},
	}
	for _, c := range p.set.On() {
		n := p.count.Of(c)
		t.Rows = append(t.Rows, web.Row{Href: p.at("/factors/coded", "factor", string(c)), Cells: []templ.Component{
			twoLines(p.name(c), p.Say(c.About())), web.Words(p.Number(n.N())), web.Words(p.Number(n.Positive)), web.Words(p.Number(n.Neutral)), web.Words(p.Number(n.Negative)), web.Words(p.Number(n.Untold)),
		}})
	}
	return t
}

// pieces is the feedback of a factor.
func (p *codedPage) pieces() web.Table {
	t := web.Table{
		Caption: p.name(p.factor), ShowCaption: true,
		Columns: []web.Column{{Head: p.T("console.factor.said")}, {Head: p.T("console.factor.tone")}, {Head: p.T("console.factor.coded_by")}},
		Empty:   web.Muted(p.T("console.factor.none_of_factor")),
	}
	for i := range p.list {
		n := &p.list[i]
		by := p.T("console.factor.by_reason", "why", p.why(n))
		if n.By != "" {
			by = p.T("console.factor.by_hand")
		}
		row := web.Row{Cells: []templ.Component{twoLines(short(p.said(n)), p.about(n)), p.toneBadge(n.Tone), web.Words(by)}}
		if p.can(auth.FactorsWrite) {
			row.Href = p.at("/factors", "piece", keyOf(n), "from", "coded")
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// help says what is suggested, and how to go on by keyboard.
func (p *deskPage) help() string {
	if p.piece.Factor == "" && p.piece.Suggested != "" {
		return p.T("console.factor.help_suggested", "factor", p.name(p.piece.Suggested))
	}
	return p.T("console.factor.help")
}

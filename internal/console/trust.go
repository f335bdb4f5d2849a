package console

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/photo"
	"regulars/internal/trust"
	"regulars/internal/web"
)

// trustPath is the address of the signals of trust.
const trustPath = inProgramme + "/trust"

func (c *Console) trustRoutes() []route {
	return []route{
		{pattern: "GET " + trustPath, permission: auth.TrustRead, do: c.trustSignals},
		{pattern: "GET " + trustPath + "/{signal}", permission: auth.TrustRead, do: c.trustSignal},
		{pattern: "POST " + trustPath + "/{signal}", permission: auth.TrustWrite, limit: photo.MaxUpload + formBytes, do: c.attest},
		{pattern: "GET " + trustPath + "/{signal}/photos/{attestation}", permission: auth.TrustRead, do: c.trustPhoto},
		{pattern: "POST " + trustPath + "/{signal}/photos/{attestation}/remove", permission: auth.TrustWrite, do: c.removeTrustPhoto},
	}
}

// scorecardPage is every signal as it stands.
type scorecardPage struct {
	*visit
	card *trust.Scorecard
	kept []trust.Tally
}

func (c *Console) trustSignals(v *visit) error {
	p := &scorecardPage{visit: v}
	var err error
	if p.card, err = c.Trust.Scorecard(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	if p.kept, err = c.Trust.History(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	return v.render(scorecardShown(p))
}

var verdictTones = map[trust.Verdict]web.Tone{trust.Met: web.Good, trust.NotMet: web.Bad, trust.NotKnown: web.Neutral}

func (p *scorecardPage) tiles() []web.Stat {
	return []web.Stat{
		{Sentence: p.T("console.trust.met"), Figure: p.Number(int64(p.card.Met))},
		{Sentence: p.T("console.trust.not_met"), Figure: p.Number(int64(p.card.NotMet))},
		{Sentence: p.T("console.trust.unknown"), Figure: p.Number(int64(p.card.Unknown))},
	}
}

// history is how many were met on each day.
func (p *scorecardPage) history() web.Chart {
	first, last := p.kept[0], p.kept[len(p.kept)-1]
	ch := web.Chart{
		ID: "history", Title: p.T("console.trust.history"), Sentence: p.T("console.trust.history_says", "first", p.whichDay(first.Day), "then", first.Met, "now", last.Met),
		LabelHead: p.T("console.trust.day"), Figure: p.Number, Series: []web.Series{{Name: p.T("console.trust.met")}, {Name: p.T("console.trust.not_met")}},
	}
	for _, n := range p.kept {
		day, _ := p.begin(n.Day)
		ch.Labels, ch.Ticks = append(ch.Labels, p.ShortDate(day)), append(ch.Ticks, p.DayMonth(day))
		ch.Series[0].Values, ch.Series[1].Values = append(ch.Series[0].Values, n.Met), append(ch.Series[1].Values, n.NotMet)
	}
	return ch
}

// lead says how many are met.
func (p *scorecardPage) lead() string {
	return p.T("console.trust.says", "met", p.card.Met, "all", len(p.card.Readings), "not", p.card.NotMet, "unknown", p.card.Unknown)
}

// fell names the signals that fell for sure.
func (p *scorecardPage) fell() []string {
	var names []string
	for _, r := range p.card.Falling() {
		names = append(names, p.Say(r.Text()))
	}
	return names
}

func (p *scorecardPage) table() web.Table {
	t := web.Table{
		Caption: p.T("console.trust.title"),
		Columns: []web.Column{{Head: p.T("console.trust.signal")}, {Head: p.T("console.trust.verdict")}, {Head: p.T("console.trust.evidence")}, {Head: p.T("console.trust.next")}},
	}
	for i := range p.card.Readings {
		r := &p.card.Readings[i]
		row := web.Row{Cells: []templ.Component{
			twoLines(p.Say(r.Text()), p.Say(r.Known.Text())), web.Badge(verdictTones[r.Verdict], p.Say(r.Verdict.Text())), twoLines(p.evidence(r), p.why(r)), web.Words(p.next(r)),
		}}
		switch {
		case r.Known == trust.Attested:
			row.Href = p.at("/trust/" + r.Code)
		case r.Place != "":
			row.Href = p.at(r.Place)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// next says what to do, of what is not met.
func (p *scorecardPage) next(r *trust.Reading) string {
	if r.Verdict == trust.Met && r.Trend != trust.Falling {
		return "—"
	}
	return p.Say(r.Next())
}

// evidence is the figure with what is sure of it, or who stands for it until
// when.
func (p *scorecardPage) evidence(r *trust.Reading) string {
	switch {
	case r.Attestation != nil:
		day, _ := p.begin(r.Attestation.Day)
		return p.T("console.trust.until", "day", day, "renew", p.whichDay(r.Attestation.Renew))
	case r.Known == trust.Attested:
		return p.Say(r.WhyText())
	case r.Target > 0:
		said := []string{trust.Row{Form: trust.Share}.Say(p.Printer, "", r.Share)}
		if !r.Share.Few() {
			said = append(said, p.T("console.trust.mark", "share", p.Percent(r.Target, 1000, 0)))
		}
		if r.Trend != "" {
			said = append(said, p.T("trust.trend."+string(r.Trend)))
		}
		return joined(said...)
	}
	return p.Date(r.At)
}

// why says how the verdict came about, and of a share, whose evidence names no day,
// of which day it is.
func (p *scorecardPage) why(r *trust.Reading) string {
	if r.Target > 0 {
		return joined(p.Say(r.WhyText()), p.ShortDate(r.At))
	}
	return p.Say(r.WhyText())
}

// attestPage is where somebody stands for a signal.
type attestPage struct {
	*visit
	signal trust.Signal
	list   []trust.Attestation
	today  string
	errs   web.FormErrors
}

func (c *Console) meetSignal(v *visit) (*attestPage, error) {
	p := &attestPage{visit: v, today: c.today(v)}
	var known bool
	if p.signal, known = trust.FindSignal(v.r.PathValue("signal")); !known || p.signal.Known != trust.Attested {
		return nil, web.NotFound(v.w, v.r)
	}
	var err error
	p.list, err = c.Trust.Attestations(v.ctx(), v.actor, v.programme.ID, p.signal.Code)
	return p, err
}

func (c *Console) trustSignal(v *visit) error {
	p, err := c.meetSignal(v)
	if err != nil || p == nil {
		return err
	}
	return v.render(attestShown(p))
}

func (c *Console) attest(v *visit) error {
	p, err := c.meetSignal(v)
	if err != nil || p == nil {
		return err
	}
	upload, err := fileUpload(v, "photo")
	if err == nil {
		_, err = c.Trust.Attest(v.ctx(), v.actor, v.programme.ID, trust.Attestation{
			Signal: p.signal.Code, Holds: v.field("holds") == "yes", Evidence: v.field("evidence"), Link: v.field("link"), Reference: v.field("reference"),
			Day: v.field("day"), Renew: v.field("renew"),
		}, upload)
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = errs
			return attestShown(p)
		})
	}
	return v.done(v.at("/trust"), "console.trust.attested")
}

func (c *Console) trustPhoto(v *visit) error {
	n, err := v.pathID("attestation", id.Attestation)
	if err != nil {
		return err
	}
	b, err := c.Trust.Picture(v.ctx(), v.actor, v.programme.ID, n)
	if err != nil {
		return err
	}
	return v.picture("image/jpeg", b)
}

func (c *Console) removeTrustPhoto(v *visit) error {
	n, err := v.pathID("attestation", id.Attestation)
	if err != nil {
		return err
	}
	if err := c.Trust.RemovePhoto(v.ctx(), v.actor, v.programme.ID, n); err != nil {
		return err
	}
	return v.done(v.at("/trust/"+v.r.PathValue("signal")), "console.trust.photo_removed")
}

// pictured are the attestations whose photos can be looked at.
func (p *attestPage) pictured() []trust.Attestation {
	return slices.DeleteFunc(slices.Clone(p.list), func(n trust.Attestation) bool { return !n.Shown() })
}

func (p *attestPage) photoAt(n *trust.Attestation) string {
	return p.at("/trust/" + p.signal.Code + "/photos/" + n.ID.In(id.Attestation))
}

// photoSaid names a photo.
func (p *attestPage) photoSaid(n *trust.Attestation) string {
	return p.T("console.trust.photo_of", "signal", p.Say(p.signal.Text()), "day", n.Made)
}

// lead says how the signal stands, and what to do while it is not met.
func (p *attestPage) lead() string {
	if len(p.list) == 0 {
		return p.T("console.trust.nobody") + " " + p.Say(p.signal.Next())
	}
	n := p.list[0]
	until := p.whichDay(n.Renew)
	switch {
	case n.Renew < p.today:
		return p.T("console.trust.was_until", "day", until) + " " + p.Say(p.signal.Next())
	case n.Holds:
		return p.T("console.trust.is_met", "day", until)
	}
	return p.T("console.trust.is_not_met", "day", until) + " " + p.Say(p.signal.Next())
}

// show returns what was typed, or what is proposed while nothing was.
func (p *attestPage) show(name, proposed string) string {
	if p.r.Method == "POST" {
		return p.field(name)
	}
	return proposed
}

func (p *attestPage) holdsOptions() []web.Option {
	return web.Choose([]web.Option{{Value: "yes", Label: p.T("console.trust.holds")}, {Value: "no", Label: p.T("console.trust.holds_not")}}, p.show("holds", "yes"))
}

// happenings are what was stood for, the latest first.
func (p *attestPage) happenings() []web.Happening {
	var list []web.Happening
	for _, n := range p.list {
		title, tone := p.T("console.trust.holds"), web.Good
		if !n.Holds {
			title, tone = p.T("console.trust.holds_not"), web.Bad
		}
		day, _ := p.begin(n.Day)
		gone := ""
		if n.Photo != nil && !n.Shown() {
			gone = p.T("console.trust.photo_gone", "day", n.Photo.Removed)
		}
		list = append(list, web.Happening{
			Day: p.Date(n.Made), Clock: p.Clock(n.Made), Icon: web.IconTrust, Tone: tone, Title: title,
			Note: joined(p.T("console.trust.until", "day", day, "renew", p.whichDay(n.Renew)), strings.ReplaceAll(n.Evidence, "\n", " "), n.Link, n.Reference, gone),
		})
	}
	return list
}

package console

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/outreach"
	"regulars/internal/web"
)

func (v *visit) messageTabs(current string) []web.Tab {
	return []web.Tab{
		{Label: v.T("console.message.list"), Href: v.at("/messages"), Current: current == "list"},
		{Label: v.T("console.message.policy"), Href: v.at("/messages/policy"), Current: current == "policy"},
	}
}

func (l *messageList) page(trail string) string {
	return l.at("/messages", "state", l.state, "class", l.class, "channel", l.channel, "member", shownID(l.of, id.Member), trailName, trail)
}

func (l *messageList) cursor() web.Cursor {
	c := web.Cursor{Target: "#found"}
	if len(l.trail) > 0 {
		c.Previous = l.page(l.trail.back())
	}
	if l.next != 0 {
		c.Next = l.page(l.trail.forth(l.next.In(id.Contact)))
	}
	return c
}

func (l *messageList) stateOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.message.every_state")}}
	for _, s := range outreach.States() {
		options = append(options, web.Option{Value: string(s), Label: l.Say(s.Text())})
	}
	return web.Choose(options, l.state)
}

func (l *messageList) classOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.message.every_class")}}
	for _, class := range outreach.Classes() {
		options = append(options, web.Option{Value: string(class), Label: l.Say(outreach.ClassText(class))})
	}
	return web.Choose(options, l.class)
}

func (l *messageList) channelOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.message.every_channel")}}
	for _, ch := range []member.Channel{member.ByEmail, member.BySMS, member.ByCall} {
		options = append(options, web.Option{Value: string(ch), Label: l.T("console.message.by." + string(ch))})
	}
	return web.Choose(options, l.channel)
}

func (l *messageList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.message.list"),
		Columns: []web.Column{
			{Head: l.T("console.message.what")}, {Head: l.T("console.message.member")}, {Head: l.T("console.message.state")},
			{Head: l.T("console.message.why")}, {Head: l.T("console.message.when"), Figures: true},
		},
		Empty: web.Empty(l.hint()),
	}
	for _, n := range l.list {
		t.Rows = append(t.Rows, web.Row{
			Href: l.at("/messages/" + n.ID.In(id.Contact)), Quiet: n.State == outreach.Refused,
			Cells: []templ.Component{
				twoLines(l.Say(n.Title(l.programme.Name, l.Lang())), l.Say(outreach.ClassText(n.Class))), web.Words(firstOr(l.names[n.MemberID], "—")),
				messageState(l.visit, n), web.Words(l.why(n)), web.TwoLines(l.ShortDate(n.Made), l.Clock(n.Made)),
			},
		})
	}
	return t
}

// why says what kept a contact back; nothing of one that was not.
func (v *visit) why(n *outreach.Contact) string {
	switch n.State {
	case outreach.Refused, outreach.Deferred:
		return v.Say(n.Verdict.Reason)
	case outreach.Failed:
		return v.Say(n.FailureText())
	default:
		return "—"
	}
}

func (l *messageList) hint() web.Hint {
	if l.state != "" || l.class != "" || l.channel != "" || l.of != 0 {
		return web.Hint{Icon: web.IconSearch, Title: l.T("console.message.not_found"), Text: l.T("console.message.not_found_text")}
	}
	return web.Hint{Icon: web.IconMessage, Title: l.T("console.message.none"), Text: l.T("console.message.none_text")}
}

func messageState(v *visit, n *outreach.Contact) templ.Component {
	tone := map[outreach.State]web.Tone{outreach.Sent: web.Good, outreach.Failed: web.Bad, outreach.Deferred: web.Warn, outreach.Queued: web.Neutral, outreach.Refused: web.Neutral}[n.State]
	return web.Badge(tone, v.Say(n.StateText()))
}

// lead says what became of the message.
func (p *messagePage) lead() string {
	if p.n.State == outreach.Failed && p.n.Channel == member.ByCall {
		return p.Say(p.n.FailureText())
	}
	if p.n.State == outreach.Failed {
		return p.T("console.message.failed", "why", p.Say(p.n.FailureText()), "times", p.n.Attempts)
	}
	return p.Say(p.n.Verdict.Reason)
}

func (p *messagePage) facts() []web.Definition {
	n := p.n
	list := []web.Definition{
		{Term: p.T("console.message.state"), About: messageState(p.visit, n)}, {Term: p.T("console.message.class"), About: web.Words(p.Say(outreach.ClassText(n.Class)))},
	}
	if n.Channel != "" {
		list = append(list, web.Definition{Term: p.T("console.message.channel"), About: web.Words(p.T("console.message.by." + string(n.Channel)))})
	}
	if p.name != "" {
		list = append(list, web.Definition{Term: p.T("console.message.member"), About: web.Link(p.at("/members/"+n.MemberID.In(id.Member)), p.name)})
	}
	for _, at := range []struct {
		key  string
		time time.Time
	}{{"made", n.Made}, {"due", n.Due}, {"sent", n.Sent}} {
		if !at.time.IsZero() {
			list = append(list, web.Definition{Term: p.T("console.message." + at.key), About: web.Words(p.DateTime(at.time))})
		}
	}
	if n.Attempts > 1 {
		list = append(list, web.Definition{Term: p.T("console.message.attempts"), About: web.Words(p.Number(int64(n.Attempts)))})
	}
	return list
}

// trailTable shows the checks of a verdict in their order.
func trailTable(v *visit, verdict *outreach.Verdict) web.Table {
	t := web.Table{Caption: v.T("console.message.checks"), Columns: []web.Column{{Head: v.T("console.message.check")}, {Head: v.T("console.message.answer")}, {Head: v.T("console.message.why")}}}
	for _, s := range verdict.Trail {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Words(v.Say(s.Check.Text())), stepBadge(v, s), web.Words(v.Say(s.Reason))}})
	}
	return t
}

// trailList is the same where there is little room.
func trailList(v *visit, verdict *outreach.Verdict) []web.Definition {
	var list []web.Definition
	for _, s := range verdict.Trail {
		list = append(list, web.Definition{Term: v.Say(s.Check.Text()), About: stepBadge(v, s)})
	}
	return list
}

func stepBadge(v *visit, s outreach.Step) templ.Component {
	switch {
	case s.Unknown:
		return web.Badge(web.Neutral, v.T("console.message.unknown"))
	case s.Passed:
		return web.Badge(web.Good, v.T("console.message.passed"))
	default:
		return web.Badge(web.Warn, v.T("console.message.stopped"))
	}
}

// paragraphs are the lines of a message that the sink holds.
func (p *messagePage) paragraphs() []string {
	if p.sunk == nil {
		return nil
	}
	return strings.Split(strings.TrimSpace(p.sunk.Text), "\n")
}

// hidden says why no words are shown.
func (p *messagePage) hidden() string {
	switch {
	case !p.can(auth.ContactsPolicy):
		return p.T("console.message.not_yours")
	case p.n.ProviderID == "sink":
		return p.T("console.message.pruned")
	default:
		return p.T("console.message.not_kept")
	}
}

// purposeName says what is taken back.
func purposeName(v *visit, l outreach.Leaving) string {
	if l.Purpose == member.Surveys {
		return v.T("console.message.leave_survey", "programme", l.Programme.Name)
	}
	return v.T("console.message.leave_marketing", "programme", l.Programme.Name)
}

package console

import (
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/lexicon"
	"regulars/internal/touch"
	"regulars/internal/web"
)

// mentionPath is the address of the mentions, feedPath that of the feeds.
const (
	mentionPath = inProgramme + "/mentions"
	feedPath    = mentionPath + "/feeds"
)

func (c *Console) mentionRoutes() []route {
	one, feed := mentionPath+"/{mention}", feedPath+"/{feed}"
	return []route{
		{pattern: "GET " + mentionPath, permission: auth.TouchRead, do: c.mentions},
		{pattern: "GET " + one, permission: auth.TouchRead, do: c.mention},
		{pattern: "POST " + one + "/tone", permission: auth.TouchWrite, do: c.toneMention},
		{pattern: "POST " + one + "/answer", permission: auth.TouchWrite, do: c.answerMention},
		{pattern: "POST " + one + "/aside", permission: auth.TouchWrite, do: c.asideMention},
		{pattern: "POST " + one + "/review", permission: auth.TouchWrite, do: c.reviewMention},
		{pattern: "POST " + one + "/member", permission: auth.TouchWrite, do: c.bindMention},
		{pattern: "GET " + feedPath, permission: auth.TouchRead, do: c.feeds},
		{pattern: "GET " + feedPath + "/new", permission: auth.TouchWrite, do: c.editFeed},
		{pattern: "POST " + feedPath + "/new", permission: auth.TouchWrite, do: c.saveFeed},
		{pattern: "GET " + feed, permission: auth.TouchRead, do: c.editFeed},
		{pattern: "POST " + feed + "/save", permission: auth.TouchWrite, do: c.saveFeed},
		{pattern: "POST " + feed + "/read", permission: auth.TouchWrite, do: c.readFeed},
	}
}

func (v *visit) mentionTabs(current string) (tabs []web.Tab) {
	for _, t := range [][2]string{{"mentions", ""}, {"feeds", "/feeds"}} {
		tabs = append(tabs, web.Tab{Label: v.T("console.mention." + t[0]), Href: v.at("/mentions" + t[1]), Current: current == t[0]})
	}
	return tabs
}

// mentionsShown is how many mentions a page has.
const mentionsShown = 50

// mentionList is what others write.
type mentionList struct {
	*visit
	query touch.MentionQuery
	list  []*touch.Mention
	feeds []*touch.Feed
	alarm touch.Alarm
	next  string
}

func (c *Console) mentions(v *visit) error {
	l := &mentionList{visit: v, query: touch.MentionQuery{
		ProgrammeID: v.programme.ID, State: touch.MentionState(v.field("state")), Tone: lexicon.Tone(v.field("tone")), Limit: mentionsShown + 1,
	}}
	l.query.FeedID, _ = id.Parse(id.Feed, v.field("feed"))
	if at, before, found := strings.Cut(v.field("before"), "."); found {
		micros, _ := strconv.ParseInt(at, 10, 64)
		n, err := id.Parse(id.Mention, before)
		if err != nil {
			return err
		}
		l.query.Before = touch.Cursor{Occurred: time.UnixMicro(micros), ID: n}
	}
	var err error
	if l.list, err = c.Touch.Mentions(v.ctx(), v.actor, l.query); err != nil {
		return err
	}
	if len(l.list) > mentionsShown {
		l.list = l.list[:mentionsShown]
		last := l.list[mentionsShown-1]
		l.next = strconv.FormatInt(last.Published.UnixMicro(), 10) + "." + last.ID.In(id.Mention)
	}
	if l.feeds, err = c.Touch.Feeds(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(mentionTable(l))
	}
	if l.alarm, err = touch.Alarms(v.ctx(), c.DB.Reader(), v.programme.ID, c.Now()); err != nil {
		return err
	}
	return v.render(mentionListPage(l))
}

// lead says in a sentence what wants to be looked at.
func (l *mentionList) lead() string {
	if len(l.feeds) == 0 {
		return l.T("console.mention.lead_none")
	}
	return l.T("console.mention.lead", "n", l.alarm.Negative)
}

func (l *mentionList) older() string {
	return l.at("/mentions", "state", string(l.query.State), "tone", string(l.query.Tone), "feed", l.field("feed"), "before", l.next)
}

func (l *mentionList) stateOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.mention.every_state")}}
	for _, s := range touch.MentionStates() {
		options = append(options, web.Option{Value: string(s), Label: l.Say(s.Text())})
	}
	return web.Choose(options, string(l.query.State))
}

func (l *mentionList) toneOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.mention.every_tone")}}
	for _, t := range append(lexicon.Tones(), lexicon.Unsure) {
		options = append(options, web.Option{Value: string(t), Label: l.Say(t.Text())})
	}
	return web.Choose(options, string(l.query.Tone))
}

func (l *mentionList) feedOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.mention.every_feed")}}
	for _, f := range l.feeds {
		options = append(options, web.Option{Value: f.ID.In(id.Feed), Label: f.Name})
	}
	return web.Choose(options, l.field("feed"))
}

func (l *mentionList) feedName(feed id.ID) string {
	for _, f := range l.feeds {
		if f.ID == feed {
			return f.Name
		}
	}
	return ""
}

func (l *mentionList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.mention.mentions"),
		Columns: []web.Column{
			{Head: l.T("console.mention.what")}, {Head: l.T("console.mention.when")}, {Head: l.T("console.mention.tone")}, {Head: l.T("console.mention.state")},
		},
		Empty: web.Empty(l.hint()),
	}
	for _, m := range l.list {
		t.Rows = append(t.Rows, web.Row{
			Href: l.at("/mentions/" + m.ID.In(id.Mention)),
			Cells: []templ.Component{
				twoLines(firstOr(short(m.Title), l.T("console.mention.forgotten")), short(m.Excerpt)), twoLines(l.ShortDate(m.Published), l.feedName(m.FeedID)),
				mentionTone(l.visit, m), mentionState(l.visit, m.State),
			},
		})
	}
	return t
}

func (l *mentionList) hint() web.Hint {
	if len(l.feeds) > 0 {
		return web.Hint{Icon: web.IconMention, Title: l.T("console.mention.none"), Text: l.T("console.mention.none_text")}
	}
	h := web.Hint{Icon: web.IconMention, Title: l.T("console.mention.no_feed"), Text: l.T("console.mention.no_feed_text")}
	if l.can(auth.TouchWrite) {
		h.Next = &web.Button{Label: l.T("console.mention.new_feed"), Kind: web.Primary, Icon: web.IconPlus, Href: l.at("/mentions/feeds/new")}
	}
	return h
}

// mentionTone shows the tone that counts, and whether a person says so.
func mentionTone(v *visit, m *touch.Mention) templ.Component {
	meant := m.Meant()
	colour := map[lexicon.Tone]web.Tone{lexicon.Negative: web.Bad, lexicon.Positive: web.Good}[meant]
	label := v.Say(meant.Text())
	if m.Tone == "" && meant != lexicon.Unsure {
		label = v.T("console.mention.maybe", "tone", label)
	}
	if colour == "" {
		colour = web.Neutral
	}
	return web.Badge(colour, label)
}

func mentionState(v *visit, s touch.MentionState) templ.Component {
	colour := map[touch.MentionState]web.Tone{touch.MentionNew: web.Warn, touch.MentionAnswered: web.Good, touch.MentionReview: web.Good, touch.MentionAside: web.Neutral}[s]
	return web.Badge(colour, v.Say(s.Text()))
}

// mentionPage is one mention with what was done about it.
type mentionPage struct {
	*visit
	m      *touch.Mention
	feed   *touch.Feed
	people people
	errs   web.FormErrors
}

func (c *Console) meetMention(v *visit) (*mentionPage, error) {
	n, err := v.pathID("mention", id.Mention)
	if err != nil || n == 0 {
		return nil, err
	}
	p := &mentionPage{visit: v}
	if p.m, err = c.Touch.Mention(v.ctx(), v.actor, v.programme.ID, n); err != nil {
		return nil, err
	}
	if p.feed, err = c.Touch.Feed(v.ctx(), v.actor, v.programme.ID, p.m.FeedID); err != nil || p.m.MemberID == 0 {
		return p, err
	}
	p.people, err = c.readPeople(v, p.m.MemberID)
	return p, err
}

func (c *Console) mention(v *visit) error {
	p, err := c.meetMention(v)
	if err != nil || p == nil {
		return err
	}
	return v.render(mentionShown(p))
}

func (p *mentionPage) path(verb string) string {
	return p.at("/mentions/" + p.m.ID.In(id.Mention) + verb)
}

func (p *mentionPage) title() string { return firstOr(p.m.Title, p.T("console.mention.mention")) }

// crumb is the title as a step of the way, which must be short.
func (p *mentionPage) crumb() string {
	const most = 40
	if letters := []rune(p.title()); len(letters) > most {
		return string(letters[:most]) + "…"
	}
	return p.title()
}

func (p *mentionPage) toneOptions() []web.Option {
	options := []web.Option{{Label: p.T("console.mention.suggested", "tone", p.Say(p.m.Suggested.Text()))}}
	for _, t := range lexicon.Tones() {
		options = append(options, web.Option{Value: string(t), Label: p.Say(t.Text())})
	}
	return web.Choose(options, string(p.m.Tone))
}

func (p *mentionPage) platformOptions() []web.Option {
	var options []web.Option
	for _, l := range touch.Platforms() {
		options = append(options, web.Option{Value: string(l), Label: p.Say(l.Text())})
	}
	return web.Choose(options, firstOr(p.field("platform"), string(touch.OwnPage)))
}

func (p *mentionPage) ratingOptions() []web.Option {
	options := []web.Option{{Label: p.T("console.mention.no_rating")}}
	for n := range int64(5) {
		options = append(options, web.Option{Value: strconv.FormatInt(n+1, 10), Label: stars(n + 1)})
	}
	return web.Choose(options, p.field("rating"))
}

func (c *Console) toneMention(v *visit) error {
	return c.changeMention(v, "console.mention.tone_set", func(n id.ID) error {
		_, err := c.Touch.SetTone(v.ctx(), v.actor, v.programme.ID, n, lexicon.Tone(v.field("tone")))
		return err
	})
}

func (c *Console) answerMention(v *visit) error {
	return c.changeMention(v, "console.mention.answer_noted", func(n id.ID) error {
		_, err := c.Touch.AnswerMention(v.ctx(), v.actor, v.programme.ID, n, v.field("link"))
		return err
	})
}

func (c *Console) asideMention(v *visit) error {
	return c.changeMention(v, "console.mention.aside_set", func(n id.ID) error {
		_, err := c.Touch.SetAside(v.ctx(), v.actor, v.programme.ID, n, v.field("why"))
		return err
	})
}

func (c *Console) reviewMention(v *visit) error {
	return c.changeMention(v, "console.mention.review_made", func(n id.ID) error {
		rating, _ := strconv.ParseInt(firstOr(v.field("rating"), "0"), 10, 64)
		_, err := c.Touch.MakeReview(v.ctx(), v.actor, v.programme.ID, n, touch.Platform(v.field("platform")), rating)
		return err
	})
}

func (c *Console) bindMention(v *visit) error {
	return c.changeMention(v, "console.mention.bound", func(n id.ID) error {
		var who id.ID
		if v.field("who") != "" || v.field("undo") == "" {
			var err error
			if who, err = c.onlyOne(v, v.field("who")); err != nil {
				return err
			}
		}
		_, err := c.Touch.BindMention(v.ctx(), v.actor, v.programme.ID, n, who)
		return err
	})
}

func (c *Console) changeMention(v *visit, said string, do func(id.ID) error) error {
	p, err := c.meetMention(v)
	if err != nil || p == nil {
		return err
	}
	if err := do(p.m.ID); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = errs
			return mentionShown(p)
		})
	}
	return v.done(p.path(""), said)
}

package console

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/touch"
	"regulars/internal/web"
)

// feedsPage are the feeds that are watched.
type feedsPage struct {
	*visit
	feeds []*touch.Feed
}

func (c *Console) feeds(v *visit) error {
	p := &feedsPage{visit: v}
	var err error
	if p.feeds, err = c.Touch.Feeds(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	return v.render(feedListPage(p))
}

func (p *feedsPage) head() web.Head {
	h := web.Head{Title: p.T("console.mention.mentions"), Lead: p.T("console.mention.feeds_lead")}
	if p.can(auth.TouchWrite) {
		h.Actions = web.Actions(web.Button{Label: p.T("console.mention.new_feed"), Kind: web.Primary, Icon: web.IconPlus, Href: p.at("/mentions/feeds/new")})
	}
	return h
}

func (p *feedsPage) table() web.Table {
	t := web.Table{
		Caption: p.T("console.mention.feeds"),
		Columns: []web.Column{{Head: p.T("console.mention.feed")}, {Head: p.T("console.mention.words")}, {Head: p.T("console.mention.often")}, {Head: p.T("console.mention.last")}},
		Empty:   web.Empty(web.Hint{Icon: web.IconMention, Title: p.T("console.mention.no_feed"), Text: p.T("console.mention.no_feed_text")}),
	}
	for _, f := range p.feeds {
		t.Rows = append(t.Rows, web.Row{
			Href: p.at("/mentions/feeds/" + f.ID.In(id.Feed)),
			Cells: []templ.Component{
				twoLines(f.Name, short(f.Address)), web.Words(firstOr(short(strings.Join(f.Words, ", ")), p.T("console.mention.every_word"))),
				web.Words(p.often(f.Minutes)), p.last(f),
			},
		})
	}
	return t
}

// last says when a feed was read, or why not.
func (p *feedsPage) last(f *touch.Feed) templ.Component {
	switch {
	case f.Paused:
		return web.Badge(web.Neutral, p.T("console.mention.paused"))
	case f.Failure != "":
		return web.Badge(web.Bad, p.T("console.mention.failed", "n", f.Failures))
	case f.Read.IsZero():
		return web.Badge(web.Neutral, p.T("console.mention.unread"))
	}
	return web.Words(p.DateTime(f.Read))
}

// usualMinutes are how often feeds are usually read.
var usualMinutes = []int64{15, 60, 180, 720, 1440, 10080}

// often says how often a feed is read, in the largest whole unit.
func (v *visit) often(minutes int64) string {
	switch {
	case minutes%1440 == 0:
		return v.T("console.mention.every_days", "n", minutes/1440)
	case minutes%60 == 0:
		return v.T("console.mention.every_hours", "n", minutes/60)
	}
	return v.T("console.mention.every_minutes", "n", minutes)
}

// feedForm is a feed that is being edited.
type feedForm struct {
	*visit
	feed  *touch.Feed
	words string
	burst string
	errs  web.FormErrors
}

func (c *Console) meetFeed(v *visit) (*feedForm, error) {
	f := &feedForm{visit: v, feed: &touch.Feed{FeedSpec: touch.FeedSpec{Minutes: 60}}}
	if v.r.PathValue("feed") != "" {
		n, err := v.pathID("feed", id.Feed)
		if err != nil || n == 0 {
			return nil, err
		}
		if f.feed, err = c.Touch.Feed(v.ctx(), v.actor, v.programme.ID, n); err != nil {
			return nil, err
		}
	}
	f.words, f.burst = strings.Join(f.feed.Words, "\n"), strconv.FormatInt(f.feed.Burst, 10)
	return f, nil
}

func (c *Console) editFeed(v *visit) error {
	f, err := c.meetFeed(v)
	if err != nil || f == nil {
		return err
	}
	return v.render(feedEditor(f))
}

func (c *Console) saveFeed(v *visit) error {
	f, err := c.meetFeed(v)
	if err != nil || f == nil {
		return err
	}
	spec := f.typed()
	f.feed.FeedSpec = spec
	if f.feed.ID == 0 {
		_, err = c.Touch.CreateFeed(v.ctx(), v.actor, v.programme.ID, spec)
	} else {
		_, err = c.Touch.UpdateFeed(v.ctx(), v.actor, v.programme.ID, f.feed.ID, spec)
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			f.errs = web.FormErrors{}
			for name, text := range errs {
				name, _, _ = strings.Cut(name, "/") // words are one field here
				f.errs[name] = text
			}
			return feedEditor(f)
		})
	}
	return v.done(v.at("/mentions/feeds"), "console.mention.feed_saved")
}

// typed is what the form says.
func (f *feedForm) typed() touch.FeedSpec {
	f.words, f.burst = f.field("words"), cmp.Or(f.field("burst"), "0")
	s := touch.FeedSpec{Address: f.field("address"), Name: f.field("name"), Paused: f.field("paused") != ""}
	for w := range strings.Lines(f.words) {
		if w = strings.TrimSpace(w); w != "" {
			s.Words = append(s.Words, w)
		}
	}
	s.Minutes, _ = strconv.ParseInt(f.field("minutes"), 10, 64)
	var err error
	if s.Burst, err = strconv.ParseInt(f.burst, 10, 64); err != nil {
		s.Burst = -1
	}
	return s
}

func (c *Console) readFeed(v *visit) error {
	f, err := c.meetFeed(v)
	if err != nil || f == nil {
		return err
	}
	if _, err := c.Touch.ReadSoon(v.ctx(), v.actor, v.programme.ID, f.feed.ID); err != nil {
		return err
	}
	return v.done(f.path(""), "console.mention.read_soon")
}

func (f *feedForm) action() string {
	if f.feed.ID == 0 {
		return f.at("/mentions/feeds/new")
	}
	return f.path("/save")
}

func (f *feedForm) path(verb string) string {
	return f.at("/mentions/feeds/" + f.feed.ID.In(id.Feed) + verb)
}

func (f *feedForm) title() string {
	if f.feed.ID == 0 {
		return f.T("console.mention.new_feed")
	}
	return f.T("console.mention.feed")
}

func (f *feedForm) minuteOptions() []web.Option {
	var options []web.Option
	known := false
	for _, n := range usualMinutes {
		known = known || n == f.feed.Minutes
		options = append(options, web.Option{Value: strconv.FormatInt(n, 10), Label: f.often(n)})
	}
	if !known && f.feed.Minutes > 0 {
		options = append(options, web.Option{Value: strconv.FormatInt(f.feed.Minutes, 10), Label: f.often(f.feed.Minutes)})
	}
	return web.Choose(options, strconv.FormatInt(f.feed.Minutes, 10))
}

package console

import (
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/touch"
	"regulars/internal/web"
)

// reviewPath is the address of the reviews.
const reviewPath = inProgramme + "/reviews"

func (c *Console) reviewRoutes() []route {
	one := reviewPath + "/{review}"
	return []route{
		{pattern: "GET " + reviewPath, permission: auth.TouchRead, do: c.reviews},
		{pattern: "POST " + reviewPath + "/import", permission: auth.TouchWrite, limit: reviewFileBytes, do: c.importReviews},
		{pattern: "POST " + reviewPath + "/write", permission: auth.TouchWrite, do: c.writeReview},
		{pattern: "POST " + reviewPath + "/market", permission: auth.TouchWrite, do: c.setMarket},
		{pattern: "POST " + reviewPath + "/widget", permission: auth.TouchWrite, do: c.setWidget},
		{pattern: "GET " + one, permission: auth.TouchRead, do: c.review},
		{pattern: "POST " + one + "/answer", permission: auth.TouchWrite, do: c.answerReview},
		{pattern: "POST " + one + "/none-needed", permission: auth.TouchWrite, do: c.settleReview},
		{pattern: "GET " + inProgramme + "/support", permission: auth.TouchRead, do: c.support},
	}
}

// reviewFileBytes bounds a file of reviews, reviewsShown a page of them.
const (
	reviewFileBytes = 8 << 20
	reviewsShown    = 50
)

// reviewList is the inbox.
type reviewList struct {
	*visit
	state   string
	list    []*touch.Review
	next    string
	days    []touch.Day
	sources []touch.Source
	widget  bool
	errs    web.FormErrors
}

func (c *Console) meetReviews(v *visit) (*reviewList, error) {
	l := &reviewList{visit: v, state: v.field("state")}
	query := touch.Query{ProgrammeID: v.programme.ID, State: touch.State(l.state), Limit: reviewsShown + 1}
	if at, before, found := strings.Cut(v.field("before"), "."); found {
		micros, _ := strconv.ParseInt(at, 10, 64)
		n, err := id.Parse(id.Review, before)
		if err != nil {
			return nil, err
		}
		query.Before = touch.Cursor{Occurred: time.UnixMicro(micros), ID: n}
	}
	var err error
	if l.list, err = c.Touch.Reviews(v.ctx(), v.actor, query); err != nil {
		return nil, err
	}
	if len(l.list) > reviewsShown {
		l.list = l.list[:reviewsShown]
		last := l.list[reviewsShown-1]
		l.next = strconv.FormatInt(last.Occurred.UnixMicro(), 10) + "." + last.ID.In(id.Review)
	}
	if l.sources, err = c.Touch.Sources(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	if l.widget, err = c.Touch.Widget(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	l.days, err = c.Touch.Days(v.ctx(), v.actor, v.programme.ID, c.Now().Add(-cardSpan), c.Now().Add(24*time.Hour))
	return l, err
}

func (c *Console) reviews(v *visit) error {
	l, err := c.meetReviews(v)
	if err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(reviewTable(l))
	}
	return v.render(reviewListPage(l))
}

// lead says how many reviews there were of late and how many have our answer.
func (l *reviewList) lead() string {
	all, answered, none := int64(0), int64(0), int64(0)
	for _, d := range l.days {
		all, answered, none = all+d.Reviews, answered+d.Answered, none+d.NoneNeeded
	}
	return l.T("console.reviews.lead", "n", all, "answered", answered, "waiting", all-answered-none)
}

func (l *reviewList) stateOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.reviews.every_state")}}
	for _, s := range touch.States() {
		options = append(options, web.Option{Value: string(s), Label: l.Say(s.Text())})
	}
	return web.Choose(options, l.state)
}

func (l *reviewList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.reviews.title"),
		Columns: []web.Column{
			{Head: l.T("console.reviews.when")}, {Head: l.T("console.reviews.rating"), Figures: true}, {Head: l.T("console.reviews.text")}, {Head: l.T("console.reviews.state")},
		},
		Empty: web.Empty(web.Hint{Icon: web.IconMessage, Title: l.T("console.reviews.none"), Text: l.T("console.reviews.none_text")}),
	}
	for _, r := range l.list {
		t.Rows = append(t.Rows, web.Row{
			Href:  l.at("/reviews/" + r.ID.In(id.Review)),
			Cells: []templ.Component{twoLines(l.ShortDate(r.Occurred), l.Say(r.Platform.Text())), web.Words(stars(r.Rating)), web.Words(short(r.Text)), reviewState(l.visit, r.State)},
		})
	}
	return t
}

func (l *reviewList) dayTable() web.Table {
	t := web.Table{
		Caption: l.T("console.reviews.days"),
		Columns: []web.Column{
			{Head: l.T("console.reviews.day")}, {Head: l.T("console.reviews.platform")}, {Head: l.T("console.reviews.count"), Figures: true}, {Head: l.T("console.reviews.mean"), Figures: true},
		},
		Empty: web.Empty(web.Hint{Icon: web.IconMessage, Title: l.T("console.reviews.none"), Text: l.T("console.reviews.none_text")}),
	}
	for _, d := range l.days[:min(len(l.days), reviewsShown)] {
		mean := "—"
		if d.Rated > 0 {
			mean = l.Decimal((d.Sum*100+d.Rated/2)/d.Rated, 2)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Words(l.Date(d.Day)), web.Words(l.Say(d.Platform.Text())), web.Words(l.Number(d.Reviews)), web.Words(mean)}})
	}
	return t
}

// source says where reviews of Yandex Market come from, and what failed.
func (l *reviewList) source() touch.Source {
	for _, s := range l.sources {
		if s.Platform == touch.YandexMarket {
			return s
		}
	}
	return touch.Source{}
}

func stars(rating int64) string {
	if rating == 0 {
		return "—"
	}
	return strconv.FormatInt(rating, 10) + " / 5"
}

// short is the beginning of a text.
func short(text string) string {
	const most = 120
	letters := []rune(strings.Join(strings.Fields(text), " "))
	if len(letters) <= most {
		return string(letters)
	}
	return string(letters[:most]) + "…"
}

func reviewState(v *visit, s touch.State) templ.Component {
	tone := map[touch.State]web.Tone{touch.Unanswered: web.Warn, touch.Answered: web.Good, touch.NoneNeeded: web.Neutral}[s]
	return web.Badge(tone, v.Say(s.Text()))
}

// reviewPage is one review with our answer.
type reviewPage struct {
	*visit
	review *touch.Review
	errs   web.FormErrors
}

func (c *Console) meetReview(v *visit) (*reviewPage, error) {
	n, err := id.Parse(id.Review, v.r.PathValue("review"))
	if err != nil {
		return nil, fault.Missing("unknown_review", "there is no review %s", v.r.PathValue("review")).With("review", v.r.PathValue("review"))
	}
	p := &reviewPage{visit: v}
	p.review, err = c.Touch.Review(v.ctx(), v.actor, v.programme.ID, n)
	return p, err
}

func (c *Console) review(v *visit) error {
	p, err := c.meetReview(v)
	if err != nil {
		return err
	}
	return v.render(reviewShown(p))
}

func (p *reviewPage) path(verb string) string {
	return p.at("/reviews/" + p.review.ID.In(id.Review) + verb)
}

func (c *Console) answerReview(v *visit) error {
	return c.changeReview(v, "console.reviews.answered", func(p *reviewPage) error {
		_, err := c.Touch.Answer(v.ctx(), v.actor, v.programme.ID, p.review.ID, v.field("text"))
		return err
	})
}

func (c *Console) settleReview(v *visit) error {
	return c.changeReview(v, "console.reviews.settled", func(p *reviewPage) error {
		_, err := c.Touch.NeedsNone(v.ctx(), v.actor, v.programme.ID, p.review.ID)
		return err
	})
}

func (c *Console) changeReview(v *visit, key string, do func(*reviewPage) error) error {
	p, err := c.meetReview(v)
	if err != nil {
		return err
	}
	if err := do(p); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = errs
			return reviewShown(p)
		})
	}
	return v.done(v.at("/reviews"), key)
}

func (c *Console) importReviews(v *visit) error {
	return c.changeReviews(v, func() (string, int, error) {
		file, _, err := v.r.FormFile("file")
		if err != nil {
			return "", 0, fault.Invalid("review_file", "this is no CSV file with a line of column names").At("/file").Because(err)
		}
		defer func() { _ = file.Close() }()
		list, err := touch.ReadCSV(file, v.programme.Zone)
		if err == nil {
			_, err = c.Touch.Take(v.ctx(), v.actor, v.programme.ID, list)
		}
		return "console.reviews.imported", len(list), err
	})
}

func (c *Console) setMarket(v *visit) error {
	return c.changeReviews(v, func() (string, int, error) {
		return "console.reviews.market_set", 0, c.Touch.SetMarket(v.ctx(), v.actor, v.programme.ID, v.field("business"), v.field("key"))
	})
}

func (c *Console) changeReviews(v *visit, do func() (string, int, error)) error {
	key, n, err := do()
	if err == nil {
		return v.done(v.at("/reviews"), key, "n", n)
	}
	return v.mend(err, func(errs web.FormErrors) component {
		l, failed := c.meetReviews(v)
		if failed != nil {
			return web.Notice(web.Bad, v.T("console.reviews.title"))
		}
		l.errs = errs
		return reviewListPage(l)
	})
}

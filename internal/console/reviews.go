package console

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
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
			Cells: []templ.Component{twoLines(l.Date(r.Occurred), l.Say(r.Platform.Text())), web.Words(stars(r.Rating)), web.Words(short(r.Text)), reviewState(l.visit, r.State)},
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

// supportPage is the Support Index of a period.
type supportPage struct {
	*visit
	touch.Support
	from, to time.Time
	shops    []program.Shop
}

func (c *Console) support(v *visit) error {
	days, err := strconv.Atoi(v.field("days"))
	if err != nil || days < 1 || days > 3660 {
		days = 90
	}
	p := &supportPage{visit: v, to: c.Now()}
	p.from = p.to.AddDate(0, 0, -days)
	if p.Support, err = c.Touch.Support(v.ctx(), v.actor, v.programme.ID, p.from, p.to); err != nil {
		return err
	}
	if p.shops, err = program.Shops(v.ctx(), c.DB.Reader(), v.programme.ID); err != nil {
		return err
	}
	return v.render(supportShown(p))
}

// share prints a share of the base with one decimal.
func (p *supportPage) share(x float64) string { return p.Percent(int64(x*100_000+0.5), 100_000, 1) }

// sentence says the figure before anything else.
func (p *supportPage) sentence() string {
	i := p.ByCustomers
	if !i.Shown() {
		return p.T("console.support.too_few", "n", i.Base)
	}
	return p.T("console.support.sentence", "low", p.share(i.Low), "high", p.share(i.High), "n", i.Base)
}

func (p *supportPage) indexTable() web.Table {
	t := p.indexes(p.T("console.support.table"), p.T("console.support.base"))
	p.row(&t, p.T("console.support.customers"), p.ByCustomers)
	p.row(&t, p.T("console.support.cards"), p.ByCards)
	for _, s := range p.Shops {
		for _, shop := range p.shops {
			if shop.ID == s.ShopID {
				p.row(&t, shop.Name, s.Index)
			}
		}
	}
	return t
}

// productTable shows the products that most customers bought.
func (p *supportPage) productTable() web.Table {
	t := p.indexes(p.T("console.support.products"), p.T("console.support.product"))
	for _, n := range p.Products {
		p.row(&t, cmp.Or(n.Name, n.SKU), n.Index)
	}
	return t
}

// indexes is a table without rows.
func (p *supportPage) indexes(caption, head string) web.Table {
	return web.Table{
		Caption: caption,
		Columns: []web.Column{
			{Head: head}, {Head: p.T("console.support.number"), Figures: true}, {Head: p.T("console.support.sure"), Figures: true},
			{Head: p.T("console.support.likely"), Figures: true}, {Head: p.T("console.support.possible"), Figures: true}, {Head: p.T("console.support.interval"), Figures: true},
		},
	}
}

// row adds an index to a table.
func (p *supportPage) row(t *web.Table, name string, i touch.Index) {
	interval := "—"
	if i.Shown() {
		interval = p.share(i.Low) + " – " + p.share(i.High)
	}
	if i.Shown() && i.Preliminary() {
		interval += " (" + p.T("console.support.preliminary") + ")"
	}
	t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
		web.Words(name), web.Words(p.Number(i.Base)), web.Words(p.Number(i.Sure)), web.Words(p.Number(i.Likely)), web.Words(p.Number(i.Possible)), web.Words(interval),
	}})
}

// retention says who came back, with how sure that is.
func (p *supportPage) retention() string {
	span := []any{"from", p.Date(p.ReturnFrom), "to", p.Date(p.ReturnTo)}
	if !p.Reviewers.Shown() || !p.Others.Shown() {
		return p.T("console.support.retention_few", append(span, "n", p.Reviewers.Customers)...)
	}
	words := func(r touch.Return) string {
		i := r.Interval()
		return p.T("console.support.retention_share", "n", r.Customers, "share", p.share(i.Value), "low", p.share(i.Low), "high", p.share(i.High))
	}
	return p.T("console.support.retention_text", append(span, "reviewers", words(p.Reviewers), "others", words(p.Others))...)
}

// chart shows how sure we are of each positive review.
func (p *supportPage) chart() web.Chart {
	return web.Chart{
		ID: "attribution", Title: p.T("console.support.chart"), LabelHead: p.T("console.support.sure_of"),
		Sentence: p.T("console.support.chart_text", "n", p.Positive, "confirmed", p.Confirmed, "probable", p.Probable, "rest", p.Unattributed),
		Labels:   []string{p.T("console.support.confirmed"), p.T("console.support.probable"), p.T("console.support.unattributed")},
		Series:   []web.Series{{Name: p.T("console.support.reviews"), Values: []int64{p.Confirmed, p.Probable, p.Unattributed}}},
		Figure:   p.Number,
	}
}

// added says what the card adds, where some orders went without.
func (p *supportPage) added() string {
	if p.Without.Orders < 10 || p.WithCard.Orders < 10 {
		return p.T("console.support.no_trial")
	}
	key := "console.support.added_unclear"
	if p.Added.Low > 0 || p.Added.High < 0 {
		key = "console.support.added"
	}
	return p.T(key, "with", p.share(float64(p.WithCard.Reviewed)/float64(p.WithCard.Orders)), "without", p.share(float64(p.Without.Reviewed)/float64(p.Without.Orders)),
		"low", p.points(p.Added.Low), "high", p.points(p.Added.High), "n", p.WithCard.Orders, "m", p.Without.Orders)
}

// points prints a difference of shares in percentage points with its sign.
func (p *supportPage) points(x float64) string {
	n := int64(x*1000 + 0.5)
	if x < 0 {
		n = int64(x*1000 - 0.5)
	}
	if n < 0 {
		return "−" + p.Decimal(-n, 1)
	}
	return "+" + p.Decimal(n, 1)
}

package console

import (
	"net/http"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/promo"
	"regulars/internal/web"
)

func (c *Console) batchRoutes() []route {
	return []route{
		{pattern: "GET /p/{slug}/codes", permission: auth.CodesRead, do: c.showBatches},
		{pattern: "GET /p/{slug}/codes/batches/{batch}", permission: auth.CodesRead, do: c.showBatch},
		{pattern: "GET /p/{slug}/codes/batches/{batch}/csv", permission: auth.CodesWrite, do: c.sendCodes},
		{pattern: "POST /p/{slug}/codes/batches/{batch}/cancel", permission: auth.CodesWrite, do: c.cancelBatch},
	}
}

// batchList is the page of all codes: the look-up of one, and every batch.
type batchList struct {
	*visit
	batches []promo.BatchSummary
	offers  map[id.ID]string
	next    string
	typed   string
	errs    web.FormErrors
}

// batchPageSize is how many batches a page of the list has.
const batchPageSize = 50

func (c *Console) showBatches(v *visit) error {
	l, err := c.batchList(v)
	if err != nil {
		return err
	}
	return v.render(batchListPage(l))
}

func (c *Console) batchList(v *visit) (*batchList, error) {
	l := &batchList{visit: v}
	var before id.ID
	var err error
	if mark := v.trail().mark(); mark != "" {
		if before, err = id.Parse(id.Batch, mark); err != nil {
			return nil, web.NotFound(v.w, v.r)
		}
	}
	l.batches, err = c.Promo.Batches(v.ctx(), v.actor, promo.BatchQuery{ProgrammeID: v.programme.ID, Before: before, Limit: batchPageSize + 1})
	if err != nil {
		return nil, err
	}
	if len(l.batches) > batchPageSize {
		l.batches = l.batches[:batchPageSize]
		l.next = l.batches[batchPageSize-1].ID.In(id.Batch)
	}
	l.offers, err = c.offerNames(v)
	return l, err
}

// offerNames returns what the programme's offers are called.
func (c *Console) offerNames(v *visit) (map[id.ID]string, error) {
	list, err := promo.Histories(v.ctx(), c.DB.Reader(), v.programme.ID)
	names := map[id.ID]string{}
	for _, h := range list {
		names[h.ID] = h.Name
	}
	return names, err
}

func (l *batchList) cursor() web.Cursor {
	var c web.Cursor
	trail := l.trail()
	if len(trail) > 0 {
		c.Previous = l.at("/codes", trailName, trail.back())
	}
	if l.next != "" {
		c.Next = l.at("/codes", trailName, trail.forth(l.next))
	}
	return c
}

func (l *batchList) table() web.Table {
	h := web.Hint{Icon: web.IconCode, Title: l.T("console.code.none"), Text: l.T("console.code.none_text")}
	if l.can(auth.RulesRead) {
		h.Next = &web.Button{Label: l.T("console.code.to_offers"), Kind: web.Primary, Href: l.at("/offers", "show", "code")}
	}
	return l.batchTable(l.batches, l.offers, web.Empty(h))
}

// batchTable lists batches; the offers' names are nil where all are of one.
func (v *visit) batchTable(list []promo.BatchSummary, offers map[id.ID]string, empty templ.Component) web.Table {
	t := web.Table{Caption: v.T("console.code.batches"), Columns: []web.Column{{Head: v.T("console.code.batch")}}, Empty: empty}
	if offers != nil {
		t.Columns = append(t.Columns, web.Column{Head: v.T("console.offer.offer")})
	}
	for _, head := range []string{"made", "used"} {
		t.Columns = append(t.Columns, web.Column{Head: v.T("console.code." + head), Figures: true})
	}
	t.Columns = append(t.Columns, web.Column{Head: v.T("console.rule.state")}, web.Column{Head: v.T("console.code.begun"), Figures: true})
	for i := range list {
		b := &list[i]
		row := web.Row{Href: v.batchPath(b.ID, ""), Quiet: !b.Cancelled.IsZero(), Cells: []templ.Component{web.TwoLines(b.Name, v.Say(b.Kind.Text()))}}
		if offers != nil {
			row.Cells = append(row.Cells, web.Words(offers[b.OfferID]))
		}
		row.Cells = append(row.Cells, web.Words(v.Number(b.Made)), web.Words(v.Number(usesOf(b))), batchBadge(v, &b.Batch), web.Words(v.ShortDate(b.Created)))
		t.Rows = append(t.Rows, row)
	}
	return t
}

// usesOf returns how often a shared code was used, or how many codes of a batch
// are used up.
func usesOf(b *promo.BatchSummary) int64 {
	if b.Kind == promo.SharedCode {
		return b.Uses
	}
	return b.States[promo.CodeRedeemed]
}

func (v *visit) batchPath(batch id.ID, verb string) string {
	return v.at("/codes/batches/" + batch.In(id.Batch) + verb)
}

// making reports whether codes of the batch are still to be made.
func making(b *promo.Batch) bool {
	return b.Done.IsZero() && b.Cancelled.IsZero() && b.Kind != promo.PersonalCodes
}

func batchBadge(v *visit, b *promo.Batch) templ.Component {
	switch {
	case !b.Cancelled.IsZero():
		return web.Badge(web.Neutral, v.T("console.code.state.cancelled"))
	case making(b):
		return web.Badge(web.Warn, v.T("console.code.state.making"))
	}
	return web.Badge(web.Good, v.T("console.code.state.ready"))
}

// batchPage is one batch of codes.
type batchPage struct {
	*visit
	batch  promo.BatchSummary
	offer  string
	shared *promo.Code // the code of a batch of a shared one
	maker  string
	now    time.Time
	errs   web.FormErrors
}

func (c *Console) showBatch(v *visit) error {
	p, err := c.batchPage(v)
	if err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(batchState(p))
	}
	return v.render(batchOnePage(p))
}

func (c *Console) batchPage(v *visit) (*batchPage, error) {
	which, err := v.pathID("batch", id.Batch)
	if err != nil {
		return nil, err
	}
	p := &batchPage{visit: v, now: c.Now()}
	if p.batch, err = c.Promo.Batch(v.ctx(), v.actor, v.programme.ID, which); err != nil {
		return nil, err
	}
	if p.batch.Kind == promo.SharedCode {
		if p.shared, err = c.Promo.Shared(v.ctx(), v.actor, v.programme.ID, which); err != nil {
			return nil, err
		}
	}
	names, err := auth.Names(v.ctx(), c.DB.Reader(), []string{p.batch.Actor})
	if err != nil {
		return nil, err
	}
	p.maker = names[p.batch.Actor]
	offers, err := c.offerNames(v)
	p.offer = offers[p.batch.OfferID]
	return p, err
}

func (p *batchPage) path(verb string) string { return p.batchPath(p.batch.ID, verb) }

// sendCodes sends the codes of a batch as a file. Whoever has a code can use
// it, so it is kept by nobody on the way and noted in the audit trail.
func (c *Console) sendCodes(v *visit) error {
	p, err := c.batchPage(v)
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="codes-`+p.batch.ID.In(id.Batch)+`.csv"`)
	h.Set("Cache-Control", "no-store")
	if err := c.Promo.ExportCSV(v.ctx(), v.actor, v.programme.ID, p.batch.ID, v.w); err != nil {
		// The browser must not take a part of the codes for all of them.
		c.Log.ErrorContext(v.ctx(), "sending codes", "err", err, "batch", p.batch.ID.In(id.Batch))
		panic(http.ErrAbortHandler)
	}
	return nil
}

func (c *Console) cancelBatch(v *visit) error {
	p, err := c.batchPage(v)
	if err != nil {
		return err
	}
	if err := c.Promo.CancelBatch(v.ctx(), v.actor, v.programme.ID, p.batch.ID, v.field("reason")); err != nil {
		return v.mend(err, func(errs web.FormErrors) templ.Component {
			p.errs = errs
			return batchOnePage(p)
		})
	}
	return v.done(p.path(""), "console.code.batch_cancelled")
}

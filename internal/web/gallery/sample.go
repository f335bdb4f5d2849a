package gallery

import (
	"time"

	"github.com/a-h/templ"

	"regulars/internal/web"
)

var start = time.Date(2010, 12, 1, 12, 0, 0, 0, time.UTC)

// monthly is what a year looks like: one series of money by month.
func monthly(pg *web.Page) web.Chart {
	c := web.Chart{
		ID: "revenue", Title: "Revenue by month", LabelHead: "Month",
		Sentence: "Revenue doubled towards Christmas; November brought most.",
		Series:   []web.Series{{Values: []int64{57274090, 56944450, 44708410, 59500820, 46920050, 67833410, 66121330, 60009130, 64506430, 95266290, 103907920, 116181770, 51819370}}},
		Figure:   func(v int64) string { return pg.Money(v, "") },
		Axis:     func(v int64) string { return pg.CompactMoney(v, "") },
	}
	for i := range c.Series[0].Values {
		at := start.AddDate(0, i, 0)
		c.Labels = append(c.Labels, pg.Month(at))
		c.Ticks = append(c.Ticks, pg.ShortMonth(at.Month()))
	}
	return c
}

// watched is the same year with limits, which two months leave.
func watched(pg *web.Page) web.Chart {
	c := monthly(pg)
	c.ID, c.Title, c.Sentence = "watched", "Revenue and its limits", "October and November 2011 are more than chance would make of them."
	c.Limits = []web.Limit{{Name: "Lower limit"}, {Name: "Middle"}, {Name: "Upper limit"}}
	for range c.Labels {
		for i, v := range []int64{32000000, 66000000, 100000000} {
			c.Limits[i].Values = append(c.Limits[i].Values, v)
		}
	}
	c.Outside = make([]bool, len(c.Labels))
	c.Outside[10], c.Outside[11] = true, true
	return c
}

// split is the same year by who bought.
func split(pg *web.Page) web.Chart {
	c := monthly(pg)
	all := c.Series[0].Values
	c.ID, c.Title, c.Sentence = "who", "Who bought", "Regulars bring three pounds in four, and more each month."
	c.Series = []web.Series{{Name: "Gold"}, {Name: "Silver"}, {Name: "Regular"}}
	for i, v := range all {
		gold, silver := v*int64(20+2*i)/100, v*int64(30-i)/100
		for k, part := range []int64{gold, silver, v - gold - silver} {
			c.Series[k].Values = append(c.Series[k].Values, part)
		}
	}
	return c
}

// movement goes above and below zero.
func movement(pg *web.Page) web.Chart {
	c := monthly(pg)
	c.ID, c.Title, c.Sentence = "moved", "Points given and taken", "More points were given than expired in every month but June."
	c.Series = []web.Series{
		{Name: "Given", Values: []int64{5200, 5100, 4300, 5600, 4500, 6500, 3100, 5800, 6200, 9100, 9900, 11200, 4900}},
		{Name: "Expired", Values: []int64{0, 0, -400, -700, -900, -1500, -3900, -2100, -1800, -1200, -1500, -2000, -800}},
	}
	c.Figure, c.Axis = pg.Signed, pg.Compact
	return c
}

// places have names of any length.
func places(pg *web.Page) web.Chart {
	return web.Chart{
		ID: "places", Title: "Shops by returning customers", LabelHead: "Shop",
		Sentence: "Half of those who came back did so in two shops.",
		Labels:   []string{"London, Covent Garden", "Łódź, Piotrkowska", "Санкт-Петербург, Невский проспект", "Online", "Telephone"},
		Series:   []web.Series{{Values: []int64{1842, 1610, 1204, 961, 38}}},
		Figure:   pg.Number,
	}
}

// memberRows are people with names in three scripts.
func memberRows(pg *web.Page) []web.Row {
	people := []struct {
		name, about, rank string
		tone              web.Tone
		points, spent     int64
		seen              int
	}{
		{"Agnieszka Wiśniewska-Brzęczyszczykiewicz", "+48 601 234 567", "Gold", web.Warn, 128450, 914530, 2},
		{"Александра Константинопольская", "alexandra@example.com", "Silver", web.Accent, 20415, 231575, 9},
		{"Oliver Hart", "+44 20 7946 0958", "Regular", web.Neutral, 312, 41240, 31},
		{"Customer 17850", "Card 1785 0000 2210", "Regular", web.Neutral, 0, 0, 200},
		{"Żaneta Ćwik", "zaneta@example.com", "Silver", web.Accent, -1250, 187600, 12},
	}
	var rows []web.Row
	for _, p := range people {
		rows = append(rows, web.Row{Href: "/member", Cells: []templ.Component{
			web.TwoLines(p.name, p.about), web.Badge(p.tone, p.rank), web.Words(pg.Number(p.points)),
			web.Words(pg.Money(p.spent, "")), web.Words(pg.ShortDate(start.AddDate(1, 0, -p.seen))),
		}})
	}
	return rows
}

func memberTable(pg *web.Page) web.Table {
	return web.Table{
		Caption: "Members", ID: "found",
		Columns: []web.Column{
			{Head: "Member", Sort: "?sort=name", Order: web.Ascending}, {Head: "Rank"}, {Head: "Points", Figures: true, Sort: "?sort=points"},
			{Head: "Spent in 12 months", Figures: true}, {Head: "Last seen", Figures: true},
		},
		Rows: memberRows(pg),
	}
}

// cohorts is a table of many figures.
func cohorts(pg *web.Page) web.Table {
	t := web.Table{Caption: "Customers who came back, by month of their first purchase", ShowCaption: true, Wide: true, Columns: []web.Column{{Head: "First purchase"}}}
	for m := range 12 {
		t.Columns = append(t.Columns, web.Column{Head: pg.ShortMonth(time.Month(m + 1)), Figures: true})
	}
	for m := range 8 {
		cells := []templ.Component{web.Words(pg.Month(start.AddDate(0, m, 0)))}
		for k := range 12 {
			cells = append(cells, web.Words(pg.Percent(int64(52-3*k-m), 100, 0)))
		}
		t.Rows = append(t.Rows, web.Row{Cells: cells})
	}
	return t
}

// story is a member's timeline.
func story(pg *web.Page) []web.Happening {
	day, before := pg.Date(start.AddDate(1, 0, 7)), pg.Date(start.AddDate(1, 0, -22))
	return []web.Happening{
		{Day: day, Clock: "14:05", Icon: web.IconPurchase, Tone: web.Accent, Title: "Bought for " + pg.Money(12950, ""), Note: "London, Covent Garden · receipt 536365", Figure: pg.Signed(161), FigureTone: web.Good,
			Why: []string{"1 point for each full £1: 129 points", "Silver multiplies by 1.25: 161 points", "Usable from " + pg.Date(start.AddDate(1, 0, 21))}},
		{Day: day, Clock: "09:12", Icon: web.IconReturn, Tone: web.Bad, Title: "Returned goods for " + pg.Money(1530, ""), Figure: pg.Signed(-19), FigureTone: web.Bad},
		{Day: before, Clock: "00:00", Icon: web.IconRank, Tone: web.Warn, Title: "Became Silver", Note: "Goods for £1,012 in the last 12 months"},
		{Day: before, Clock: "00:00", Icon: web.IconClock, Title: "40 points expired", Figure: pg.Signed(-40)},
	}
}

var ranks = []web.Option{
	{Value: "regular", Label: "Regular", Help: "Everybody who has joined"},
	{Value: "silver", Label: "Silver", Help: "From £1,000 in 12 months"},
	{Value: "gold", Label: "Gold", Help: "From £5,000 in 12 months"},
}

var shops = []web.Option{
	{Value: "", Label: "Every shop"},
	{Value: "cg", Label: "London, Covent Garden", Group: "Shops"}, {Value: "pio", Label: "Łódź, Piotrkowska", Group: "Shops"},
	{Value: "web", Label: "Online", Group: "Elsewhere"},
}

// split2 has two lines instead of three parts.
func split2(pg *web.Page) web.Chart {
	c := split(pg)
	c.ID, c.Series = "lines", c.Series[:2]
	return c
}

// one has a single month.
func one(pg *web.Page) web.Chart {
	c := monthly(pg)
	c.ID, c.Labels, c.Ticks = "one", c.Labels[:1], c.Ticks[:1]
	c.Series = []web.Series{{Values: c.Series[0].Values[:1]}}
	return c
}

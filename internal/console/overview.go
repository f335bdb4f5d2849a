package console

import (
	"regulars/internal/auth"
	"regulars/internal/web"
)

func (c *Console) overviewRoutes() []route {
	return []route{{pattern: "GET " + inProgramme, permission: auth.ProgrammesRead, do: c.overview}}
}

// overview answers how the programme stands. Who reads no reports has the
// members for a first page.
func (c *Console) overview(v *visit) error {
	if !v.can(auth.ReportsRead) {
		return v.redirect(v.at("/members"))
	}
	f, err := c.outlooks.of(v.ctx(), v.programme)
	if err != nil {
		return err
	}
	return v.render(overviewPage(v, f))
}

// answer says in one sentence what the page shows in figures.
func (f *outlook) answer(v *visit) string {
	if f.sums.Customers == 0 {
		return v.T("console.overview.nothing")
	}
	net := f.sums.Goods - f.sums.Returned
	return v.T("console.overview.answer",
		"customers", f.sums.Customers,
		"back", v.Percent(f.sums.Returning, f.sums.Customers, 0),
		"share", v.Percent(f.sums.RepeatGoods, net, 0),
		"owed", v.Money(f.owed, v.programme.Currency))
}

// tiles are the figures behind the answer, each with what it rests on.
func (f *outlook) tiles(v *visit) []web.Stat {
	net := f.sums.Goods - f.sums.Returned
	return []web.Stat{
		{
			Sentence: v.T("console.overview.customers"), Figure: v.Number(f.sums.Customers),
			Note: v.T("console.overview.customers_note", "n", f.members), Href: v.at("/members"),
		},
		{
			Sentence: v.T("console.overview.back"), Figure: v.Percent(f.sums.Returning, f.sums.Customers, 1),
			Note: v.T("console.overview.back_note", "n", f.sums.Returning, "all", f.sums.Customers),
		},
		{
			Sentence: v.T("console.overview.share"), Figure: v.Percent(f.sums.RepeatGoods, net, 1),
			Note: v.T("console.overview.share_note", "part", v.Money(f.sums.RepeatGoods, ""), "whole", v.Money(net, "")),
		},
		{
			Sentence: v.T("console.overview.owed"), Figure: v.Money(f.owed, ""),
			Note: v.T("console.overview.owed_note", "available", v.Money(f.owedAvailable, ""), "pending", v.Money(f.owed-f.owedAvailable, "")),
		},
	}
}

// revenue is what was sold by month, first purchases apart from the others.
func (f *outlook) revenue(v *visit) web.Chart {
	first, again := make([]int64, len(f.months)), make([]int64, len(f.months))
	chart := web.Chart{
		ID: "revenue", Title: v.T("console.overview.revenue"), LabelHead: v.T("console.overview.month"),
		Figure: func(n int64) string { return v.Money(n, "") }, Axis: func(n int64) string { return v.CompactMoney(n, "") },
	}
	best := 0
	for i, m := range f.months {
		first[i], again[i] = m.Goods-m.RepeatGoods, m.RepeatGoods
		chart.Labels = append(chart.Labels, v.Month(m.begins))
		chart.Ticks = append(chart.Ticks, v.ShortMonth(m.begins.Month()))
		if m.Goods > f.months[best].Goods {
			best = i
		}
	}
	chart.Series = []web.Series{{Name: v.T("console.overview.again"), Values: again}, {Name: v.T("console.overview.first"), Values: first}}
	if len(f.months) > 0 {
		chart.Sentence = v.T("console.overview.revenue_sentence", "month", v.Month(f.months[best].begins), "sum", v.Money(f.months[best].Goods, ""))
	}
	return chart
}

// ranks counts the members on each rank of a ladder.
func (l *ladderCount) chart(v *visit) web.Chart {
	chart := web.Chart{
		ID: "ladder-" + l.code, Title: l.name, LabelHead: v.T("console.overview.rank"), Figure: v.Number,
		Series: []web.Series{{Name: v.T("console.overview.members")}},
	}
	var all, above int64
	for i, r := range l.ranks {
		chart.Labels = append(chart.Labels, r.Name)
		chart.Series[0].Values = append(chart.Series[0].Values, l.members[i])
		all += l.members[i]
		if i > 0 {
			above += l.members[i]
		}
	}
	if len(l.ranks) > 1 {
		chart.Sentence = v.T("console.overview.ranks_sentence", "n", above, "all", all, "rank", l.ranks[1].Name)
	}
	return chart
}

// concern is something that wants to be looked at.
type concern struct {
	tone        web.Tone
	title, text string
	href, do    string
}

// concerns lists what needs attention, the gravest first.
func (f *outlook) concerns(v *visit) []concern {
	var list []concern
	add := func(n int64, tone web.Tone, key, path string, see auth.Permission, args ...any) {
		if n == 0 {
			return
		}
		one := concern{tone: tone, title: v.T("console.overview."+key, append(args, "n", n)...), text: v.T("console.overview." + key + "_text")}
		if path != "" && v.can(see) {
			one.href, one.do = v.at(path), v.T("console.overview."+key+"_do")
		}
		list = append(list, one)
	}
	if v.can(auth.JobsRead) {
		add(f.dead, web.Bad, "dead", "/jobs", auth.JobsRead)
	}
	if v.can(auth.TouchRead) {
		add(f.mentions.Negative, web.Bad, "mentions", "/mentions?state=new&tone=negative", auth.TouchRead)
		add(f.mentions.Bursts, web.Warn, "bursts", "/mentions?state=new", auth.TouchRead)
		add(f.mentions.Failing, web.Warn, "feeds", "/mentions/feeds", auth.TouchRead)
	}
	for i, e := range duties {
		if v.can(e.see) {
			add(f.duties[i], e.tone, e.key, e.path, e.see)
		}
	}
	add(b2i(!f.rules), web.Warn, "no_rule", "/programme", auth.RulesRead)
	add(f.unmatched, web.Warn, "unmatched", "/unmatched", auth.MembersRead)
	add(f.waiting, web.Warn, "waiting", "/unmatched", auth.MembersRead, "more", f.waiting > maxWaiting)
	add(f.expiring, web.Neutral, "expiring", "", "", "value", v.Money(f.expiring, ""), "until", f.at.Add(soon))
	return list
}

func b2i(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// firstStep is a step towards a programme that runs.
type firstStep struct {
	done       bool
	title, why string
	href, do   string
}

// lessons teach how to begin where nothing has been sold yet.
func (f *outlook) lessons(v *visit) []firstStep {
	steps := []struct {
		key, path string
		done      bool
		see       auth.Permission
	}{
		{"rules", "/programme", f.rules, auth.RulesWrite},
		{"ranks", "/programme", len(f.ladders) > 0, auth.RanksWrite},
		{"import", "/import", f.sums.Customers > 0, auth.ImportRun},
		{"key", "/keys", false, auth.KeysWrite},
	}
	list := make([]firstStep, len(steps))
	for i, s := range steps {
		list[i] = firstStep{done: s.done, title: v.T("console.overview.begin_" + s.key), why: v.T("console.overview.begin_" + s.key + "_why")}
		if v.can(s.see) {
			list[i].href, list[i].do = v.at(s.path), v.T("console.overview.begin_"+s.key+"_do")
		}
	}
	return list
}

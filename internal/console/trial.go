package console

import (
	"math"

	"github.com/a-h/templ"

	"regulars/internal/campaign"
	"regulars/internal/experiment"
	"regulars/internal/web"
)

// trial tells what came of two groups that chance parted, in words of those whose
// trial it is.
type trial struct {
	*visit
	*experiment.Comparison
	// words is how the keys of its texts begin.
	words string
}

func campaignTone(s campaign.State) web.Tone {
	if s == campaign.Running {
		return web.Good
	}
	return web.Neutral
}

func (t trial) say(key string, args ...any) string { return t.T(t.words+key, args...) }

// says tells in sentences by how much the groups differ, or why that is not told.
func (t trial) says() (said []string) {
	if t.Waiting > 0 {
		said = append(said, t.say("waiting", "n", t.Waiting, "day", t.Date(t.NextAt)))
	}
	if !t.Shown {
		said = append(said, t.say("too_few", "least", experiment.LeastInGroup, "asked", t.Asked.Ripe, "held", t.Held.Ripe))
	} else {
		points := func(x float64) string { return t.Decimal(int64(math.Round(x*1000)), 1) }
		key := "effect"
		if !t.Sure() {
			key = "no_effect"
		}
		said = append(said, t.say(key, "asked", t.shareOf(t.Asked.Share().Value), "held", t.shareOf(t.Held.Share().Value), "value", points(t.Share.Value), "low", points(t.Share.Low), "high", points(t.Share.High)))
		if t.MoneyShown() {
			said = append(said, t.say("money", "value", t.mean(t.Extra.Value), "low", t.mean(t.Extra.Low), "high", t.mean(t.Extra.High)))
		}
		if t.Few() {
			said = append(said, t.say("preliminary", "few", experiment.FewInGroup))
		}
	}
	if t.Mixed > 0 {
		said = append(said, t.say("mixed", "n", t.Mixed))
	}
	return said
}

// costs tells what was spent, and what on each who would not have come otherwise.
func (t trial) costs() []string {
	said := []string{t.say("cost", "sum", t.Money(t.Given, ""))}
	if each, sure := t.CostEach(); sure {
		won := t.WonBack()
		said = append(said, t.say("cost_each", "n", int64(math.Round(won.Value)), "value", t.mean(each.Value), "low", t.mean(each.Low), "high", t.mean(each.High)))
	} else if t.Shown {
		said = append(said, t.say("cost_unknown"))
	}
	return said
}

// chart shows the shares of both groups that came, in tenths of a per cent.
func (t trial) chart() web.Chart {
	tenths := func(x float64) int64 { return int64(math.Round(x * 1000)) }
	a, h := t.Asked.Share(), t.Held.Share()
	return web.Chart{
		ID: "back", Title: t.say("chart"), LabelHead: t.say("group"), Labels: []string{t.say("asked"), t.say("held")},
		Sentence: t.say("chart_says", "asked", t.shareOf(a.Value), "held", t.shareOf(h.Value)),
		Figure:   func(n int64) string { return t.Percent(n, 1000, 1) }, Axis: func(n int64) string { return t.Percent(n, 1000, 0) },
		Series: []web.Series{
			{Name: t.say("came"), Values: []int64{tenths(a.Value), tenths(h.Value)}},
		},
	}
}

func (t trial) groups() web.Table {
	all := web.Table{Caption: t.say("groups"), Columns: []web.Column{
		{Head: t.say("group")}, {Head: t.say("chosen"), Figures: true}, {Head: t.say("ripe"), Figures: true},
		{Head: t.say("back"), Figures: true}, {Head: t.say("share"), Figures: true}, {Head: t.say("goods"), Figures: true},
	}}
	for _, g := range []struct {
		key string
		experiment.Group
	}{{"asked", t.Asked}, {"held", t.Held}} {
		share := web.Words("—")
		if g.Ripe >= experiment.LeastInGroup {
			n := g.Share()
			share = web.TwoLines(t.shareOf(n.Value), t.say("bounds", "low", t.shareOf(n.Low), "high", t.shareOf(n.High)))
		}
		all.Rows = append(all.Rows, web.Row{Cells: []templ.Component{
			web.Words(t.say(g.key)), web.Words(t.Number(g.Chosen)), web.Words(t.Number(g.Ripe)), web.Words(t.Number(g.Back)), share, web.Words(t.Money(g.Goods, "")),
		}})
	}
	return all
}

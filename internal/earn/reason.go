package earn

import (
	"maps"
	"strconv"
	"strings"

	"regulars/internal/i18n"
	"regulars/internal/money"
)

// shown returns points as texts print them: a whole number, or a plain decimal
// where the wallet counts parts of a point.
func shown(points int64, decimals int) any {
	if decimals == 0 {
		return points
	}
	return decimal(points, decimals)
}

// decimal writes n ÷ 10^decimals; n must not be below 0.
func decimal(n int64, decimals int) string {
	s := strconv.FormatInt(n, 10)
	if pad := decimals + 1 - len(s); pad > 0 {
		s = strings.Repeat("0", pad) + s
	}
	return s[:len(s)-decimals] + "." + s[len(s)-decimals:]
}

// text says a cap: "500 points a month".
func (c Cap) text(decimals int) i18n.Text {
	if c.Times > 0 {
		return i18n.Text{Key: "earn.limit.times", Args: map[string]any{"times": c.Times, "period": string(c.Period)}}
	}
	return i18n.Text{Key: "earn.limit.points", Args: map[string]any{"points": shown(c.Points, decimals), "period": string(c.Period)}}
}

// step is what one effect does, for the reason of a grant. Its text is complete
// unless it tells how much was counted.
type step struct {
	text     i18n.Text
	measured bool
	measure  term
}

// newSteps readies the steps of a version for a rank.
func newSteps(v *Version, rank string) []step {
	var steps []step
	for i := range v.Spec.Effects {
		e := &v.Spec.Effects[i]
		switch {
		case e.Kind == Fixed:
			steps = append(steps, step{text: e.said("fixed", v.Decimals)})
		case e.Kind != Multiplier:
			steps = append(steps, step{e.said(e.counted(), v.Decimals), true, e.measure()})
		case e.rateFor(rank) != money.NewRate(1, 1):
			steps = append(steps, step{text: e.times(rank, i == 0)})
		}
	}
	return steps
}

// said returns the text of an effect with what is known before any event.
func (e *Effect) said(what string, decimals int) i18n.Text {
	args := map[string]any{}
	if e.Points > 0 {
		args["points"] = shown(e.Points, decimals)
	}
	if e.Per > 0 {
		args["per"] = e.Per
	}
	if !e.Rate.IsZero() {
		args["rate"] = e.Rate.String()
	}
	return i18n.Text{Key: "earn.why." + what, Args: args}
}

// counted names the text of an effect that counts something.
func (e *Effect) counted() string {
	switch {
	case e.Kind == PerAmount:
		return string(e.Basis)
	case e.Points > 0:
		return "units"
	}
	return "bonus"
}

// times says a multiplier.
func (e *Effect) times(rank string, leads bool) i18n.Text {
	args := map[string]any{"rate": e.rateFor(rank).String()}
	if leads {
		return i18n.Text{Key: "earn.why.raise", Args: args}
	}
	if _, named := e.PerRank[rank]; named && rank != "" {
		args["rank"] = rank
		return i18n.Text{Key: "earn.why.rank", Args: args}
	}
	return i18n.Text{Key: "earn.why.times", Args: args}
}

// tell completes the text with what was counted of an event; false when that
// is nothing.
func (s *step) tell(f *Facts) (i18n.Text, bool) {
	if !s.measured {
		return s.text, true
	}
	n := s.measure.quantity(f)
	args := make(map[string]any, len(s.text.Args)+1)
	maps.Copy(args, s.text.Args)
	if s.measure.of == units {
		args["units"] = strings.TrimRight(strings.TrimRight(decimal(int64(n), 3), "0"), ".")
	} else {
		args["amount"] = int64(n)
	}
	return i18n.Text{Key: s.text.Key, Args: args}, n > 0
}

// reason says why points were given: the rule, each of its effects that
// counted, and the limit that cut them, if any.
func (c *compiled) reason(f *Facts, how *form, cut *i18n.Text) i18n.Text {
	steps := make([]i18n.Text, 0, len(how.steps))
	for i := range how.steps {
		if t, counted := how.steps[i].tell(f); counted {
			steps = append(steps, t)
		}
	}
	t := i18n.Text{Key: "earn.grant", Args: map[string]any{"rule": c.rule.Name, "steps": steps}}
	if cut != nil {
		t.Key, t.Args["limit"] = "earn.grant_cut", *cut
	}
	return t
}

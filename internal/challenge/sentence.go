package challenge

import (
	"strings"
	"time"

	"regulars/internal/earn"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Names turns what a spec refers to into words; nil functions leave the ids.
type Names struct {
	// Points says an amount of a wallet: "50 points".
	Points func(wallet id.ID, amount int64) string
	// Goods names a product by its SKU.
	Goods func(sku string) string
	// Batch names a batch of codes.
	Batch func(id.ID) string
	// Rank names a rank.
	Rank func(code string) string
}

// Sentence says in words what a challenge asks and gives.
func (s *Spec) Sentence(p *i18n.Printer, names Names) string {
	var told []string
	for i := range s.Steps {
		told = append(told, p.T("challenge.says.step", "task", s.task(p, s.Steps[i].At), "reward", s.Steps[i].Reward.say(p, names)))
	}
	parts := []string{p.T("challenge.says", "steps", strings.Join(told, ". "), "terms", s.terms(p, names), "some", some(s.terms(p, names)))}
	if limits := s.limits(p, names); len(limits) > 0 {
		parts = append(parts, limits...)
	}
	return strings.Join(parts, " ")
}

func some(text string) string {
	if text == "" {
		return "no"
	}
	return "yes"
}

func (s *Spec) task(p *i18n.Printer, at int64) string {
	key := "challenge.task." + string(s.Counts)
	switch s.Form {
	case Stamps:
		key = "challenge.task.stamps." + string(s.Counts)
	case Streak:
		key = "challenge.task.streak." + string(s.Unit)
	}
	return p.T(key, "n", at)
}

// terms are what stands beside the task: which goods, which minimum, when.
func (s *Spec) terms(p *i18n.Printer, names Names) string {
	var parts []string
	add := func(key string, args ...any) { parts = append(parts, p.T("challenge.term."+key, args...)) }
	if goods := s.goods(); len(goods.SKUs)+len(goods.Categories) > 0 {
		words := append([]string{}, goods.Categories...)
		for _, sku := range goods.SKUs {
			if names.Goods != nil {
				sku = names.Goods(sku)
			}
			words = append(words, sku)
		}
		if goods.Except {
			add("except", "goods", p.List(words))
		} else {
			add("goods", "goods", p.Either(words))
		}
	}
	if s.Minimum > 0 {
		add("minimum", "sum", s.Minimum)
	}
	if s.Daily {
		add("daily")
	}
	if s.Form == Streak && s.Gaps > 0 {
		add("gaps", "n", s.Gaps)
	}
	switch s.Span {
	case Rolling:
		add("rolling", "n", s.Days)
	case Weekly, Monthly:
		add(string(s.Span))
	}
	if !s.Begins.IsZero() {
		add("begins", "day", s.Begins)
	}
	if !s.Ends.IsZero() {
		add("ends", "day", s.Ends.Add(-time.Microsecond))
	}
	return strings.Join(parts, ", ")
}

func (w *Reward) say(p *i18n.Printer, names Names) string {
	switch w.Kind {
	case Code:
		if names.Batch == nil {
			return p.T("challenge.reward.a_code")
		}
		return p.T("challenge.reward.code", "batch", names.Batch(w.BatchID))
	case Tag:
		return p.T("challenge.reward.tag", "tag", w.Tag)
	}
	said := p.T("challenge.reward.points", "n", w.Points)
	if names.Points != nil {
		said = names.Points(w.WalletID, w.Points)
	}
	if w.Months > 0 {
		said = p.T("challenge.reward.months", "points", said, "n", w.Months)
	}
	return said
}

// limits are sentences of their own.
func (s *Spec) limits(p *i18n.Printer, names Names) []string {
	var parts []string
	add := func(key string, args ...any) { parts = append(parts, p.T("challenge.limit."+key, args...)) }
	if len(s.Audience.Tags) > 0 {
		add("tags", "tags", p.Either(s.Audience.Tags))
	}
	if len(s.Audience.Ranks) > 0 {
		var words []string
		for _, r := range s.Audience.Ranks {
			if names.Rank != nil {
				r = names.Rank(r)
			}
			words = append(words, r)
		}
		add("ranks", "ranks", p.Either(words))
	}
	if s.OptIn {
		add("opt_in")
	}
	if s.PerMember > 0 {
		add("per_member", "n", s.PerMember)
	}
	if s.Budget.Rewards > 0 {
		add("rewards", "n", s.Budget.Rewards)
	}
	if s.Budget.Points > 0 {
		add("points", "n", s.Budget.Points)
	}
	if s.TakeBack {
		add("take_back")
	}
	return parts
}

// StreakUnits returns what a streak can count.
func StreakUnits() []earn.Period { return []earn.Period{earn.Day, earn.Week, earn.Month} }

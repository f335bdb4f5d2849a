package world

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/standard"
)

// Mystery visits are drawn by lot, which goes by ids and so comes out otherwise
// in every installation: who goes where on which day. What is found goes by the
// place and the turn, so that the figures are the same.
const (
	visitorsSent = 7
	visitsEach   = 4
	visitsTwice  = 6  // of all are made by two
	alikeShare   = 88 // per cent of the second's answers are the first's
	visitsFrom   = "2011-11-28"
	visitsTo     = "2011-12-05"
	auditDay     = "2011-12-06"
)

// kept is how many per cent of the yes-or-no criteria a place keeps.
var kept = map[string]int{cafe: 58, "counter": 88, "showroom": 74}

// keepStandards has standards written, places visited by guests who do not say
// who they are, and one round of audits.
func (b *behaviour) keepStandards(ctx context.Context) error {
	rooms := standard.New(b.d.DB, b.now)
	var specs []standard.Spec
	if err := scene("standards.json", &specs); err != nil {
		return err
	}
	var first *standard.Standard
	for _, spec := range specs { // the last stays a draft
		n, err := rooms.Create(ctx, actor, b.programme, spec)
		if err != nil {
			return err
		}
		if first == nil {
			if first, err = rooms.Publish(ctx, actor, b.programme, n.ID); err != nil {
				return err
			}
		}
	}
	list, err := program.Shops(ctx, b.d.DB.Reader(), b.programme)
	if err != nil {
		return err
	}
	shops := map[id.ID]program.Shop{}
	for _, s := range list {
		shops[s.ID] = s
	}
	for i := range visitorsSent {
		n := standard.Visitor{Kind: standard.Outsider, Name: fmt.Sprintf("Visitor %d (%s)", i+1, simulated)}
		if _, err := rooms.AddVisitor(ctx, actor, b.programme, n); err != nil {
			return err
		}
	}
	if err := b.sendVisitors(ctx, rooms, first); err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(seed, seed+3))
	if err := b.fillSheets(ctx, rooms, first, shops, random); err != nil {
		return err
	}
	err = b.audit(ctx, rooms, first, list, random)
	b.clock = opens
	return err
}

// sendVisitors draws the visits.
func (b *behaviour) sendVisitors(ctx context.Context, rooms *standard.Service, of *standard.Standard) error {
	var plot standard.Plot
	if err := scene("plot.json", &plot); err != nil {
		return err
	}
	plot.StandardID = of.ID
	n, err := rooms.SaveScenario(ctx, actor, b.programme, 0, 0, plot)
	if err != nil {
		return err
	}
	_, err = rooms.Draw(ctx, actor, b.programme, standard.Plan{
		ScenarioID: n.ID, From: visitsFrom, To: visitsTo, Each: visitsEach, Doubles: visitsTwice, Seed: seed,
	})
	return err
}

// fillSheets has the visits made, all but the last of one place, and answered by
// a place that kept little.
func (b *behaviour) fillSheets(ctx context.Context, rooms *standard.Service, of *standard.Standard, shops map[id.ID]program.Shop, random *rand.Rand) error {
	visits, err := rooms.Visits(ctx, actor, standard.Query{ProgrammeID: b.programme, Kind: standard.Mystery, Limit: 200})
	if err != nil {
		return err
	}
	second := map[id.ID]*standard.Visit{}
	var firsts []*standard.Visit
	for _, v := range visits {
		if v.PairID != 0 {
			second[v.PairID] = v
		} else {
			firsts = append(firsts, v)
		}
	}
	alone := func(v *standard.Visit) int {
		if second[v.ID] == nil {
			return 1
		}
		return 0
	}
	slices.SortFunc(firsts, func(one, other *standard.Visit) int { // those made by two come first
		return cmp.Or(cmp.Compare(shops[one.ShopID].Code, shops[other.ShopID].Code), cmp.Compare(alone(one), alone(other)), cmp.Compare(one.Day, other.Day))
	})
	for i, v := range firsts[:len(firsts)-1] { // to the last one nobody went
		found := sheet(&of.Spec, kept[shops[v.ShopID].Code], random)
		if err := b.fill(ctx, rooms, v, found, i); err != nil {
			return err
		}
		if also := second[v.ID]; also != nil {
			if err := b.fill(ctx, rooms, also, seconded(&of.Spec, found, random), i); err != nil {
				return err
			}
		}
	}
	return nil
}

// fill sends a sheet in the afternoon of its day, and has the place answer where
// something critical was not kept.
func (b *behaviour) fill(ctx context.Context, rooms *standard.Service, v *standard.Visit, found standard.Sheet, turn int) error {
	b.clock = v.Opens.Add(time.Duration(15*60+turn) * time.Minute)
	v, err := rooms.Fill(ctx, actor, b.programme, v.ID, found, nil)
	if err != nil || !v.Failed || v.PairID != 0 {
		return err
	}
	b.clock = b.clock.Add(20 * time.Hour)
	_, err = rooms.Answer(ctx, actor, b.programme, v.ID, "We have checked every label since, and do it each Monday from now on. ("+simulated+")")
	return err
}

// sheet draws what is found where so many per cent are kept.
func sheet(spec *standard.Spec, share int, random *rand.Rand) standard.Sheet {
	n := standard.Blank()
	for i := range spec.Criteria {
		c, keeps := &spec.Criteria[i], share
		if c.Critical {
			keeps += (100 - share) / 2
		}
		var a standard.Answer
		for range c.Best() {
			if random.IntN(100) < keeps {
				a.Value++
			}
		}
		if a.Value == 0 {
			a.Comment = "Not this time. (" + simulated + ")"
		}
		n.Answers[c.Code] = a
	}
	n.Arrived = standard.Minute(11*60 + random.IntN(3*60))
	n.Served = n.Arrived + standard.Minute(1+random.IntN(7))
	n.Departed = n.Served + standard.Minute(6+random.IntN(12))
	n.Remark, n.Lang = "A visit that nobody made: it is drawn by lot. ("+simulated+")", "en"
	return n
}

// seconded is what another rater of the same visit writes: mostly the same.
func seconded(spec *standard.Spec, first standard.Sheet, random *rand.Rand) standard.Sheet {
	n := first
	n.Answers = map[string]standard.Answer{}
	for i := range spec.Criteria {
		c := &spec.Criteria[i]
		a := standard.Answer{Value: first.Answers[c.Code].Value}
		if random.IntN(100) >= alikeShare {
			if a.Value > 0 {
				a.Value--
			} else {
				a.Value++
			}
		}
		n.Answers[c.Code] = a
	}
	return n
}

// audit announces one to every place, and fills its sheet.
func (b *behaviour) audit(ctx context.Context, rooms *standard.Service, of *standard.Standard, list []program.Shop, random *rand.Rand) error {
	slices.SortFunc(list, func(one, other program.Shop) int { return cmp.Compare(one.Code, other.Code) })
	for i, s := range list {
		b.clock = day(3, time.Hour)
		v, err := rooms.Announce(ctx, actor, b.programme, of.ID, s.ID, auditDay)
		if err != nil {
			return err
		}
		const knew = 8 // per cent more is kept on a day that is known before
		if err := b.fill(ctx, rooms, v, sheet(&of.Spec, min(100, kept[s.Code]+knew), random), i); err != nil {
			return err
		}
	}
	return nil
}

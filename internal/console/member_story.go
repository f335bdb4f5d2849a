package console

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/basket"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/gesture"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/promise"
	"regulars/internal/sale"
	"regulars/internal/tier"
	"regulars/internal/web"
)

// storyPage is how many events a page of the timeline has.
const storyPage = 20

// story is a page of a member's timeline, with all that explains it.
type story struct {
	trail  trail
	next   string
	events []*journal.Event
	// changes are the changes of rank of the time that the page covers.
	changes []tier.Change
	// entries and lots are by event.
	entries   map[id.ID][]ledger.Entry
	lots      map[id.ID][]ledger.Lot
	sales     map[id.ID]*sale.Sale
	backs     map[id.ID][]sale.Back
	unmatched map[id.ID][]sale.UnmatchedReturn
	// actors are the names of staff, by the text of the actor.
	actors map[string]string
	shops  map[id.ID]string
	// cases name the reasons of complaints.
	cases complaint.Settings
}

func (c *Console) readStory(v *visit, p *person) (*story, error) {
	s := &story{trail: v.trail()}
	before, err := journal.ParseCursor(s.trail.mark())
	if err != nil {
		return nil, err
	}
	if s.cases, _, err = c.Complaints.Settings(v.ctx(), auth.System("console"), v.programme.ID); err != nil {
		return nil, err
	}
	return s, c.DB.View(v.ctx(), func(q db.Queryer) error {
		for _, part := range []func() error{
			func() error { return s.readEvents(v, q, p, before) },
			func() error { return s.readMoves(v, q, p) },
			func() error { return s.readSales(v, q, p) },
			func() error { return s.readChanges(v, q, p, before) },
			func() error { return s.readNames(v, q) },
		} {
			if err := part(); err != nil {
				return fmt.Errorf("reading a timeline: %w", err)
			}
		}
		return nil
	})
}

func (s *story) readEvents(v *visit, q db.Queryer, p *person, before journal.Cursor) (err error) {
	s.events, err = journal.Timeline(v.ctx(), q, p.Aliases, before, storyPage+1)
	if len(s.events) > storyPage {
		s.events = s.events[:storyPage]
		s.next = s.events[storyPage-1].Cursor().String()
	}
	return err
}

// readMoves reads the points that the events moved, on every account of the
// person, for a merge moves them on two.
func (s *story) readMoves(v *visit, q db.Queryer, p *person) error {
	var causes []ledger.CauseKey
	for _, e := range s.events {
		for _, m := range p.Aliases {
			causes = append(causes, ledger.CauseKey{MemberID: m, EventID: e.ID})
		}
	}
	entries, err := ledger.EntriesOf(v.ctx(), q, causes)
	if err != nil {
		return err
	}
	lots, err := ledger.LotsOf(v.ctx(), q, causes)
	s.entries = groupBy(entries, func(e ledger.Entry) id.ID { return e.Cause.Event })
	s.lots = groupBy(lots, func(l ledger.Lot) id.ID { return l.EventID })
	return err
}

func groupBy[K comparable, T any](list []T, key func(T) K) map[K][]T {
	groups := map[K][]T{}
	for _, one := range list {
		groups[key(one)] = append(groups[key(one)], one)
	}
	return groups
}

// readSales reads what was bought and what came back.
func (s *story) readSales(v *visit, q db.Queryer, p *person) (err error) {
	var bought, returned []sale.SaleKey
	for _, e := range s.events {
		switch e.Kind {
		case journal.Purchase:
			bought = append(bought, sale.SaleKey{MemberID: e.MemberID, ID: e.ID})
		case journal.Return:
			for _, m := range p.Aliases {
				returned = append(returned, sale.SaleKey{MemberID: m, ID: e.ID})
			}
		}
	}
	if s.sales, err = sale.LoadSales(v.ctx(), q, bought); err != nil {
		return err
	}
	backs, err := sale.LoadReturns(v.ctx(), q, returned)
	if err != nil {
		return err
	}
	unmatched, err := sale.LoadUnmatched(v.ctx(), q, returned)
	s.backs = groupBy(backs, func(b sale.Back) id.ID { return b.EventID })
	s.unmatched = groupBy(unmatched, func(u sale.UnmatchedReturn) id.ID { return u.EventID })
	return err
}

// readChanges leaves of the history of ranks what happened within the page: up
// to where it begins, and not before where it ends.
func (s *story) readChanges(v *visit, q db.Queryer, p *person, before journal.Cursor) error {
	history, err := tier.History(v.ctx(), q, p.Aliases...)
	for _, h := range history {
		late := !before.Occurred.IsZero() && !h.At.Before(before.Occurred)
		early := s.next != "" && h.At.Before(s.events[len(s.events)-1].Occurred)
		if !late && !early {
			s.changes = append(s.changes, h)
		}
	}
	return err
}

func (s *story) readNames(v *visit, q db.Queryer) (err error) {
	var actors []string
	for _, e := range s.events {
		actors = append(actors, e.Actor)
	}
	for _, h := range s.changes {
		actors = append(actors, h.Actor)
	}
	slices.Sort(actors)
	actors = slices.DeleteFunc(slices.Compact(actors), func(a string) bool { return !strings.HasPrefix(a, string(auth.KindStaff)) })
	if s.actors, err = auth.Names(v.ctx(), q, actors); err != nil {
		return err
	}
	s.shops, err = shopNames(v, q)
	return err
}

// moment is one entry of the timeline.
type moment struct {
	at     time.Time
	icon   web.Icon
	tone   web.Tone
	title  string
	href   string
	note   string
	figure string
	good   web.Tone // of the figure
	// lines are what was bought or came back, folded away; why are the reasons.
	lines []string
	why   []string
}

// moments are the entries of the page, the latest first. What an event brought
// about stands above it.
func (s *story) moments(v *visit, p *person) []moment {
	var list []moment
	for _, e := range s.events {
		list = append(list, s.moment(v, p, e))
	}
	for _, h := range s.changes {
		list = append(list, s.change(v, p, h))
	}
	slices.SortStableFunc(list, func(a, b moment) int {
		return cmp.Or(b.at.Compare(a.at), cmp.Compare(b2i(b.icon == web.IconRank), b2i(a.icon == web.IconRank)))
	})
	return list
}

func (s *story) moment(v *visit, p *person, e *journal.Event) moment {
	m := moment{at: e.Occurred, icon: iconOf(e.Kind), tone: web.Neutral, title: kindName(v, e.Kind)}
	var body flow.Payload
	_ = json.Unmarshal(e.Body, &body) // a kind without a payload explains itself
	switch e.Kind {
	case journal.Purchase:
		s.purchase(v, &m, e)
	case journal.Return:
		s.comeBack(v, &m, e, body)
	}
	if name := s.actors[e.Actor]; name != "" {
		m.note = joined(m.note, v.T("console.story.by", "name", name))
	}
	if _, of := complaint.EventText(e.Kind); of {
		s.ofCase(v, &m, body.Attributes)
		return m
	}
	for _, name := range sortedKeys(body.Attributes) {
		if e.Kind == promise.EventBroken && name == promise.GrewBy {
			m.why = append(m.why, v.T("console.story.grew_by", "parts", partNames(v, body.Attributes[name])))
			continue
		}
		if e.Kind == basket.EventLeft || e.Kind == basket.EventExplained {
			m.why = append(m.why, basketSays(v, name, body.Attributes[name])...)
			continue
		}
		m.why = append(m.why, name+": "+body.Attributes[name])
	}
	s.points(v, p, &m, e)
	return m
}

// ofCase leads to the case of an event, for those who may see cases, and names its
// reason.
func (s *story) ofCase(v *visit, m *moment, about map[string]string) {
	if v.can(auth.CasesRead) {
		m.href = v.at("/complaints/" + about["case"])
	}
	m.note = joined(m.note, v.Say(s.cases.ReasonText(about["reason"], v.Lang())))
}

func kindName(v *visit, k journal.Kind) string {
	if said, of := complaint.EventText(k); of {
		return v.Say(said)
	}
	switch k {
	case gesture.EventGiven, gesture.EventTip, gesture.EventTakenBack, promise.EventMade, promise.EventKept, promise.EventBroken, basket.EventLeft, basket.EventExplained:
		return v.T("console.story." + strings.TrimPrefix(string(k), journal.Custom))
	}
	if name, custom := strings.CutPrefix(string(k), journal.Custom); custom {
		return v.T("journal.kind.custom", "name", name)
	}
	return v.T("journal.kind." + string(k))
}

func iconOf(k journal.Kind) web.Icon {
	if _, of := complaint.EventText(k); of {
		return web.IconMessage
	}
	switch k {
	case journal.Purchase:
		return web.IconPurchase
	case journal.Return, journal.Cancellation:
		return web.IconReturn
	case journal.SignUp, journal.Referral, journal.Profile:
		return web.IconPerson
	case journal.Birthday:
		return web.IconGift
	case gesture.EventGiven, gesture.EventTip, gesture.EventTakenBack:
		return web.IconGesture
	case basket.EventLeft, basket.EventExplained:
		return web.IconBasket
	case journal.Adjustment:
		return web.IconEdit
	case journal.Merge, journal.Unmerge:
		return web.IconMerge
	}
	return web.IconCalendar
}

// joined puts parts of a note together.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

func (s *story) change(v *visit, p *person, h tier.Change) moment {
	m := moment{at: h.At, icon: web.IconRank, tone: web.Accent, why: []string{v.Say(h.Reason)}}
	if name := s.actors[h.Actor]; name != "" {
		m.note = v.T("console.story.by", "name", name)
	}
	for _, l := range p.ladders {
		if l.ID == h.LadderID {
			m.title = v.T("console.story.rank", "ladder", ladderName(l.Ladder, p.now),
				"from", rankName(l.Ladder, h.From, h.At), "to", rankName(l.Ladder, h.To, h.At), "same", h.From == h.To, "begins", h.From == "")
		}
	}
	return m
}

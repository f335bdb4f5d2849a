package standard

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/program"
)

// Plan says which visits are to be drawn.
type Plan struct {
	ScenarioID id.ID
	// From and To are the first and the last day of the window, as 2026-05-31.
	From, To string
	// Weekdays are those on which visits may be, Monday 1 to Sunday 7; empty for
	// all.
	Weekdays []int
	// Shops and Visitors are whom to draw from; empty for all.
	Shops, Visitors []id.ID
	// Each is how many visits a shop gets, Doubles how many of all are made by
	// two, so that their agreement can be reckoned.
	Each, Doubles int
	// Seed makes the draw.
	Seed int64
}

// Bounds of a plan.
const (
	maxWindow = 92 // days
	maxEach   = 20
	maxVisits = 1000
)

// Round is visits that were drawn together.
type Round struct {
	ID, ProgrammeID, ScenarioID id.ID
	From, To                    string
	// Lots are what the draw went by; drawn again they give the same visits.
	Lots   Lots
	Made   time.Time
	MadeBy string
}

const dayForm = "2006-01-02"

// UnknownRound is the fault of an id that is no round's: "unknown_round".
func UnknownRound(n id.ID) *fault.Error {
	return fault.Missing("unknown_round", "the programme has no round %s", n.In(id.VisitRound)).With("round", n.In(id.VisitRound))
}

func selectRounds(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Round, error) {
	rows, err := q.Query(ctx, `SELECT programme_id, id, scenario_id, from_day, to_day, lots, made, made_by FROM standard_round WHERE `+rest, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (*Round, error) {
		n := &Round{}
		var lots string
		var made int64
		if err := r.Scan(&n.ProgrammeID, &n.ID, &n.ScenarioID, &n.From, &n.To, &lots, &made, &n.MadeBy); err != nil {
			return nil, err
		}
		n.Made = db.Time(made)
		return n, unpacked(lots, &n.Lots)
	})
	if err != nil {
		return nil, fmt.Errorf("reading rounds: %w", err)
	}
	return list, nil
}

// Rounds returns them all, the latest first. It needs visits.plan.
func (s *Service) Rounds(ctx context.Context, a auth.Actor, programme id.ID) ([]*Round, error) {
	if err := a.Can(programme, auth.VisitsPlan); err != nil {
		return nil, err
	}
	return selectRounds(ctx, s.d.Reader(), `programme_id = $1 ORDER BY id DESC`, programme)
}

// Round returns one. It needs visits.plan.
func (s *Service) Round(ctx context.Context, a auth.Actor, programme, which id.ID) (*Round, error) {
	if err := a.Can(programme, auth.VisitsPlan); err != nil {
		return nil, err
	}
	list, err := selectRounds(ctx, s.d.Reader(), `programme_id = $1 AND id = $2`, programme, which)
	if err == nil && len(list) == 0 {
		err = UnknownRound(which)
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// days are those of the window on which visits may be, as numbers of days since
// its first.
func (n *Plan) days() ([]int, error) {
	from, err := time.Parse(dayForm, n.From)
	if err != nil {
		return nil, fault.Invalid("round_day", "write a day as 2026-05-31").At("/from")
	}
	to, err := time.Parse(dayForm, n.To)
	if err != nil {
		return nil, fault.Invalid("round_day", "write a day as 2026-05-31").At("/to")
	}
	length := int(to.Sub(from)/(24*time.Hour)) + 1
	if length < 1 || length > maxWindow {
		return nil, fault.Invalid("round_window", "the window has 1 to %d days", maxWindow).At("/to").With("most", maxWindow)
	}
	var days []int
	for i := range length {
		weekday := (int(from.AddDate(0, 0, i).Weekday())+6)%7 + 1
		if len(n.Weekdays) == 0 || slices.Contains(n.Weekdays, weekday) {
			days = append(days, i)
		}
	}
	if len(days) == 0 {
		return nil, fault.Invalid("round_weekdays", "no day of the window is one of these days of the week").At("/weekdays")
	}
	return days, nil
}

// lots resolves a plan to what the draw goes by.
func (s *Service) lots(ctx context.Context, q db.Queryer, programme id.ID, plan *Plan) (n Lots, shops map[id.ID]program.Shop, err error) {
	n = Lots{Seed: plan.Seed, Each: plan.Each, Doubles: plan.Doubles}
	if n.Days, err = plan.days(); err != nil {
		return n, nil, err
	}
	if shops, n.Shops, err = openShops(ctx, q, programme, plan.Shops); err != nil {
		return n, nil, err
	}
	switch total := plan.Each * len(n.Shops); {
	case plan.Each < 1 || plan.Each > maxEach || total > maxVisits:
		return n, nil, fault.Invalid("round_each", "a shop gets 1 to %d visits, and all together at most %d", maxEach, maxVisits).At("/each").With("most", maxEach).With("all", maxVisits)
	case plan.Doubles < 0 || plan.Doubles > total:
		return n, nil, fault.Invalid("round_doubles", "of %d visits 0 to %d are made by two", total, total).At("/doubles").With("most", total)
	case plan.Seed < 0:
		return n, nil, fault.Invalid("round_seed", "the seed is a whole number, 0 or more").At("/seed")
	}
	visitors, err := selectVisitors(ctx, q, `programme_id = $1 AND gone = 0 ORDER BY id`, programme)
	if err != nil {
		return n, nil, err
	}
	for _, v := range plan.Visitors {
		if !slices.ContainsFunc(visitors, func(o *Visitor) bool { return o.ID == v }) {
			return n, nil, UnknownVisitor(v).At("/visitors")
		}
	}
	if len(plan.Visitors) > 0 {
		visitors = slices.DeleteFunc(visitors, func(o *Visitor) bool { return !slices.Contains(plan.Visitors, o.ID) })
	}
	n.Barred, err = barred(ctx, q, s.clock(), visitors)
	return n, shops, err
}

// openShops returns the shops that are asked for, or all that are open.
func openShops(ctx context.Context, q db.Queryer, programme id.ID, wanted []id.ID) (map[id.ID]program.Shop, []id.ID, error) {
	list, err := program.Shops(ctx, q, programme)
	if err != nil {
		return nil, nil, err
	}
	shops := map[id.ID]program.Shop{}
	var ids []id.ID
	for _, n := range list {
		if !n.Closed && (len(wanted) == 0 || slices.Contains(wanted, n.ID)) {
			shops[n.ID], ids = n, append(ids, n.ID)
		}
	}
	for _, n := range wanted {
		if _, is := shops[n]; !is {
			return nil, nil, fault.Invalid("visit_shop", "the programme has no such shop").At("/shops")
		}
	}
	if len(ids) == 0 {
		return nil, nil, fault.Invalid("round_shops", "there is no shop to visit").At("/shops")
	}
	return shops, ids, nil
}

// Draw draws visits and plans them: who goes to which shop when, by lot. Members
// are written to with their link. It refuses what Lots.Draw refuses. It needs
// visits.plan.
func (s *Service) Draw(ctx context.Context, a auth.Actor, programme id.ID, plan Plan) (*Round, error) {
	n := &Round{ProgrammeID: programme, ScenarioID: plan.ScenarioID, From: plan.From, To: plan.To, Made: s.clock(), MadeBy: a.String()}
	err := s.write(ctx, a, programme, auth.VisitsPlan, func(tx *db.Tx, p *program.Programme) (auth.Entry, error) {
		var none auth.Entry
		scenario, err := loadScenario(ctx, tx, programme, plan.ScenarioID)
		if err != nil {
			return none, fault.At("/scenario", err)
		}
		of, err := loadStandard(ctx, tx, programme, scenario.StandardID)
		if err != nil {
			return none, err
		}
		if !scenario.Retired.IsZero() || !of.Retired.IsZero() {
			return none, fault.Invalid("scenario_retired", "the scenario or its standard is no longer in use").At("/scenario")
		}
		var shops map[id.ID]program.Shop
		if n.Lots, shops, err = s.lots(ctx, tx, programme, &plan); err != nil {
			return none, err
		}
		drawn, err := n.Lots.Draw()
		if err != nil {
			return none, err
		}
		n.ID = tx.IDs().New()
		if err := s.plan(ctx, tx, p, n, of, drawn, shops); err != nil {
			return none, err
		}
		return auth.Entry{Action: "round.draw", Subject: n.ID.In(id.VisitRound), Detail: map[string]any{"visits": len(drawn), "seed": plan.Seed}}, nil
	})
	return n, err
}

// plan writes a round and its visits.
func (s *Service) plan(ctx context.Context, tx *db.Tx, p *program.Programme, n *Round, of *Standard, drawn []Drawn, shops map[id.ID]program.Shop) error {
	lots, err := packed(n.Lots)
	if err != nil {
		return err
	}
	if err := tx.Insert(ctx, roundTable, [][]any{{n.ProgrammeID, n.ID, n.ScenarioID, n.From, n.To, lots, db.Micros(n.Made), n.MadeBy}}); err != nil {
		return fmt.Errorf("writing a round: %w", err)
	}
	var first id.ID
	var rows [][]any
	var list []*Visit
	for _, d := range drawn {
		v, err := n.visit(p, shops[d.ShopID], d, tx.IDs().New())
		if err != nil {
			return err
		}
		v.StandardID, v.Version = of.ID, of.Version
		if d.Second {
			v.PairID = first
		} else {
			first = v.ID
		}
		row, err := v.row()
		if err != nil {
			return err
		}
		list, rows = append(list, v), append(rows, row)
	}
	if err := tx.Insert(ctx, visitTable, rows); err != nil {
		return fmt.Errorf("planning visits: %w", err)
	}
	return s.tell(ctx, tx, list)
}

// visit makes one of a round.
func (n *Round) visit(p *program.Programme, shop program.Shop, d Drawn, as id.ID) (*Visit, error) {
	from, err := time.Parse(dayForm, n.From)
	if err != nil {
		return nil, fmt.Errorf("reading the first day: %w", err)
	}
	v := &Visit{
		ID: as, ProgrammeID: n.ProgrammeID, Kind: Mystery, RoundID: n.ID, ScenarioID: n.ScenarioID, ShopID: shop.ID, VisitorID: d.VisitorID, State: Planned,
		Sheet: Blank(), Score: Unjudged, Made: n.Made, token: links.Hash(Token(p.Salt, as)),
	}
	v.on(from.AddDate(0, 0, d.Day), p, shop)
	return v, nil
}

// on puts a visit on a day where the shop is.
func (n *Visit) on(day time.Time, p *program.Programme, shop program.Shop) {
	zone := zoneOf(p, shop)
	n.Day = day.Format(dayForm)
	n.Opens = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone).UTC()
	n.Closes = time.Date(day.Year(), day.Month(), day.Day()+1+graceDays, 0, 0, 0, 0, zone).UTC()
}

func zoneOf(p *program.Programme, shop program.Shop) *time.Location {
	if z, err := program.ParseZone(shop.Zone); err == nil && shop.Zone != "" {
		return z
	}
	return p.Zone
}

// tell has members written to who are to go somewhere.
func (s *Service) tell(ctx context.Context, tx *db.Tx, list []*Visit) error {
	var asked []id.ID
	for _, v := range list {
		asked = append(asked, v.VisitorID)
	}
	var args db.Args
	visitors, err := selectVisitors(ctx, tx, `programme_id = `+args.Add(list[0].ProgrammeID)+` AND id IN `+args.In(asked), args.Values()...)
	if err != nil {
		return err
	}
	for _, v := range list {
		i := slices.IndexFunc(visitors, func(o *Visitor) bool { return o.ID == v.VisitorID })
		if i < 0 || visitors[i].Kind != FromMembers {
			continue
		}
		name := "visit:" + v.ID.In(id.Visit)
		args := map[string]i18n.Text{}
		args["day"] = i18n.Text{Key: "standard.day", Args: map[string]any{"day": v.Opens.Add(12 * time.Hour)}}
		err := jobs.Add(ctx, tx, s.now(), jobs.New{Kind: flow.ContactWanted, Unique: name, Payload: flow.Contact{
			ProgrammeID: v.ProgrammeID, MemberID: visitors[i].MemberID, Class: flow.ServiceContact, Message: "visit_asked",
			Args: args, Path: Scheme + ":" + v.ID.In(id.Visit), Name: name,
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

// Announce plans an audit: a check of which the shop knows. It needs
// audits.write.
func (s *Service) Announce(ctx context.Context, a auth.Actor, programme, standard, shop id.ID, day string) (*Visit, error) {
	v := &Visit{ProgrammeID: programme, Kind: Audit, StandardID: standard, ShopID: shop, State: Planned, Sheet: Blank(), Score: Unjudged, Made: s.clock()}
	if a.Kind == auth.KindStaff {
		v.AuditorID = a.ID
	}
	err := s.write(ctx, a, programme, auth.AuditsWrite, func(tx *db.Tx, p *program.Programme) (auth.Entry, error) {
		var none auth.Entry
		of, err := loadStandard(ctx, tx, programme, standard)
		if err != nil {
			return none, fault.At("/standard", err)
		}
		if of.Version == 0 || !of.Retired.IsZero() {
			return none, fault.Invalid("scenario_standard", "a visit goes by a standard that is published and in use").At("/standard")
		}
		shops, _, err := openShops(ctx, tx, programme, []id.ID{shop})
		if err != nil {
			return none, fault.At("/shop", err)
		}
		at, err := time.Parse(dayForm, day)
		if err != nil || at.Year() < 2000 {
			return none, fault.Invalid("round_day", "write a day as 2026-05-31").At("/day")
		}
		v.ID, v.Version = tx.IDs().New(), of.Version
		v.token = links.Hash(Token(p.Salt, v.ID))
		v.on(at, p, shops[shop])
		if v.Closes.Before(s.clock()) {
			return none, fault.Invalid("audit_past", "this day is over").At("/day")
		}
		row, err := v.row()
		if err != nil {
			return none, err
		}
		if err := tx.Insert(ctx, visitTable, [][]any{row}); err != nil {
			return none, fmt.Errorf("announcing an audit: %w", err)
		}
		return auth.Entry{Action: "audit.announce", Subject: v.ID.In(id.Visit), Detail: map[string]any{"shop": shop.In(id.Shop)}}, nil
	})
	return v, err
}

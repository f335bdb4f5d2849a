package trust

import (
	"context"
	"reflect"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/program"
	"regulars/internal/promise"
)

// Config is what a service needs.
type Config struct {
	DB         *db.DB
	Complaints *complaint.Service
	Promises   *promise.Service
	Now        func() time.Time
}

// Service is what can be done here.
type Service struct{ Config }

// New returns the service over a migrated database.
func New(c Config) *Service { return &Service{c} }

// clock returns the present moment in the precision in which it is kept.
func (s *Service) clock() time.Time { return db.Time(db.Micros(s.Now())) }

// ourselves is who reads for the public, and by the clock.
var ourselves = auth.System("trust")

// today is the day that it is in a programme.
func (s *Service) today(p *program.Programme) string {
	return s.clock().In(p.Zone).Format(time.DateOnly)
}

// may asks for the permission to write, and for that to publish what everybody
// reads.
func may(a auth.Actor, programme id.ID, published bool) error {
	if err := a.Can(programme, auth.TrustWrite); err != nil || !published {
		return err
	}
	return a.Can(programme, auth.TrustPublish)
}

// Add writes a known issue down. It needs trust.write, and trust.publish for one
// that everybody reads.
func (s *Service) Add(ctx context.Context, a auth.Actor, programme id.ID, n Spec) (*Issue, error) {
	if err := may(a, programme, n.Published); err != nil {
		return nil, err
	}
	issue := &Issue{ProgrammeID: programme, Version: 1, Spec: n}
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := s.ready(ctx, tx, issue); err != nil {
			return err
		}
		issue.ID, issue.Made, issue.Changed = tx.IDs().New(), s.clock(), s.clock()
		if err := saveIssue(ctx, tx, issue, a.String()); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "issue.add", Subject: issue.ID.In(id.KnownIssue), Detail: issue.detail()})
	})
	return issue, err
}

func (n *Issue) detail() map[string]any {
	return map[string]any{"version": n.Version, "state": string(n.State), "published": n.Published}
}

// ready checks an issue against what the programme has.
func (s *Service) ready(ctx context.Context, q db.Queryer, n *Issue) error {
	p, err := program.Load(ctx, q, n.ProgrammeID)
	if err != nil {
		return err
	}
	if err := n.check(p.Languages, s.today(&p)); err != nil {
		return err
	}
	shops, err := program.Shops(ctx, q, p.ID)
	if err != nil {
		return err
	}
	for _, code := range n.Shops {
		if !slices.ContainsFunc(shops, func(s program.Shop) bool { return s.Code == code }) {
			return fault.Invalid("issue_shop", "the programme has no shop %q", code).At("/shops").With("shop", code)
		}
	}
	set, _, err := s.Complaints.Settings(ctx, ourselves, p.ID)
	if err != nil {
		return err
	}
	for _, code := range n.Causes {
		if !slices.ContainsFunc(set.Causes, func(c complaint.Cause) bool { return c.Code == code }) {
			return fault.Invalid("issue_cause", "the programme knows no cause %q of complaints", code).At("/causes").With("cause", code)
		}
	}
	return checkActions(ctx, q, p.ID, n.Actions)
}

// Amend changes an issue; version is that of the one that was looked at, and
// another by now is a conflict ("issue_changed"). What everybody has read stays
// on the list: it can be mended or declined, not taken back. It needs what Add
// needs. A change of nothing changes nothing.
func (s *Service) Amend(ctx context.Context, a auth.Actor, programme, issue id.ID, version int64, n Spec) (*Issue, error) {
	if err := may(a, programme, n.Published); err != nil {
		return nil, err
	}
	var after *Issue
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		was, err := loadIssue(ctx, tx, programme, issue, tx.ForUpdate())
		if err != nil {
			return err
		}
		switch {
		case was.Version != version:
			return fault.Conflict("issue_changed", "somebody changed the issue meanwhile; look at it again")
		case was.Published && !n.Published:
			return fault.Conflict("issue_published", "customers have read of it, so it stays on the list; say that it is mended, or why it will not be").At("/published")
		}
		changed := *was
		after, changed.Spec = &changed, n
		if err := s.ready(ctx, tx, after); err != nil {
			return err
		}
		if reflect.DeepEqual(was.Spec, after.Spec) {
			return nil
		}
		after.Version, after.Changed = was.Version+1, s.clock()
		if err := saveIssue(ctx, tx, after, a.String()); err != nil {
			return err
		}
		if err := s.tellLater(ctx, tx, was, after); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "issue.change", Subject: issue.In(id.KnownIssue), Detail: after.detail()})
	})
	return after, err
}

// tellLater leaves the job that has those told who complained, once it is
// mended.
func (s *Service) tellLater(ctx context.Context, tx *db.Tx, was, n *Issue) error {
	due := func(i *Issue) bool { return i.State == Mended && i.Published && i.Tell && len(i.Causes) > 0 }
	if due(was) || !due(n) {
		return nil
	}
	return jobs.Add(ctx, tx, s.clock(), jobs.New{
		Kind: TellJob, Unique: n.ID.In(id.KnownIssue) + ":" + n.Changed.UTC().Format(time.RFC3339Nano), Payload: telling{n.ProgrammeID, n.ID},
	})
}

// File is an issue with its history and how many complained of it.
type File struct {
	*Issue
	History []Change
	// Complaints are those of its causes since it is known, of whom it concerns;
	// People are the members among those who complained, and Told how many of
	// them were told that it is mended.
	Complaints, People, Told int64
}

// Get returns an issue with its history. It needs trust.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme, issue id.ID) (*File, error) {
	if err := a.Can(programme, auth.TrustRead); err != nil {
		return nil, err
	}
	f := &File{}
	err := s.DB.View(ctx, func(q db.Queryer) (err error) {
		if f.Issue, err = loadIssue(ctx, q, programme, issue, ""); err != nil {
			return err
		}
		if f.History, err = historyOf(ctx, q, f.Issue); err != nil {
			return err
		}
		p, err := program.Load(ctx, q, programme)
		if err != nil {
			return err
		}
		if f.Complaints, f.People, err = countComplaints(ctx, q, f.Issue, p.Zone); err != nil {
			return err
		}
		f.Told, err = countTold(ctx, q, programme, issue)
		return err
	})
	return f, err
}

// historyOf returns what the versions say, the earliest first.
func historyOf(ctx context.Context, q db.Queryer, n *Issue) ([]Change, error) {
	list, err := versionsOf(ctx, q, n.ProgrammeID, n.ID)
	var changes []Change
	for i, v := range list {
		c := Change{Version: v.no, At: db.Time(v.at), Actor: v.actor, State: v.spec.State, Expected: v.spec.Expected, Published: v.spec.Published}
		if i > 0 {
			bare, before := v.spec, list[i-1].spec
			bare.State, bare.Expected, bare.Published, bare.MendedOn = before.State, before.Expected, before.Published, before.MendedOn
			c.Words = !reflect.DeepEqual(bare, before)
		}
		changes = append(changes, c)
	}
	return changes, err
}

// Query asks for known issues; empty fields ask for all.
type Query struct {
	ProgrammeID id.ID
	State       State
	// Open asks for those that are neither mended nor declined.
	Open bool
	// Before is the last of the page before.
	Before id.ID
	Limit  int
}

// List returns a page of issues, the latest first. It needs trust.read.
func (s *Service) List(ctx context.Context, a auth.Actor, query Query) ([]*Issue, error) {
	if err := a.Can(query.ProgrammeID, auth.TrustRead); err != nil {
		return nil, err
	}
	var args db.Args
	where := `i.programme_id = ` + args.Add(query.ProgrammeID)
	if query.State != "" {
		where += ` AND i.state = ` + args.Add(string(query.State))
	}
	if query.Open {
		where += ` AND i.state IN ('looking', 'mending')`
	}
	if query.Before != 0 {
		where += ` AND i.id < ` + args.Add(query.Before)
	}
	return selectIssues(ctx, s.DB.Reader(), where+` ORDER BY i.id DESC LIMIT `+args.Add(query.Limit), args.Values()...)
}

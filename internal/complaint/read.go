package complaint

import (
	"context"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
)

// Query asks for cases; empty fields ask for all.
type Query struct {
	ProgrammeID id.ID
	Kind        Kind
	State       State
	Reason      string
	OwnerID     id.ID
	ShopID      id.ID
	// Overdue asks for those of which an answer or the solution is overdue, and
	// Undecided for those with a compensation that a second person has to approve.
	Overdue, Undecided bool
	// Ours asks for those in which it is our turn: open and reopened ones, and
	// wishes that nobody has decided about.
	Ours bool
	// MemberID asks for those of a person, aliases included.
	MemberID id.ID
	// Before is the last case of the page before.
	Before id.ID
	Limit  int
}

// List returns a page of cases, the latest first, without those that concern
// who asks. It needs cases.read.
func (s *Service) List(ctx context.Context, a auth.Actor, query Query) ([]*Case, error) {
	return s.list(ctx, a, query, ` ORDER BY c.id DESC`)
}

// Board returns cases by what is due next, as Case.Next says, and then those of
// which nothing is. It needs cases.read.
func (s *Service) Board(ctx context.Context, a auth.Actor, query Query) ([]*Case, error) {
	return s.list(ctx, a, query, ` ORDER BY `+next+`, c.id`)
}

// next is Case.Next as a number to sort by, larger than any moment where nothing is
// due: the sooner of the law's moment and, while it is our turn, of ours.
const next = `CASE WHEN c.kind <> 'complaint' OR c.state NOT IN ('open', 'reopened', 'waiting') THEN ` + never + `
	WHEN c.state <> 'waiting' AND c.first_answered = 0 AND c.first_due <> 0 AND (c.due = 0 OR c.first_due < c.due) AND (c.legal_due = 0 OR c.first_due < c.legal_due) THEN c.first_due
	WHEN c.state <> 'waiting' AND c.due <> 0 AND (c.legal_due = 0 OR c.due < c.legal_due) THEN c.due
	WHEN c.legal_due <> 0 THEN c.legal_due ELSE ` + never + ` END`

const never = `9223372036854775807`

// Clocks are those of a programme and of its shops that have hours of their own.
type Clocks struct {
	of    map[id.ID]*Clock
	whole *Clock
}

// Of returns the clock of a shop, 0 for none.
func (k *Clocks) Of(shop id.ID) *Clock {
	if c := k.of[shop]; c != nil {
		return c
	}
	return k.whole
}

// Clocks returns the clocks by which cases go. It needs cases.read.
func (s *Service) Clocks(ctx context.Context, a auth.Actor, programme id.ID) (*Clocks, error) {
	if err := a.Can(programme, auth.CasesRead); err != nil {
		return nil, err
	}
	q := s.DB.Reader()
	p, set, whole, err := s.place(ctx, q, programme, 0)
	if err != nil {
		return nil, err
	}
	shops, err := program.Shops(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	k := &Clocks{map[id.ID]*Clock{}, whole}
	for i := range shops {
		k.of[shops[i].ID] = clockOf(&set, &p, &shops[i])
	}
	return k, nil
}

func (s *Service) list(ctx context.Context, a auth.Actor, n Query, order string) ([]*Case, error) {
	if err := a.Can(n.ProgrammeID, auth.CasesRead); err != nil {
		return nil, err
	}
	var args db.Args
	where := []string{`c.programme_id = ` + args.Add(n.ProgrammeID)}
	for column, v := range map[string]string{"kind": string(n.Kind), "state": string(n.State), "reason": n.Reason} {
		if v != "" {
			where = append(where, `c.`+column+` = `+args.Add(v))
		}
	}
	for column, v := range map[string]id.ID{"owner_id": n.OwnerID, "shop_id": n.ShopID} {
		if v != 0 {
			where = append(where, `c.`+column+` = `+args.Add(v))
		}
	}
	if n.Overdue {
		where = append(where, overdue(args.Add(db.Micros(s.clock()))))
	}
	if n.Undecided {
		where = append(where, undecided)
	}
	if n.Ours {
		where = append(where, `c.state IN ('open', 'reopened', 'new')`)
	}
	if n.MemberID != 0 {
		aliases, err := member.AliasesOf(ctx, s.DB.Reader(), n.ProgrammeID, n.MemberID)
		if err != nil {
			return nil, err
		}
		where = append(where, `c.member_id IN `+args.In(aliases))
	}
	if a.Kind == auth.KindStaff {
		where = append(where, `c.subject_id <> `+args.Add(a.ID))
	}
	if n.Before != 0 {
		where = append(where, `c.id < `+args.Add(n.Before))
	}
	return selectCases(ctx, s.DB.Reader(), strings.Join(where, ` AND `)+order+` LIMIT `+args.Add(n.Limit), args.Values()...)
}

// File is a case with all that belongs to it.
type File struct {
	*Case
	Messages   []Message
	Photos     []Photo
	Steps      []Step
	Remedies   []*Remedied
	Suggestion Suggestion
	// Elapsed is the working time that we have had so far.
	Elapsed time.Duration
	// Recurred says that the same person complained for the same reason within
	// 90 days before.
	Recurred bool
}

// Get returns a case with all that belongs to it; one that concerns who asks is
// unknown to them. It needs cases.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme, n id.ID) (*File, error) {
	if err := a.Can(programme, auth.CasesRead); err != nil {
		return nil, err
	}
	var f *File
	err := s.DB.View(ctx, func(q db.Queryer) error {
		c, err := loadCase(ctx, q, programme, n, "")
		if err != nil {
			return err
		}
		if c.hides(a) {
			return UnknownCase(n)
		}
		f, err = s.file(ctx, q, c)
		return err
	})
	return f, err
}

func (s *Service) file(ctx context.Context, q db.Queryer, c *Case) (*File, error) {
	_, set, clock, err := s.place(ctx, q, c.ProgrammeID, c.ShopID)
	if err != nil {
		return nil, err
	}
	f := &File{Case: c, Elapsed: c.Elapsed(clock, s.clock())}
	if f.Messages, err = messagesOf(ctx, q, c.ProgrammeID, c.ID); err != nil {
		return nil, err
	}
	if f.Photos, err = photosOf(ctx, q, c.ProgrammeID, c.ID); err != nil {
		return nil, err
	}
	if f.Steps, err = stepsOf(ctx, q, c); err != nil {
		return nil, err
	}
	if f.Remedies, err = remediesOf(ctx, q, c.ProgrammeID, c.ID); err != nil {
		return nil, err
	}
	f.Suggestion = set.Suggest(c, f.Remedies)
	if c.MemberID == 0 || c.Kind != Complaint || c.Source == FromPromise {
		return f, nil
	}
	aliases, err := member.Aliases(ctx, q, c.MemberID)
	if err != nil {
		return nil, err
	}
	var args db.Args
	before, err := selectCases(ctx, q, `c.member_id IN `+args.In(aliases)+` AND `+complained+` AND c.reason = `+args.Add(c.Reason)+
		` AND c.opened < `+args.Add(db.Micros(c.Opened))+` AND c.opened >= `+args.Add(db.Micros(c.Opened.AddDate(0, 0, -recurrence)))+` LIMIT 1`, args.Values()...)
	f.Recurred = len(before) > 0
	return f, err
}

// recurrence is within how many days a like complaint counts as the same again.
const recurrence = 90

// Picture returns a photo of a case as JPEG. It needs cases.read.
func (s *Service) Picture(ctx context.Context, a auth.Actor, programme, n, photo id.ID) ([]byte, error) {
	f, err := s.Get(ctx, a, programme, n)
	if err != nil {
		return nil, err
	}
	b, err := picture(ctx, s.DB.Reader(), programme, f.ID, photo)
	if err == nil && b == nil {
		return nil, fault.Missing("unknown_photo", "the case has no such photo")
	}
	return b, err
}

// Trouble is a complaint of a person, as the contact policy asks for it.
type Trouble struct {
	CaseID id.ID
	Open   bool
	// Solved is when it was put right, zero while it is open.
	Solved time.Time
}

// troubleDays is how long a solved complaint is told of.
const troubleDays = 400

// Open returns the complaints of a person, whose aliases the members are, that
// are open or were solved of late.
func (s *Service) Open(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) ([]Trouble, error) {
	var args db.Args
	list, err := selectCases(ctx, q, `c.member_id IN `+args.In(members)+` AND c.programme_id = `+args.Add(programme)+` AND c.kind = 'complaint'
		AND (c.solved = 0 OR c.solved > `+args.Add(db.Micros(s.clock().AddDate(0, 0, -troubleDays)))+`) ORDER BY c.id`, args.Values()...)
	var all []Trouble
	for _, c := range list {
		all = append(all, Trouble{CaseID: c.ID, Open: c.Unsolved(), Solved: c.Solved})
	}
	return all, err
}

// OpenCount returns how many complaints of a person are open: what the till and
// the wallet show.
func (s *Service) OpenCount(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (int, error) {
	list, err := s.Open(ctx, q, programme, members)
	n := 0
	for _, t := range list {
		if t.Open {
			n++
		}
	}
	return n, err
}

// LastSolved returns when a complaint of a person was last solved, within
// troubleDays; zero for none.
func (s *Service) LastSolved(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (last time.Time, err error) {
	list, err := s.Open(ctx, q, programme, members)
	for _, t := range list {
		if t.Solved.After(last) {
			last = t.Solved
		}
	}
	return last, err
}

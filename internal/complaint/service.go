package complaint

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/giftcard"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/program"
)

// Config is what a service needs.
type Config struct {
	DB        *db.DB
	Flow      *flow.Service
	GiftCards *giftcard.Service
	Now       func() time.Time
	// Texts are those in which notes of ours are written; the binary's own when
	// empty.
	Texts *i18n.Catalog
	// MailRoots are whom we believe that a mail server is itself; whom the system
	// believes when empty.
	MailRoots *x509.CertPool
	// Log is where failures of mailboxes go; nowhere when empty.
	Log *slog.Logger
	// PrivateTokens allows servers of access tokens within the network that the
	// server stands in, and on its own machine.
	PrivateTokens bool
}

// Service is what can be done with cases.
type Service struct {
	Config
	tokens tokens
}

// New returns the service over a migrated database.
func New(c Config) *Service {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{Config: c}
}

// clock returns the present moment in the precision in which it is kept.
func (s *Service) clock() time.Time { return db.Time(db.Micros(s.Now())) }

// ourselves is who acts for the customer and by the clock.
var ourselves = auth.System("complaint")

// desk is a case on somebody's desk within a transaction.
type desk struct {
	*Case
	tx        *db.Tx
	programme program.Programme
	settings  Settings
	clock     *Clock
	now       time.Time
	actor     string
	detail    map[string]any
}

// hides reports whether a case is kept from an actor: it is about them.
func (c *Case) hides(a auth.Actor) bool {
	return c.SubjectID != 0 && a.Kind == auth.KindStaff && a.ID == c.SubjectID
}

// place loads what the clock of a case goes by.
func (s *Service) place(ctx context.Context, q db.Queryer, programme, shop id.ID) (program.Programme, Settings, *Clock, error) {
	p, err := program.Load(ctx, q, programme)
	if err != nil {
		return p, Settings{}, nil, err
	}
	set, _, err := loadSettings(ctx, q, &p)
	if err != nil || shop == 0 {
		return p, set, NewClock(&set, p.Zone, ""), err
	}
	found, err := shopOf(ctx, q, programme, shop)
	if err != nil {
		return p, set, nil, err
	}
	return p, set, clockOf(&set, &p, &found), nil
}

// clockOf returns the clock of a shop, in its zone or else in the programme's.
func clockOf(s *Settings, p *program.Programme, shop *program.Shop) *Clock {
	zone := p.Zone
	if z, err := program.ParseZone(shop.Zone); err == nil && shop.Zone != "" {
		zone = z
	}
	return NewClock(s, zone, shop.Code)
}

func shopOf(ctx context.Context, q db.Queryer, programme, shop id.ID) (program.Shop, error) {
	list, err := program.Shops(ctx, q, programme)
	if err != nil {
		return program.Shop{}, err
	}
	for _, n := range list {
		if n.ID == shop {
			return n, nil
		}
	}
	return program.Shop{}, fault.Invalid("case_shop", "the programme has no such shop").At("/shop")
}

// change runs a verb on a case: locked, seen by the actor, written back with
// its step and its audit row.
func (s *Service) change(ctx context.Context, a auth.Actor, programme, n id.ID, action string, fn func(d *desk) error, needs ...auth.Permission) (*Case, error) {
	for _, p := range needs {
		if err := a.Can(programme, p); err != nil {
			return nil, err
		}
	}
	var d *desk
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		c, err := loadCase(ctx, tx, programme, n, tx.ForUpdate())
		if err != nil {
			return err
		}
		if c.hides(a) {
			return UnknownCase(n)
		}
		d = &desk{Case: c, tx: tx, now: s.clock(), actor: a.String(), detail: map[string]any{}}
		if d.programme, d.settings, d.clock, err = s.place(ctx, tx, programme, c.ShopID); err != nil {
			return err
		}
		before := c.State
		if err := fn(d); err != nil {
			return err
		}
		if c.State != before {
			d.detail["state"] = string(c.State)
			if err := insertStep(ctx, tx, c, d.now, d.actor, before); err != nil {
				return err
			}
		}
		if err := saveCase(ctx, tx, c); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: action, Subject: n.In(id.Case), Detail: d.detail})
	})
	if err != nil {
		return nil, err
	}
	return d.Case, nil
}

// toward turns a case, if its kind knows the state.
func (d *desk) toward(to State, from ...State) error {
	for _, f := range from {
		if d.State == f {
			d.turn(to, d.clock, &d.settings, d.now)
			return nil
		}
	}
	return fault.Conflict("case_state", "the case is %s now, and cannot become %s", d.State, to).With("state", string(d.State))
}

// TellJob is the job that puts what happened on the member's timeline.
const TellJob = "complaint.tell"

type telling struct {
	ProgrammeID id.ID  `json:"programme"`
	CaseID      id.ID  `json:"case"`
	What        string `json:"what"`
	No          int    `json:"no"`
}

// tell leaves the job that puts something on the timeline; of somebody unknown
// there is none.
func (d *desk) tell(ctx context.Context, event journal.Kind) error {
	if d.MemberID == 0 {
		return nil
	}
	what := strings.TrimPrefix(string(event), journal.Custom)
	return jobs.Add(ctx, d.tx, d.now, jobs.New{
		Kind: TellJob, Unique: fmt.Sprintf("%s:%s:%d", d.ID.In(id.Case), what, d.Reopenings),
		Payload: telling{d.ProgrammeID, d.ID, what, d.Reopenings},
	})
}

// write leaves the job that has the customer written to.
func (d *desk) write(ctx context.Context, message string) error {
	if d.MemberID == 0 {
		return nil
	}
	args := map[string]i18n.Text{}
	args["code"] = i18n.Text{Key: "complaint.own_words", Args: map[string]any{"text": ShowTrack(d.Track)}}
	return jobs.Add(ctx, d.tx, d.now, jobs.New{
		Kind: flow.ContactWanted, Unique: fmt.Sprintf("%s:%s:%d", d.ID.In(id.Case), message, db.Micros(d.now)),
		Payload: flow.Contact{
			ProgrammeID: d.ProgrammeID, MemberID: d.MemberID, Class: flow.ServiceContact, Message: message,
			Args: args,
			Path: "/c/" + d.programme.Slug + "/track", Name: fmt.Sprintf("complaint:%s:%s:%d", d.ID.In(id.Case), message, db.Micros(d.now)),
		},
	})
}

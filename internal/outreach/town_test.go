package outreach

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/member"
	"regulars/internal/program"
)

var system = auth.System("test")

// postman is a channel that remembers, and fails as it is told.
type postman struct {
	mu      sync.Mutex
	letters []Message
	fail    error
}

func (p *postman) Send(_ context.Context, m Message) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		return "", p.fail
	}
	p.letters = append(p.letters, m)
	return "carried", nil
}

// town is a programme with members who can be written to, and a clock that the
// test moves.
type town struct {
	*testing.T
	*Service
	db        *db.DB
	programme program.Programme
	clock     time.Time
	post      *postman
}

// share of the control group: the bucket of every newcomer is 500, so that a
// test moves it below by its own.
const share = 100

var schemas = []db.Schema{jobs.Schema, auth.Schema, program.Schema, member.Schema, Schema}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, schemas...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{T: t, db: d, clock: dbtest.Start, post: &postman{}}
	now := func() time.Time { return w.clock }
	texts, err := i18n.New()
	w.ok(err)
	w.Service = New(Config{
		DB: d, Now: now, Log: slog.New(slog.DiscardHandler), Texts: texts, Members: member.New(d, now),
		Channels: map[member.Channel]Channel{member.ByEmail: w.post}, Base: "https://points.example.com", From: "points@example.com",
	})
	zone, err := program.ParseZone("Europe/London")
	w.ok(err)
	w.programme, err = program.New(d).Create(w.Context(), system, program.Programme{
		Slug: "corner", Name: "Corner", Currency: "GBP", Zone: zone, Languages: []string{"en", "ru"}, Hue: 150,
		Settings: program.Settings{Enrolment: program.Automatic, Region: "GB", ControlShare: share},
	})
	w.ok(err)
	return w
}

func (w *town) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *town) refuses(err error, code string) {
	w.Helper()
	if f := fault.As(err); f == nil || f.Code != code {
		w.Errorf("got %v, want %q", err, code)
	}
}

// joins adds a member with an e-mail, who may allow purposes.
func (w *town) joins(email string, change func(*member.Member), allows ...member.Purpose) id.ID {
	w.Helper()
	m := &member.Member{ProgrammeID: w.programme.ID, Status: member.Enrolled, GivenName: "Ann", Bucket: 500, Created: w.clock, Enrolled: w.clock}
	if change != nil {
		change(m)
	}
	n := member.Newcomer{Member: m}
	if email != "" {
		n.Identities = []member.Identity{{Kind: member.Email, Value: email}}
	}
	w.ok(w.db.InTx(w.Context(), func(tx *db.Tx) error { return member.Insert(w.Context(), tx, []member.Newcomer{n}) }))
	for _, p := range allows {
		w.says(m.ID, p, true)
	}
	return m.ID
}

// says records a word of consent.
func (w *town) says(m id.ID, p member.Purpose, given bool) {
	w.Helper()
	w.clock = w.clock.Add(time.Second) // the later word counts
	_, err := w.Members.SetConsents(w.Context(), system, w.programme.ID, m, member.Consent{Purpose: p, Channel: member.ByEmail, Given: given, Source: "test"})
	w.ok(err)
}

// wants does the job by which a room asks for a contact, and returns it.
func (w *town) wants(m id.ID, class flow.Class, name string) *Contact {
	w.Helper()
	w.ok(w.Wanted(w.Context(), w.job(flow.ContactWanted, flow.Contact{
		ProgrammeID: w.programme.ID, MemberID: m, Class: class, Message: "sign_in", Args: map[string]i18n.Text{"code": {Key: "outreach.open"}}, Name: name, Path: "/me",
	})))
	return w.named(name)
}

func (w *town) job(kind string, payload any) *jobs.Job {
	w.Helper()
	text, err := json.Marshal(payload)
	w.ok(err)
	return &jobs.Job{Kind: kind, Payload: text, Attempt: 1, MaxAttempts: 3}
}

func (w *town) named(name string) *Contact {
	w.Helper()
	list, err := selectContacts(w.Context(), w.db.Reader(), `c.name = $1`, name)
	w.ok(err)
	if len(list) != 1 {
		w.Fatalf("there are %d contacts named %s", len(list), name)
	}
	return list[0]
}

// delivers does the job that sends a contact, and returns how it is now.
func (w *town) delivers(c *Contact, attempt int) (*Contact, error) {
	w.Helper()
	j := w.job(SendJob, ref{c.MemberID, c.ID})
	j.Attempt = attempt
	err := w.Deliver(w.Context(), j)
	return w.named(c.Name), err
}

// again does the job that decides a deferred contact once more.
func (w *town) again(c *Contact) *Contact {
	w.Helper()
	w.ok(w.Again(w.Context(), w.job(DecideJob, ref{c.MemberID, c.ID})))
	return w.named(c.Name)
}

func (w *town) is(c *Contact, state State, reason string) {
	w.Helper()
	if c.State != state || c.Verdict.Reason.Key != "outreach.verdict."+reason {
		w.Errorf("%s is %s because of %s, want %s because of %s", c.Name, c.State, c.Verdict.Reason.Key, state, reason)
	}
}

// sound says that the check finds nothing.
func (w *town) sound() {
	w.Helper()
	if found := w.faults(); len(found) > 0 {
		w.Errorf("the check finds %v", found)
	}
}

func (w *town) faults() (found []string) {
	w.Helper()
	w.ok(w.db.View(w.Context(), func(q db.Queryer) error {
		found = nil
		return Room().Check(w.Context(), q, w.programme.ID, func(what string) { found = append(found, what) })
	}))
	return found
}

func (w *town) waiting(kind string) (n int) {
	w.Helper()
	w.ok(w.db.Reader().QueryRow(w.Context(), `SELECT COUNT(*) FROM job WHERE kind = $1`, kind).Scan(&n))
	return n
}

var errAway = errors.New("the mail server answered 421")

package alarm

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/discount"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/giftcard"
	"regulars/internal/i18n"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/outreach"
	"regulars/internal/product"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/sale"
	"regulars/internal/tier"
	"regulars/internal/touch"
	"regulars/internal/trust"
)

var boss = auth.System("test")

// postman is a channel that remembers, and fails as it is told.
type postman struct {
	letters []outreach.Message
	fail    error
}

func (p *postman) Send(_ context.Context, m outreach.Message) (string, error) {
	if p.fail != nil {
		return "", p.fail
	}
	p.letters = append(p.letters, m)
	return "carried", nil
}

// town is a programme with staff who can be written to, and a clock that the test
// moves.
type town struct {
	*testing.T
	*Service
	db    *db.DB
	prog  program.Programme
	post  *postman
	clock time.Time
	n     int64
}

var schemas = []db.Schema{
	jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema, sale.Schema, earn.Schema, ledger.Schema, tier.Schema,
	promo.Schema, giftcard.Schema, reward.Schema, complaint.Schema, touch.Schema, trust.Schema, outreach.Schema, discount.Schema, Schema,
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, schemas...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{T: t, db: d, clock: dbtest.Start, post: &postman{}}
	now := func() time.Time { return w.clock }
	log := slog.New(slog.DiscardHandler)
	texts, err := i18n.New()
	w.ok(err)
	w.Service = New(Config{
		DB: d, Now: now, Texts: texts,
		Auth:       auth.New(d, auth.Config{Now: now, Log: log, Hashing: auth.Hashing{Memory: 8, Passes: 1, Threads: 1}}),
		Complaints: complaint.New(complaint.Config{DB: d, Now: now}),
		Post: outreach.New(outreach.Config{
			DB: d, Now: now, Log: log, Texts: texts, Members: member.New(d, now), Base: "https://points.example.com", From: "points@example.com",
			Channels: map[member.Channel]outreach.Channel{member.ByEmail: w.post},
		}),
	})
	w.prog, err = program.New(d).Create(w.Context(), boss, program.Programme{
		Slug: "bean", Name: "Bean", Currency: "GBP", Zone: time.UTC, Languages: []string{"en"}, Settings: program.Settings{Enrolment: program.Automatic, Region: "GB"},
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

// hires takes somebody on who has set a password.
func (w *town) hires(name string, role auth.Role, lang i18n.Lang) auth.Actor {
	w.Helper()
	roles := []auth.Assignment{{ProgrammeID: w.prog.ID, Role: role}}
	s, token, err := w.Auth.Invite(w.Context(), boss, auth.Invitation{Email: name + "@bean.example", Name: name, Language: lang, Roles: roles})
	w.ok(err)
	_, err = w.Auth.Accept(w.Context(), auth.Acceptance{Token: token, Password: "correct horse battery"})
	w.ok(err)
	return auth.Actor{Kind: auth.KindStaff, ID: s.ID, Name: name, Roles: roles}
}

func (w *town) exec(text string, args ...any) {
	w.Helper()
	w.ok(w.db.InTx(w.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(w.Context(), text, args...)
		return err
	}))
}

// buys puts orders into the books, and complains complaints.
func (w *town) buys(n int) {
	w.Helper()
	w.ok(w.db.InTx(w.Context(), func(tx *db.Tx) error {
		for range n {
			w.n++
			if _, err := tx.Exec(w.Context(), `INSERT INTO sale (id, member_id, programme_id, occurred, reference, goods, total, nth) VALUES ($1, 1, $2, $3, '', 1, 1, 1)`, w.n, w.prog.ID, db.Micros(w.clock)); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (w *town) complains(n int) {
	w.Helper()
	for range n {
		_, err := w.Complaints.Begin(w.Context(), boss, w.prog.ID, complaint.Ask{Kind: complaint.Complaint, Reason: "quality", Wanted: complaint.JustTelling, Source: complaint.FromWeb, Text: "No."})
		w.ok(err)
	}
}

// mention puts a mention into the books that sounds negative.
func (w *town) mention() {
	w.Helper()
	w.n++
	w.exec(`INSERT INTO touch_mention (id, programme_id, feed_id, guid, title, excerpt, link, author, published, found, suggested, tone, state, answer, why, review_id, member_id, settled, settled_by, erased)
		VALUES ($1, $2, 7, $3, '', '', '', '', $4, $4, 'negative', '', 'new', '', '', 0, 0, 0, '', FALSE)`, w.n, w.prog.ID, fmt.Sprint(w.n), db.Micros(w.clock))
}

// feed puts a feed into the books.
func (w *town) feed(burst, failures int) {
	w.Helper()
	w.exec(`INSERT INTO touch_feed (id, programme_id, address, name, words, minutes, burst, paused, made, read_at, next, failure, detail, failures, etag, modified)
		VALUES (7, $1, '', 'The <Paper>', '', 60, $2, FALSE, 1, 1, 1, '', '', $3, '', '')`, w.prog.ID, burst, failures)
}

// watches looks once, and does the jobs that it left.
func (w *town) watches() {
	w.Helper()
	w.ok(w.Watch(w.Context()))
	w.work(1)
}

func (w *town) work(attempt int) (failed error) {
	w.Helper()
	list, err := jobs.List(w.Context(), w.db.Reader(), jobs.Waiting, 0, 100)
	w.ok(err)
	for _, j := range list {
		if j.Kind != MailJob {
			continue
		}
		if err := w.Tell(w.Context(), &jobs.Job{Kind: j.Kind, Payload: j.Payload, Attempt: attempt, MaxAttempts: 3}); err != nil {
			failed = err
		}
	}
	return failed
}

// told says who was mailed with which subject, since it was asked last.
func (w *town) told() string {
	w.Helper()
	var list []string
	for _, m := range w.post.letters {
		list = append(list, strings.TrimSuffix(m.To, "@bean.example")+": "+m.Subject)
	}
	w.post.letters = nil
	slices.Sort(list)
	return strings.Join(list, "; ")
}

func (w *town) tells(want string) {
	w.Helper()
	if got := w.told(); got != want {
		w.Errorf("told %q, want %q", got, want)
	}
}

func (w *town) sound() {
	w.Helper()
	w.ok(w.db.View(w.Context(), func(q db.Queryer) error {
		return Room().Check(w.Context(), q, w.prog.ID, func(what string) { w.Errorf("the check finds %s", what) })
	}))
}

// dumped is what the export holds, as JSON by line.
func (w *town) dumped() string {
	w.Helper()
	var lines []string
	w.ok(w.db.View(w.Context(), func(q db.Queryer) error {
		lines = nil
		return Room().Dump(w.Context(), q, w.prog.ID, func(table string, record any) error {
			text, err := json.Marshal(record)
			lines = append(lines, table+" "+string(text))
			return err
		})
	}))
	return strings.Join(lines, "\n")
}

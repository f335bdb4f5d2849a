package survey

import (
	"fmt"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/flow/flowtest"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/program"
	"regulars/internal/sale"
)

var tester = auth.System("test")

// town is a programme with a shop and members who bought.
type town struct {
	*flowtest.Town
	*Service
	members []id.ID
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, schemas...)
}

var schemas = flowtest.Schemas(Schema)

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{Town: flowtest.New(t, d, flowtest.Plan{
		Programme: program.Programme{Name: "Bean", Currency: "EUR", Languages: []string{"en", "ru", "pl"}}, Shops: []string{"main"}, Rooms: []flow.Room{Room()},
	})}
	w.Service = New(d, w.Flow, w.Now)
	return w
}

// joins lets so many members come, each with a purchase so many days ago.
func (w *town) joins(n, days int) {
	w.Helper()
	for range n {
		k := len(w.members)
		a, err := w.Flow.TakeOne(w.Context(), &flow.Event{
			ProgrammeID: w.Programme.ID, Source: "till", ExternalID: fmt.Sprint(k), Kind: journal.Purchase, Shop: "main", Actor: tester, Occurred: w.Now().AddDate(0, 0, -days),
			Who:     flow.Who{Identities: []member.Identity{{Kind: member.Email, Value: fmt.Sprintf("m%d@example.com", k)}}, Enrol: true},
			Payload: flow.Payload{Currency: money.Currency("EUR"), Lines: []sale.Line{{SKU: "coffee", Quantity: 1000, Amount: 300}}},
		})
		w.OK(err)
		w.members = append(w.members, a.MemberID)
	}
}

// asks is an open survey of the recommendation: those who give 9 or 10 are not
// asked why.
func (w *town) asks() Survey {
	w.Helper()
	n, err := w.Create(w.Context(), tester, w.Programme.ID, recommend())
	w.OK(err)
	n, err = w.Publish(w.Context(), tester, w.Programme.ID, n.ID)
	w.OK(err)
	return n
}

func recommend() Spec {
	return Spec{Kind: NPS, Names: Words{"en": "Recommend"}, Questions: []Question{
		{Code: "score", Form: Scale, To: 10, Words: Words{"en": "How likely?", "ru": "Насколько вероятно?"}, Branches: []Branch{{From: 9, To: 10, Then: End}}},
		{Code: "why", Form: Text, Optional: true, Words: Words{"en": "Why?"}},
	}}
}

// draws does a sample's job and returns the invitations of it.
func (w *town) draws(n Survey, plan Plan) (Sample, []Invitation) {
	w.Helper()
	s, err := w.Ask(w.Context(), tester, w.Programme.ID, n.ID, plan)
	w.OK(err)
	w.does(DrawJob, w.Draw)
	s, err = w.Service.Sample(w.Context(), tester, w.Programme.ID, s.ID)
	w.OK(err)
	list, err := selectInvitations(w.Context(), w.DB.Reader(), `sample_id = $1 ORDER BY id`, s.ID)
	w.OK(err)
	return s, list
}

// does does what waits of a kind of job.
func (w *town) does(kind string, do jobs.Handler) {
	w.Helper()
	if w.Works(map[string]jobs.Handler{kind: do}) == 0 {
		w.Fatal("there was nothing to do")
	}
}

func (w *town) token(n Invitation) string { return Token(w.Programme.Salt, n.ID) }

func codeOf(err error) string {
	if f := fault.As(err); f != nil {
		return f.Code
	}
	return ""
}

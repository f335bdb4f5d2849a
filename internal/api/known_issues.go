package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/trust"
)

const exampleIssue = `{"title": {"en": "The lid of the blue pot leaks"}, "what": {"en": "Tea runs down the side when it is poured fast."},
  "workaround": {"en": "Pour slowly."}, "products": ["POT"], "causes": ["supplier"], "state": "mending", "published": true, "tell": true,
  "since": "2026-03-01", "expected": "2026-04-01"}`

func (s *server) addKnownIssues() {
	read(s, operation{
		id: "list-known-issues", method: http.MethodGet, path: "/v1/known-issues", tag: tagTrust, needs: needs(auth.TrustRead),
		summary: "List what is not perfect, the latest first",
	}, s.listKnownIssues)
	read(s, operation{
		id: "get-known-issue", method: http.MethodGet, path: "/v1/known-issues/{issue}", tag: tagTrust, needs: needs(auth.TrustRead),
		summary: "Get a known issue with its history and how many complained of it",
	}, func(ctx context.Context, c *call, in *issueIn) (knownIssueFile, error) {
		return s.showKnownIssue(ctx, c, c.actor, string(in.Issue))
	})
	write(s, operation{
		id: "add-known-issue", method: http.MethodPost, path: "/v1/known-issues", tag: tagTrust, needs: needs(auth.TrustWrite), created: true,
		summary: "Write down what is not perfect",
		text: "Words are yours, by language (en, ru, pl); at least the programme's own is needed for the title and for what happens. An empty list of products, shops or channels means everybody. " +
			"To publish it, the key needs trust:publish too.",
		example: exampleIssue,
	}, func(ctx context.Context, c *call, _ *nothing, body *knownIssueSpec) (string, error) {
		spec, err := body.spec()
		if err != nil {
			return "", err
		}
		n, err := s.Trust.Add(ctx, c.actor, c.programme(), spec)
		if err != nil {
			return "", err
		}
		return n.ID.In(id.KnownIssue), nil
	}, s.watchKnownIssue)
	write(s, operation{
		id: "change-known-issue", method: http.MethodPut, path: "/v1/known-issues/{issue}", tag: tagTrust, needs: needs(auth.TrustWrite),
		summary: "Change a known issue",
		text: "Give the version that you read: if somebody changed it since, nothing is changed (409). What was published stays published: it can be mended or declined. " +
			"When it is mended and tell is true, members whose complaints have one of its causes are written to, each once.",
		example: `{"version": 1, "issue": ` + exampleIssue + `}`,
	}, func(ctx context.Context, c *call, in *issueIn, body *changedIssue) (string, error) {
		which, err := parseID(id.KnownIssue, "issue", string(in.Issue))
		if err != nil {
			return "", err
		}
		spec, err := body.Issue.spec()
		if err != nil {
			return "", within("/issue", err)
		}
		_, err = s.Trust.Amend(ctx, c.actor, c.programme(), which, body.Version, spec)
		return which.In(id.KnownIssue), within("/issue", err)
	}, s.watchKnownIssue)
}

type issueIn struct {
	Issue issueID `path:"issue"`
}

type issueID string

// Schema describes it for the document.
func (issueID) Schema(huma.Registry) *huma.Schema { return shown(id.KnownIssue, "The known issue.") }

type knownIssueSpec struct {
	Title      map[string]string `json:"title" doc:"By language, on one line of 120 letters at most." example:"{\"en\": \"The lid of the blue pot leaks\"}"`
	What       map[string]string `json:"what" doc:"What happens, by language." example:"{\"en\": \"Tea runs down the side.\"}"`
	Workaround map[string]string `json:"workaround,omitempty" doc:"What can be done meanwhile, by language."`
	Reason     map[string]string `json:"reason,omitempty" doc:"Why it will not be mended, by language; needed where the state is wont."`
	Products   []string          `json:"products,omitempty" maxItems:"100" doc:"SKUs of the products concerned."`
	Shops      []string          `json:"shops,omitempty" maxItems:"100" doc:"Codes of the shops concerned."`
	Channels   []string          `json:"channels,omitempty" maxItems:"100" doc:"Channels of the purchases concerned."`
	Causes     []string          `json:"causes,omitempty" maxItems:"100" doc:"Codes of the causes of complaints that it lies behind."`
	Actions    []string          `json:"actions,omitempty" maxItems:"100" doc:"What is done about those causes."`
	State      string            `json:"state" enum:"looking,mending,mended,wont"`
	Published  bool              `json:"published,omitempty" doc:"Whether everybody reads it; once true it stays so."`
	Tell       bool              `json:"tell,omitempty" doc:"Whether those who complained are told when it is mended."`
	Since      string            `json:"since" format:"date" doc:"The day from which it is known." example:"2026-03-01"`
	Expected   string            `json:"expected,omitempty" format:"date" doc:"The day by which it is to be mended." example:"2026-04-01"`
	MendedOn   string            `json:"mended_on,omitempty" format:"date" doc:"The day on which it was mended; today where it is left out." example:"2026-03-28"`
}

func (b *knownIssueSpec) spec() (trust.Spec, error) {
	n := trust.Spec{
		Title: b.Title, What: b.What, Workaround: b.Workaround, Reason: b.Reason, Products: b.Products, Shops: b.Shops, Channels: b.Channels, Causes: b.Causes,
		State: trust.State(b.State), Published: b.Published, Tell: b.Tell, Since: b.Since, Expected: b.Expected, MendedOn: b.MendedOn,
	}
	for _, text := range b.Actions {
		action, err := id.Parse(id.CaseAction, text)
		if err != nil {
			return n, fault.At("/actions", err)
		}
		n.Actions = append(n.Actions, action)
	}
	return n, nil
}

type changedIssue struct {
	Version int64          `json:"version" minimum:"1" doc:"That of the issue as you read it." example:"1"`
	Issue   knownIssueSpec `json:"issue"`
}

func (c *call) knownIssue(n *trust.Issue) knownIssueView {
	v := knownIssueView{ID: n.ID.In(id.KnownIssue), Version: n.Version, Made: n.Made, Changed: n.Changed, Overdue: n.Overdue(c.s.Now().In(c.setting.Zone).Format(time.DateOnly))}
	v.Issue = knownIssueSpec{
		Title: n.Title, What: n.What, Workaround: n.Workaround, Reason: n.Reason, Products: n.Products, Shops: n.Shops, Channels: n.Channels, Causes: n.Causes,
		State: string(n.State), Published: n.Published, Tell: n.Tell, Since: n.Since, Expected: n.Expected, MendedOn: n.MendedOn,
	}
	for _, a := range n.Actions {
		v.Issue.Actions = append(v.Issue.Actions, a.In(id.CaseAction))
	}
	return v
}

// knownIssueView is something that is not perfect.
type knownIssueView struct {
	ID      string         `json:"known_issue" example:"kni_01h9x3k7q2v5n"`
	Version int64          `json:"version" example:"1"`
	Made    time.Time      `json:"made"`
	Changed time.Time      `json:"changed"`
	Overdue bool           `json:"overdue,omitempty" doc:"The day by which it was to be mended is over."`
	Issue   knownIssueSpec `json:"issue"`
}

// knownIssueFile is one with all that belongs to it.
type knownIssueFile struct {
	ID         string             `json:"known_issue" example:"kni_01h9x3k7q2v5n"`
	Version    int64              `json:"version" example:"1"`
	Made       time.Time          `json:"made"`
	Changed    time.Time          `json:"changed"`
	Overdue    bool               `json:"overdue,omitempty" doc:"The day by which it was to be mended is over."`
	Issue      knownIssueSpec     `json:"issue"`
	Complaints int64              `json:"complaints" doc:"Complaints of its causes since it is known, of the shops and products that it names." example:"12"`
	People     int64              `json:"people" doc:"The members among those who complained." example:"9"`
	Told       int64              `json:"told" doc:"How many of them were told that it is mended." example:"9"`
	History    []knownIssueChange `json:"history" nullable:"false" doc:"The earliest first."`
}

type knownIssueChange struct {
	Version   int64     `json:"version" example:"1"`
	At        time.Time `json:"at"`
	By        string    `json:"by" example:"staff:stf_01h9x3k7q2v5n"`
	State     string    `json:"state" enum:"looking,mending,mended,wont"`
	Expected  string    `json:"expected,omitempty" example:"2026-04-01"`
	Published bool      `json:"published"`
	Words     bool      `json:"words" doc:"Words, or whom it concerns, changed too."`
}

type issueListIn struct {
	Cursor cursor `query:"cursor"`
	Limit  limit  `query:"limit"`
	State  string `query:"state" doc:"looking, mending, mended or wont; all when left out."`
}

func (s *server) listKnownIssues(ctx context.Context, c *call, in *issueListIn) (page[knownIssueView], error) {
	size, err := in.Limit.size()
	if err != nil {
		return page[knownIssueView]{}, err
	}
	at, err := inKnownIssues.read(in.Cursor, 1)
	if err != nil {
		return page[knownIssueView]{}, err
	}
	if err := oneOf("state", in.State, trust.States()); err != nil {
		return page[knownIssueView]{}, err
	}
	list, err := s.Trust.List(ctx, c.actor, trust.Query{ProgrammeID: c.programme(), State: trust.State(in.State), Before: id.ID(at[0]), Limit: size + 1})
	return paged(inKnownIssues, list, size, c.knownIssue, func(n *trust.Issue) []int64 { return []int64{int64(n.ID)} }), err
}

func (s *server) watchKnownIssue(ctx context.Context, c *call, subject string) (knownIssueFile, error) {
	return s.showKnownIssue(ctx, c, watcher, subject)
}

func (s *server) showKnownIssue(ctx context.Context, c *call, a auth.Actor, subject string) (knownIssueFile, error) {
	which, err := parseID(id.KnownIssue, "issue", subject)
	if err != nil {
		return knownIssueFile{}, err
	}
	f, err := s.Trust.Get(ctx, a, c.programme(), which)
	if err != nil {
		return knownIssueFile{}, err
	}
	n := c.knownIssue(f.Issue)
	v := knownIssueFile{
		ID: n.ID, Version: n.Version, Made: n.Made, Changed: n.Changed, Overdue: n.Overdue, Issue: n.Issue,
		Complaints: f.Complaints, People: f.People, Told: f.Told, History: []knownIssueChange{},
	}
	for _, one := range f.History {
		v.History = append(v.History, knownIssueChange{one.Version, one.At, one.Actor, string(one.State), one.Expected, one.Published, one.Words})
	}
	return v, nil
}

package trust

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/member"
	"regulars/internal/program"
)

// TellJob is the kind of job that has those told who complained of what is
// mended now.
const TellJob = "trust.tell"

type telling struct {
	ProgrammeID id.ID `json:"programme"`
	IssueID     id.ID `json:"issue"`
}

// KnownPath is where a programme's known issues are read.
func KnownPath(slug string) string { return "/known/" + slug }

// path is the public page of the issue.
func (n *Issue) path(slug string) string { return KnownPath(slug) + "/" + n.ID.In(id.KnownIssue) }

// tellAtOnce is how many people one transaction tells.
const tellAtOnce = 500

// Tell leaves the messages to those who complained of an issue that is mended.
// Each person is told once, however often it is mended.
func (s *Service) Tell(ctx context.Context, j *jobs.Job) error {
	var t telling
	if err := json.Unmarshal(j.Payload, &t); err != nil {
		return jobs.Permanent(fmt.Errorf("reading whom to tell: %w", err))
	}
	for more := true; more; {
		err := s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
			n, err := loadIssue(ctx, tx, t.ProgrammeID, t.IssueID, tx.ForUpdate())
			if err != nil {
				return err
			}
			more, err = s.tellSome(ctx, tx, n)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// tellSome tells the next ones and reports whether there may be more.
func (s *Service) tellSome(ctx context.Context, tx *db.Tx, n *Issue) (bool, error) {
	if n.State != Mended || !n.Published || !n.Tell {
		return false, nil
	}
	p, err := program.Load(ctx, tx, n.ProgrammeID)
	if err != nil {
		return false, err
	}
	waiting, err := untold(ctx, tx, n, p.Zone)
	if err != nil || len(waiting) == 0 {
		return false, err
	}
	waiting = waiting[:min(len(waiting), tellAtOnce)]
	people, err := member.Read(ctx, tx, waiting)
	if err != nil {
		return false, err
	}
	var rows [][]any
	var letters []jobs.New
	for _, m := range waiting {
		rows = append(rows, []any{n.ProgrammeID, n.ID, m, db.Micros(s.clock())})
		if one := people[m]; one != nil && one.Status != member.Erased {
			letters = append(letters, n.letter(&p, one))
		}
	}
	if err := tx.Insert(ctx, toldTable, rows); err != nil {
		return false, fmt.Errorf("noting who was told of a known issue: %w", err)
	}
	return true, jobs.Add(ctx, tx, s.clock(), letters...)
}

func (n *Issue) letter(p *program.Programme, m *member.Member) jobs.New {
	name := n.ID.In(id.KnownIssue) + ":" + m.ID.In(id.Member)
	args := map[string]i18n.Text{}
	args["title"] = i18n.Text{Key: "trust.own_words", Args: map[string]any{"text": n.Title.In(append([]string{m.Language}, p.Languages...)...)}}
	return jobs.New{Kind: flow.ContactWanted, Unique: name, Payload: flow.Contact{
		ProgrammeID: n.ProgrammeID, MemberID: m.ID, Class: flow.ServiceContact, Message: "issue_mended", Name: name, Path: n.path(p.Slug),
		Args: args,
	}}
}

// matter is what the complaints of an issue are about: its causes, since the day
// from which it is known, and the shops and products that it names.
func (n *Issue) matter(zone *time.Location) (complaint.Matter, error) {
	since, err := time.ParseInLocation(time.DateOnly, n.Since, zone)
	if err != nil {
		return complaint.Matter{}, fmt.Errorf("reading the day of a known issue: %w", err)
	}
	return complaint.Matter{Causes: n.Causes, Since: since, Shops: n.Shops, Products: n.Products}, nil
}

// countComplaints counts the complaints of an issue, and the members among
// those who complained.
func countComplaints(ctx context.Context, q db.Queryer, n *Issue, zone *time.Location) (complaints, people int64, err error) {
	if len(n.Causes) == 0 {
		return 0, 0, nil
	}
	about, err := n.matter(zone)
	if err != nil {
		return 0, 0, err
	}
	return complaint.CountAbout(ctx, q, n.ProgrammeID, about)
}

// untold returns whom the complaints of an issue are of and who was not told,
// each person once, as they are known now.
func untold(ctx context.Context, q db.Queryer, n *Issue, zone *time.Location) ([]id.ID, error) {
	if len(n.Causes) == 0 {
		return nil, nil
	}
	about, err := n.matter(zone)
	if err != nil {
		return nil, err
	}
	who, err := complaint.WhoComplained(ctx, q, n.ProgrammeID, about)
	if err != nil {
		return nil, err
	}
	rows, err := q.Query(ctx, `SELECT member_id FROM trust_told WHERE programme_id = $1 AND issue_id = $2`, n.ProgrammeID, n.ID)
	told, err := db.Collect(rows, err, scanID)
	if err != nil {
		return nil, fmt.Errorf("reading who was told of a known issue: %w", err)
	}
	now, err := member.Survivors(ctx, q, n.ProgrammeID)
	if err != nil {
		return nil, err
	}
	known := map[id.ID]bool{}
	for _, m := range told {
		known[survivor(now, m)] = true
	}
	var list []id.ID
	for _, m := range who {
		if m = survivor(now, m); !known[m] {
			known[m] = true
			list = append(list, m)
		}
	}
	slices.Sort(list)
	return list, nil
}

// survivor is who a member is since profiles were merged.
func survivor(merged map[id.ID]id.ID, m id.ID) id.ID {
	for range len(merged) {
		next, is := merged[m]
		if !is {
			break
		}
		m = next
	}
	return m
}

func scanID(r *sql.Rows) (n id.ID, err error) { return n, r.Scan(&n) }

func countTold(ctx context.Context, q db.Queryer, programme, issue id.ID) (n int64, err error) {
	if err = q.QueryRow(ctx, `SELECT COUNT(*) FROM trust_told WHERE programme_id = $1 AND issue_id = $2`, programme, issue).Scan(&n); err != nil {
		err = fmt.Errorf("counting who was told of a known issue: %w", db.Fault(err))
	}
	return n, err
}

// checkActions refuses actions that the programme has not.
func checkActions(ctx context.Context, q db.Queryer, programme id.ID, actions []id.ID) error {
	if len(actions) == 0 {
		return nil
	}
	if len(actions) > maxList {
		return fault.Invalid("trust_list", "a list takes at most %d entries", maxList).At("/actions").With("most", maxList)
	}
	known, err := complaint.ActionsOf(ctx, q, programme)
	if err != nil {
		return err
	}
	for _, n := range actions {
		if !slices.ContainsFunc(known, func(a *complaint.Action) bool { return a.ID == n }) {
			return fault.Invalid("issue_action", "the programme has no action %s", n.In(id.CaseAction)).At("/actions").With("action", n.In(id.CaseAction))
		}
	}
	return nil
}

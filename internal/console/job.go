package console

import (
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/web"
)

func (c *Console) jobRoutes() []route {
	return []route{
		{pattern: "GET /p/{slug}/jobs", permission: auth.JobsRead, do: c.showJobs},
		{pattern: "POST /p/{slug}/jobs/retry", permission: auth.JobsRetry, do: c.retryDeadJobs},
		{pattern: "POST /p/{slug}/jobs/{job}/retry", permission: auth.JobsRetry, do: c.retryJob},
		{pattern: "POST /p/{slug}/jobs/{job}/discard", permission: auth.JobsRetry, do: c.discardJob},
	}
}

// jobList is the page of background work.
type jobList struct {
	*visit
	state jobs.State
	// byState are the jobs that the person may see, the newest first.
	byState map[jobs.State][]jobs.Info
}

// jobStates are the views of the page: what failed first, since it needs
// somebody.
var jobStates = []jobs.State{jobs.Dead, jobs.Running, jobs.Waiting}

func (c *Console) showJobs(v *visit) error {
	l, err := c.jobList(v)
	if err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(jobState(l))
	}
	return v.render(jobListPage(l))
}

func (c *Console) jobList(v *visit) (*jobList, error) {
	l := &jobList{visit: v, state: jobs.State(v.field("state")), byState: map[jobs.State][]jobs.Info{}}
	for _, state := range jobStates {
		list, err := jobs.List(v.ctx(), c.DB.Reader(), state, 0, jobPage)
		if err != nil {
			return nil, err
		}
		l.byState[state] = slices.DeleteFunc(list, func(j jobs.Info) bool { return !v.mayJob(j, auth.JobsRead) })
	}
	if !slices.Contains(jobStates, l.state) {
		l.state = jobs.Running
		if len(l.byState[jobs.Dead]) > 0 {
			l.state = jobs.Dead
		}
	}
	return l, nil
}

// mayJob reports whether the person may do something to a job: that of a
// programme needs the permission there, any other over the installation.
func (v *visit) mayJob(j jobs.Info, p auth.Permission) bool {
	return v.actor.Can(j.Programme(), p) == nil
}

// dead returns the dead job that the address names, if the person may deal with
// it.
func (c *Console) dead(v *visit) (jobs.Info, error) {
	which, err := v.pathID("job", id.Job)
	if err != nil {
		return jobs.Info{}, err
	}
	list, err := jobs.List(v.ctx(), c.DB.Reader(), jobs.Dead, which+1, 1)
	if err != nil {
		return jobs.Info{}, err
	}
	if len(list) == 0 || list[0].ID != which {
		return jobs.Info{ID: which}, nil // the verb says that it is dead no more
	}
	if !v.mayJob(list[0], auth.JobsRetry) {
		return jobs.Info{}, v.actor.Can(0, auth.JobsRetry)
	}
	return list[0], nil
}

func (c *Console) retryJob(v *visit) error {
	j, err := c.dead(v)
	if err == nil {
		err = c.retry(v, j)
	}
	if err != nil {
		return err
	}
	return v.done(v.at("/jobs"), "console.job.retried", "n", 1)
}

// retry lets a dead job begin anew, and says so in the audit trail.
func (c *Console) retry(v *visit, j jobs.Info) error {
	return c.handleJob(v, j, "job.retry", func(ctx context.Context, tx *db.Tx) error {
		return jobs.Retry(ctx, tx, c.Now(), j.ID)
	})
}

func (c *Console) handleJob(v *visit, j jobs.Info, action string, do func(context.Context, *db.Tx) error) error {
	return c.DB.InTx(v.ctx(), func(tx *db.Tx) error {
		if err := do(v.ctx(), tx); err != nil {
			return err
		}
		return auth.Record(v.ctx(), tx, v.actor, auth.Entry{
			ProgrammeID: v.programme.ID, Action: action, Subject: j.ID.In(id.Job), Detail: map[string]any{"kind": j.Kind},
		})
	})
}

func (c *Console) discardJob(v *visit) error {
	j, err := c.dead(v)
	if err == nil {
		err = c.handleJob(v, j, "job.discard", func(ctx context.Context, tx *db.Tx) error { return jobs.Discard(ctx, tx, j.ID) })
	}
	if err != nil {
		return err
	}
	return v.done(v.at("/jobs"), "console.job.discarded")
}

// retryDeadJobs lets all begin anew that are shown.
func (c *Console) retryDeadJobs(v *visit) error {
	l, err := c.jobList(v)
	if err != nil {
		return err
	}
	n := 0
	for _, j := range l.byState[jobs.Dead] {
		if !v.mayJob(j, auth.JobsRetry) {
			continue
		}
		if err := c.retry(v, j); err != nil {
			return err
		}
		n++
	}
	return v.done(v.at("/jobs"), "console.job.retried", "n", n)
}

// lead says in one sentence how the work stands.
func (l *jobList) lead() string {
	return l.T("console.job.lead", "dead", len(l.byState[jobs.Dead]), "running", len(l.byState[jobs.Running]), "waiting", len(l.byState[jobs.Waiting]))
}

func (l *jobList) tabs() []web.Tab {
	var tabs []web.Tab
	for _, state := range jobStates {
		tabs = append(tabs, web.Tab{
			Label: l.T("console.job.state." + string(state)), Href: l.at("/jobs", "state", string(state)),
			Count: l.many(len(l.byState[state])), Current: state == l.state,
		})
	}
	return tabs
}

// many is a count that stops where the list does.
func (l *jobList) many(n int) string {
	if n == jobPage {
		return l.Number(jobPage) + "+"
	}
	return l.Number(int64(n))
}

// kind names a kind of job in words.
func (v *visit) kind(kind string) string {
	key := "console.job.kind." + strings.NewReplacer(" ", "_", ".", "_").Replace(kind)
	if v.Has(key) {
		return v.T(key)
	}
	return kind
}

func (l *jobList) table() web.Table {
	t := web.Table{Caption: l.T("console.job.state." + string(l.state)), Empty: l.empty()}
	heads := map[jobs.State][]string{
		jobs.Dead: {"what", "failed", "error", "do"}, jobs.Running: {"what", "progress", "attempt"}, jobs.Waiting: {"what", "next", "attempt", "last_error"},
	}[l.state]
	for _, head := range heads {
		t.Columns = append(t.Columns, web.Column{Head: l.T("console.job." + head), Hidden: head == "do"})
	}
	for _, j := range l.byState[l.state] {
		t.Rows = append(t.Rows, web.Row{Cells: l.cells(j)})
	}
	return t
}

func (l *jobList) cells(j jobs.Info) []templ.Component {
	what := web.TwoLines(l.kind(j.Kind), j.ID.In(id.Job))
	attempt := web.Words(l.T("console.job.attempt_of", "n", j.Attempt, "most", j.MaxAttempts))
	switch l.state {
	case jobs.Dead:
		return []templ.Component{what, web.TwoLines(l.DateTime(j.Failed), l.T("console.job.tried", "n", j.Attempt)), jobError(l.visit, j), jobButtons(l, j)}
	case jobs.Running:
		return []templ.Component{what, jobProgress(l, j), attempt}
	}
	next := l.DateTime(j.Next)
	if j.Every > 0 {
		next = l.T("console.job.again_at", "at", j.Next)
		attempt = web.Words(l.T("console.job.regular"))
	}
	return []templ.Component{what, web.Words(next), attempt, jobError(l.visit, j)}
}

func (l *jobList) empty() templ.Component {
	key := "console.job.none_" + string(l.state)
	return web.Empty(web.Hint{Icon: web.IconJobs, Title: l.T(key), Text: l.T(key + "_text")})
}

// errorGist is the first line of an error, short enough for a table.
func errorGist(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	const most = 120
	if r := []rune(line); len(r) > most {
		return string(r[:most]) + "…"
	}
	return line
}

package api

import (
	"context"
	"net/http"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
)

func (s *server) addAudit() {
	read(s, operation{
		id: "list-audit", method: http.MethodGet, path: "/v1/audit", tag: tagKeys, needs: needs(auth.AuditRead),
		summary: "List who did what in the programme, the latest first",
		text:    "Events are not here: an event names its sender itself.",
	}, s.listAudit)
}

type auditIn struct {
	Cursor  cursor  `query:"cursor"`
	Limit   limit   `query:"limit"`
	Actor   string  `query:"actor" doc:"Who did it." example:"key:key_01h9x3k7q2v5n"`
	Action  string  `query:"action" doc:"What was done." example:"member.update"`
	Subject string  `query:"subject" doc:"To whom or what." example:"mem_01h9x3k7q2v5n"`
	From    instant `query:"from"`
	To      instant `query:"to"`
}

type auditView struct {
	ID      string         `json:"id" example:"aud_01h9x3k7q2v5n"`
	At      time.Time      `json:"at"`
	Actor   string         `json:"actor" doc:"Who did it." example:"staff:stf_01h9x3k7q2v5n"`
	Name    string         `json:"name,omitempty" doc:"What the actor is called now, if they are known."`
	Action  string         `json:"action" example:"member.update"`
	Text    string         `json:"text" doc:"The action in words." example:"Changed a profile"`
	Subject string         `json:"subject,omitempty" doc:"To whom or what." example:"mem_01h9x3k7q2v5n"`
	Detail  map[string]any `json:"detail,omitempty" doc:"Ids, codes and figures; never personal data."`
}

func (s *server) listAudit(ctx context.Context, c *call, in *auditIn) (page[auditView], error) {
	size, err := in.Limit.size()
	if err != nil {
		return page[auditView]{}, err
	}
	f, err := in.filter(c, size)
	if err != nil {
		return page[auditView]{}, err
	}
	rows, err := s.Auth.Audit(ctx, c.actor, f)
	if err != nil {
		return page[auditView]{}, err
	}
	actors := make([]string, len(rows))
	for i, r := range rows {
		actors[i] = r.Actor
	}
	names, err := auth.Names(ctx, s.DB.Reader(), actors)
	return paged(inAudit, rows, size, func(r auth.AuditRow) auditView { return c.auditOf(r, names) }, func(r auth.AuditRow) []int64 {
		return []int64{int64(r.ID)}
	}), err
}

func (in *auditIn) filter(c *call, size int) (auth.AuditFilter, error) {
	f := auth.AuditFilter{ProgrammeID: c.programme(), Actor: in.Actor, Action: in.Action, Subject: in.Subject, Limit: size + 1}
	at, err := inAudit.read(in.Cursor, 1)
	if err != nil {
		return f, err
	}
	f.Before = id.ID(at[0])
	if f.From, err = in.From.time("from"); err != nil {
		return f, err
	}
	f.To, err = in.To.time("to")
	return f, err
}

func (c *call) auditOf(r auth.AuditRow, names map[string]string) auditView {
	v := auditView{
		ID: r.ID.In(id.Audit), At: r.At, Actor: r.Actor, Name: names[r.Actor], Action: r.Action, Text: r.Action, Subject: r.Subject, Detail: r.Detail,
	}
	if key := "audit." + r.Action; c.print.Has(key) {
		v.Text = c.print.T(key)
	}
	return v
}

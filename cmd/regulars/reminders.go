package main

import (
	"context"
	"errors"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/program"
	"regulars/internal/promo"
)

// codeNotice is how long before its end a member is reminded of a code.
const codeNotice = 3 * 24 * time.Hour

// remindOfCodes has members written to whose own codes end soon and were not
// used, once for each code, as far as the contact policy allows a promotion.
func (h *house) remindOfCodes(ctx context.Context) error {
	list, err := program.List(ctx, h.db.Reader())
	for _, p := range list {
		_, failed := h.offers.Remind(ctx, p.ID, codeNotice, func(ctx context.Context, tx *db.Tx, codes []*promo.Code) error {
			wanted := make([]jobs.New, len(codes))
			for i, c := range codes {
				wanted[i] = codeEnds(c)
			}
			return jobs.Add(ctx, tx, h.now(), wanted...)
		})
		err = errors.Join(err, failed)
	}
	return err
}

// codeEnds asks that whoever holds a code be told of its end.
func codeEnds(c *promo.Code) jobs.New {
	name := "code_ends:" + c.ID.In(id.Code)
	args := map[string]i18n.Text{}
	args["code"] = i18n.Text{Key: "promo_code.printed", Args: map[string]any{"code": c.Printed}}
	args["end"] = i18n.Text{Key: "promo_code.end", Args: map[string]any{"end": c.Expires.UTC().Format(time.RFC3339)}}
	return jobs.New{Kind: flow.ContactWanted, Unique: name, Payload: flow.Contact{
		ProgrammeID: c.ProgrammeID, MemberID: c.MemberID, Class: flow.StimulusContact, Message: "code_ends", Args: args, Name: name,
	}}
}

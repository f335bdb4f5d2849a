package api

import (
	"context"
	"net/http"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
)

func (s *server) addMerges() {
	write(s, operation{
		id: "merge-members", method: http.MethodPost, path: "/v1/members/{member}/merge", tag: tagMembers, needs: needs(auth.MembersMerge),
		summary: "Make one member of two profiles",
		text:    "The member of the address takes over identities, points, debts and what counts towards ranks. It can be undone.",
	}, s.mergeMembers, s.showMerge)
	write(s, operation{
		id: "part-members", method: http.MethodPost, path: "/v1/members/{member}/unmerge", tag: tagMembers, needs: needs(auth.MembersMerge),
		summary: "Undo a merge",
	}, s.partMembers, s.showMerge)
}

// mergeWith names the profile to be merged.
type mergeWith struct {
	Other string `json:"other" maxLength:"40" doc:"The member whose everything goes to the member of the address." example:"mem_01h9x3k7q2v5n"`
}

func (s *server) mergeMembers(ctx context.Context, c *call, in *memberIn, body *mergeWith) (string, error) {
	survivor, err := in.Member.id()
	if err != nil {
		return "", err
	}
	other, err := id.Parse(id.Member, body.Other)
	if err != nil {
		return "", fault.At("/other", err)
	}
	m, err := s.Flow.Merge(ctx, c.actor, c.programme(), survivor, other)
	return mergeSubject(m), err
}

// mergeUndone names a merge to be undone.
type mergeUndone struct {
	Merge string `json:"merge" maxLength:"40" doc:"The merge, as the member shows it." example:"mrg_01h9x3k7q2v5n"`
}

func (s *server) partMembers(ctx context.Context, c *call, in *memberIn, body *mergeUndone) (string, error) {
	m, err := in.Member.id()
	if err != nil {
		return "", err
	}
	wanted, err := id.Parse(merging, body.Merge)
	if err != nil {
		return "", fault.At("/merge", err)
	}
	aliases, err := s.aliases(ctx, c, m)
	if err != nil {
		return "", err
	}
	if _, err := findMerge(ctx, s.DB.Reader(), aliases, wanted); err != nil {
		return "", fault.At("/merge", err)
	}
	undone, err := s.Flow.Unmerge(ctx, c.actor, c.programme(), wanted)
	return mergeSubject(undone), err
}

// mergeSubject names a merge by whose it is and which.
func mergeSubject(m member.Merging) string {
	return m.SurvivorID.In(id.Member) + " " + m.ID.In(merging)
}

func (s *server) showMerge(ctx context.Context, _ *call, subject string) (mergeView, error) {
	survivor, which, _ := strings.Cut(subject, " ")
	m, err := id.Parse(id.Member, survivor)
	if err != nil {
		return mergeView{}, err
	}
	wanted, err := id.Parse(merging, which)
	if err != nil {
		return mergeView{}, err
	}
	found, err := findMerge(ctx, s.DB.Reader(), []id.ID{m}, wanted)
	return mergeOf(found), err
}

func findMerge(ctx context.Context, q db.Queryer, members []id.ID, wanted id.ID) (member.Merging, error) {
	list, err := member.Mergings(ctx, q, members)
	if err != nil {
		return member.Merging{}, err
	}
	for _, m := range list {
		if m.ID == wanted {
			return m, nil
		}
	}
	return member.Merging{}, fault.Missing("unknown_merge", "there is no such merge of this member")
}

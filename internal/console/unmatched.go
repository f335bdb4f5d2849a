package console

import (
	"fmt"
	"strconv"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/product"
	"regulars/internal/sale"
	"regulars/internal/web"
)

func (c *Console) unmatchedRoutes() []route {
	return []route{{pattern: "GET " + inProgramme + "/unmatched", permission: auth.MembersRead, do: c.unmatched}}
}

// unmatchedPage is how many lines a page has.
const unmatchedSize = 50

// unmatchedList is a page of returned goods for which no sale was found, and
// the returns that wait for theirs.
type unmatchedList struct {
	total   int64
	trail   trail
	next    string
	lines   []sale.UnmatchedReturn
	names   map[id.ID]string // of members
	items   map[string]product.Product
	waiting []*journal.Waiting
}

func (c *Console) unmatched(v *visit) error {
	list := &unmatchedList{trail: v.trail()}
	before, err := parseUnmatched(list.trail.mark())
	if err != nil {
		return err
	}
	err = c.DB.View(v.ctx(), func(q db.Queryer) error {
		if list.total, err = sale.CountUnmatched(v.ctx(), q, v.programme.ID); err != nil {
			return err
		}
		if list.lines, err = sale.ListUnmatched(v.ctx(), q, v.programme.ID, before, unmatchedSize+1); err != nil {
			return err
		}
		if len(list.lines) > unmatchedSize {
			list.lines = list.lines[:unmatchedSize]
			list.next = shownUnmatched(list.lines[unmatchedSize-1])
		}
		if list.waiting, err = journal.ListWaiting(v.ctx(), q, v.programme.ID, 0, maxWaiting); err != nil {
			return err
		}
		return list.readNames(v, q)
	})
	if err != nil {
		return err
	}
	return v.render(unmatchedPage(v, list))
}

// readNames reads what members and products are called.
func (l *unmatchedList) readNames(v *visit, q db.Queryer) error {
	var ids []id.ID
	var skus []string
	for _, u := range l.lines {
		ids, skus = append(ids, u.MemberID), append(skus, u.SKU)
	}
	members, err := member.Read(v.ctx(), q, ids)
	if err != nil {
		return err
	}
	identities, err := member.Identities(v.ctx(), q, ids)
	if err != nil {
		return err
	}
	l.names = map[id.ID]string{}
	for asked, m := range members {
		l.names[asked] = shownName(v, m, identities[m.ID])
	}
	l.items, err = product.Lookup(v.ctx(), q, v.programme.ID, skus)
	return err
}

// shownUnmatched is where a page of unmatched lines ends, as an address has it.
func shownUnmatched(u sale.UnmatchedReturn) string {
	return fmt.Sprintf("%s.%d", u.EventID.In(id.Event), u.Line)
}

func parseUnmatched(mark string) (sale.UnmatchedCursor, error) {
	if mark == "" {
		return sale.UnmatchedCursor{}, nil
	}
	shown, no, _ := strings.Cut(mark, ".")
	event, err := id.Parse(id.Event, shown)
	if err != nil {
		return sale.UnmatchedCursor{}, err
	}
	line, err := strconv.Atoi(no)
	if err != nil {
		return sale.UnmatchedCursor{}, web.NotFound(nil, nil)
	}
	return sale.UnmatchedCursor{EventID: event, Line: line}, nil
}

package member

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Query says which members are looked for; zero fields leave the choice open.
type Query struct {
	ProgrammeID id.ID
	// Text is what somebody typed: a member's shown id, any identity, the last
	// four digits of a phone, any part of a name in Latin, Cyrillic or Polish
	// letters, or parts of names with those digits. Every word must be met; a
	// single letter only at the beginning of a name.
	Text string
	// Region is the country of phones typed without a country code.
	Region string
	// Status leaves only members of that status; empty leaves all but the
	// erased.
	Status Status
	Tag    string
	// Before is the id of the last member of the page before; 0 begins with
	// the latest.
	Before id.ID
	// Limit is the size of the page; 0 means 50, and 200 is the most.
	Limit int
}

const (
	page    = 50
	maxPage = 200
	maxText = 300 // letters of a search that are looked at
)

func (q Query) size() int {
	if q.Limit <= 0 {
		return page
	}
	return min(q.Limit, maxPage)
}

// statement returns the query for a page and one more, and its arguments. It
// finds ids first, so that only the rows of the page are read. Words, tags and
// identities exist only of members who are neither merged away nor erased.
//
// CROSS JOIN tells SQLite which table to walk; it would else walk all members
// and look for each among those found.
func (q Query) statement() (string, []any) {
	args := &db.Args{}
	found := q.ids(args)
	if q.Before != 0 {
		found += " WHERE member_id < " + args.Add(int64(q.Before))
	}
	return "SELECT " + memberColumns + " FROM (" + found + " ORDER BY member_id DESC LIMIT " + args.Add(q.size()+1) + `) AS p
		CROSS JOIN member WHERE id = p.member_id ORDER BY id DESC`, args.Values()
}

// ids returns a query for the ids of all who are looked for, each once.
func (q Query) ids(args *db.Args) string {
	programme := args.Add(int64(q.ProgrammeID))
	var sets []string
	if text := strings.TrimSpace(clip(strings.ToValidUTF8(q.Text, " "), maxText)); text != "" {
		sets = append(sets, "SELECT member_id FROM ("+q.byText(args, programme, text)+") AS by_text")
	}
	if q.Tag != "" {
		sets = append(sets, "SELECT member_id FROM member_tag WHERE programme_id = "+programme+" AND tag = "+args.Add(tidy(q.Tag)))
	}
	if len(sets) == 0 {
		return q.byStatus(args, programme)
	}
	found := "SELECT DISTINCT member_id FROM (" + strings.Join(sets, " INTERSECT ") + ") AS found"
	if q.Status == "" {
		return found
	}
	return "SELECT member_id FROM (SELECT f.member_id FROM (" + found + ") AS f CROSS JOIN member m WHERE m.id = f.member_id AND m.status = " +
		args.Add(string(q.Status)) + ") AS of_status"
}

// byStatus returns a query for the latest members of the status, at most a
// page of each.
func (q Query) byStatus(args *db.Args, programme string) string {
	wanted := []Status{Enrolled, Known}
	if q.Status != "" {
		wanted = []Status{q.Status}
	}
	ways := make([]string, len(wanted))
	for i, s := range wanted {
		ways[i] = "SELECT member_id FROM (SELECT id AS member_id FROM member WHERE merged_into = 0 AND programme_id = " + programme +
			" AND status = " + args.Add(string(s)) + q.before(args) + " ORDER BY id DESC LIMIT " + args.Add(q.size()+1) + ") AS of_status"
	}
	return "SELECT member_id FROM (" + strings.Join(ways, " UNION ALL ") + ") AS found"
}

func (q Query) before(args *db.Args) string {
	if q.Before == 0 {
		return ""
	}
	return " AND id < " + args.Add(int64(q.Before))
}

// byText returns a query for all whom the text may mean: by identity, by shown
// id, or by words all of which fit.
func (q Query) byText(args *db.Args, programme, text string) string {
	ways := q.byIdentity(args, programme, text)
	if member, err := id.Parse(id.Member, text); err == nil {
		ways = append(ways, q.byID(args, programme, member))
	}
	if words := split(text); len(words) > 0 {
		ways = append(ways, q.byWords(args, programme, words))
	}
	if len(ways) == 0 {
		return "SELECT id AS member_id FROM member WHERE 1 = 0 AND programme_id = " + programme
	}
	return strings.Join(ways, " UNION ")
}

// byID returns a query for the survivor behind an id. An erased member is
// found by the id alone, and only when erased ones are asked for.
func (q Query) byID(args *db.Args, programme string, member id.ID) string {
	query := "SELECT CASE WHEN merged_into = 0 THEN id ELSE merged_into END AS member_id FROM member WHERE programme_id = " + programme +
		" AND id = " + args.Add(int64(member))
	if q.Status == "" {
		query += " AND status <> " + args.Add(string(Erased))
	}
	return query
}

// byIdentity returns queries for the owner of the text read as an identity of
// each kind that it can be.
func (q Query) byIdentity(args *db.Args, programme, text string) []string {
	var ways []string
	for _, kind := range Kinds() {
		if i, err := Normalise(kind, text, q.Region); err == nil {
			ways = append(ways, "SELECT member_id FROM member_identity WHERE programme_id = "+programme+
				" AND kind = "+args.Add(string(kind))+" AND value = "+args.Add(i.Value))
		}
	}
	return ways
}

// byWords returns a query for those whom every word fits.
func (q Query) byWords(args *db.Args, programme string, words []string) string {
	since := "0"
	if len(words) == 1 && q.Status == "" && q.Tag == "" {
		since = q.since(args, programme)
	}
	parts := make([]string, len(words))
	for i, w := range words {
		parts[i] = "SELECT member_id FROM (" + byWord(args, programme, w, since) + ") AS one_word"
	}
	return "SELECT member_id FROM (" + strings.Join(parts, " INTERSECT ") + ") AS every_word"
}

// since returns an expression for where the page of the members with the name
// in p begins, and one more, so that names which many share cost no more than
// others; 0 where all are wanted.
func (q Query) since(args *db.Args, programme string) string {
	above := ""
	if q.Before != 0 {
		above = " AND x.member_id < " + args.Add(int64(q.Before))
	}
	return "COALESCE((SELECT x.member_id FROM member_word x WHERE x.programme_id = " + programme + " AND x.word = p.word" + above +
		" ORDER BY x.member_id DESC LIMIT 1 OFFSET " + args.Add(q.size()) + "), 0)"
}

// byWord returns a query for those who have a word with this in it, as written
// or as heard, or a phone that ends so.
//
// What stands within a word begins one of its parts. There are as many parts as
// there are different names, not members, so few are walked. CROSS JOIN makes
// SQLite begin with them, MATERIALIZED makes PostgreSQL reckon once for each
// name where its page begins, not for each member.
func byWord(args *db.Args, programme, word, since string) string {
	ways := []string{}
	for _, part := range slices.Compact([]string{word, clip(sound(word), maxWord)}) {
		if part == "" {
			continue
		}
		names := "SELECT DISTINCT word FROM member_part WHERE programme_id = " + programme +
			" AND part >= " + args.Add([]byte(part)) + " AND part < " + args.Add(after(part))
		if letters := utf8.RuneCountInString(part); letters < leastPart || part != word && letters < leastHeardPart {
			names += " AND part = word"
		}
		ways = append(ways, "SELECT member_id FROM (WITH n AS MATERIALIZED (SELECT p.word, "+since+" AS since FROM ("+names+") AS p) "+
			"SELECT w.member_id FROM n CROSS JOIN member_word w WHERE w.programme_id = "+programme+" AND w.word = n.word AND w.member_id >= n.since) AS named")
	}
	if len(word) == tailDigits && !strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsDigit(r) }) {
		ways = append(ways, "SELECT member_id FROM member_identity WHERE programme_id = "+programme+
			" AND tail <> '' AND tail = "+args.Add(word))
	}
	return strings.Join(ways, " UNION ALL ")
}

// after returns the least text that is above all that begin so. Words are
// UTF-8, in which no byte is 255.
func after(begin string) []byte { return append([]byte(begin), 0xff) }

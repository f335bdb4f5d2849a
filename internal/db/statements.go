package db

import (
	"container/list"
	"context"
	"database/sql"
	"regexp"
	"strconv"
	"sync"
)

// preparer makes statements: a pool or one connection.
type preparer interface {
	PrepareContext(ctx context.Context, text string) (*sql.Stmt, error)
}

// statements keeps SQLite's prepared statements by their text; beyond room, the
// least recently used is closed. It is safe for concurrent use.
type statements struct {
	from preparer
	room int

	mu    sync.Mutex
	byKey map[string]*list.Element
	order *list.List // of *prepared, most recently used first
}

type prepared struct {
	*sql.Stmt
	text  string
	users int
}

func newStatements(from preparer, room int) *statements {
	return &statements{from: from, room: room, byKey: map[string]*list.Element{}, order: list.New()}
}

var parameter = regexp.MustCompile(`\$(\d+)`)

// sqliteText writes the places as SQLite likes them. It takes $1 for a name,
// and looks names up one by one, when it prepares and at each run; ?1 is only
// prepared faster. So places that come in their order are left without one.
func sqliteText(text string) string {
	next := 0
	for _, place := range parameter.FindAllStringSubmatch(text, -1) {
		if next++; place[1] != strconv.Itoa(next) {
			return parameter.ReplaceAllString(text, "?$1")
		}
	}
	return parameter.ReplaceAllLiteralString(text, "?")
}

// get returns the statement of the text, prepared if it is not yet; the caller
// puts it back.
func (s *statements) get(ctx context.Context, text string) (*prepared, error) {
	if p := s.take(text); p != nil {
		return p, nil
	}
	stmt, err := s.from.PrepareContext(ctx, sqliteText(text))
	if err != nil {
		return nil, err
	}
	if p := s.take(text); p != nil { // somebody else was quicker
		_ = stmt.Close()
		return p, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &prepared{Stmt: stmt, text: text, users: 1}
	s.byKey[text] = s.order.PushFront(p)
	return p, nil
}

func (s *statements) take(text string) *prepared {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.byKey[text]
	if !ok {
		return nil
	}
	s.order.MoveToFront(e)
	p := e.Value.(*prepared)
	p.users++
	return p
}

// put gives the statement back and closes what exceeds the room. Rows that are
// still read keep their statement open.
func (s *statements) put(p *prepared) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p.users--
	for e := s.order.Back(); e != nil && s.order.Len() > s.room; {
		older := e.Prev()
		if last := e.Value.(*prepared); last.users == 0 {
			s.order.Remove(e)
			delete(s.byKey, last.text)
			_ = last.Close()
		}
		e = older
	}
}

// close closes all.
func (s *statements) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for e := s.order.Front(); e != nil; e = e.Next() {
		_ = e.Value.(*prepared).Close()
	}
	s.order.Init()
	clear(s.byKey)
}

package auth

import (
	"maps"
	"sync"
	"time"

	"regulars/internal/id"
)

// seen is which keys and sessions were used, and when the last of them was.
type seen struct {
	keys     map[id.ID]bool
	sessions map[tokenHash]bool
	last     time.Time
}

// sightings gathers what was used since it was last written, so that no
// request waits for that write.
type sightings struct {
	mu   sync.Mutex
	seen seen
}

func (s *sightings) key(key id.ID, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready(at)
	s.seen.keys[key] = true
}

func (s *sightings) session(hash tokenHash, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready(at)
	s.seen.sessions[hash] = true
}

// take returns what was gathered and begins anew.
func (s *sightings) take() seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.seen
	s.seen = seen{}
	return taken
}

// putBack adds what could not be written to what was gathered since.
func (s *sightings) putBack(taken seen) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready(taken.last)
	maps.Copy(s.seen.keys, taken.keys)
	maps.Copy(s.seen.sessions, taken.sessions)
}

func (s *sightings) ready(at time.Time) {
	if s.seen.keys == nil {
		s.seen.keys, s.seen.sessions = map[id.ID]bool{}, map[tokenHash]bool{}
	}
	if at.After(s.seen.last) {
		s.seen.last = at
	}
}

package member

import "sync"

const (
	remembered = 16_384 // phones in a generation, of which there are two
	maxWritten = 32     // bytes of a phone that is worth remembering
)

// written is a phone as somebody wrote it, in a country.
type written struct{ raw, region string }

// phoneMemory knows the normal form of phones that came of late: regulars come
// back, and reading a phone takes longer than all else that is checked of a
// purchase. The generation before is forgotten when the present one is full.
type phoneMemory struct {
	mu          sync.RWMutex
	young, past map[written]Identity
}

func (m *phoneMemory) recall(w written) (Identity, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if one, known := m.young[w]; known {
		return one, true
	}
	one, known := m.past[w]
	return one, known
}

func (m *phoneMemory) keep(w written, one Identity) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.young) >= remembered || m.young == nil {
		m.past, m.young = m.young, make(map[written]Identity)
	}
	m.young[w] = one
}

// Normalise is the function of that name for who asks often: it remembers the
// phones that it has seen of late.
func (s *Service) Normalise(kind IdentityKind, raw, region string) (Identity, error) {
	if kind != Phone || len(raw) > maxWritten {
		return Normalise(kind, raw, region)
	}
	w := written{raw, region}
	if one, known := s.phones.recall(w); known {
		return one, nil
	}
	one, err := Normalise(kind, raw, region)
	if err == nil {
		s.phones.keep(w, one)
	}
	return one, err
}

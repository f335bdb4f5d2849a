package db

import "sync"

// signals wake goroutines of this process once a transaction is committed. What
// other processes commit is found by polling.
type signals struct {
	mu        sync.Mutex
	listeners map[string][]chan struct{}
}

// Signal wakes those who listen for the name, once the transaction is
// committed; never if it is rolled back.
func (t *Tx) Signal(name string) { t.signals = append(t.signals, name) }

// Listen returns a channel on which the signals of the name arrive. Signals
// that come while one waits already are that one.
func (d *DB) Listen(name string) <-chan struct{} {
	d.signals.mu.Lock()
	defer d.signals.mu.Unlock()
	if d.signals.listeners == nil {
		d.signals.listeners = map[string][]chan struct{}{}
	}
	c := make(chan struct{}, 1)
	d.signals.listeners[name] = append(d.signals.listeners[name], c)
	return c
}

func (s *signals) give(names []string) {
	if len(names) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range names {
		for _, c := range s.listeners[name] {
			select {
			case c <- struct{}{}:
			default:
			}
		}
	}
}

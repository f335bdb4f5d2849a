package auth

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"regulars/internal/id"
)

func TestRunWritesWhatIsLeftWhenItEnds(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		k, text := h.key("members:read")
		must(h.Authenticate(ctx(t), text, "192.0.2.1:5000"))(t)
		ended, cancel := context.WithCancel(ctx(t))
		cancel()
		wantCode(t, "running", h.Run(ended), "")
		if n := h.count(`SELECT COUNT(*) FROM api_key WHERE id = $1 AND used > 0`, k.ID); n != 1 {
			t.Error("the last use was not written when the server stopped")
		}
	})
}

func TestWhatCannotBeWrittenIsKept(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		k, text := h.key("members:read")
		must(h.Authenticate(ctx(t), text, "192.0.2.1:5000"))(t)
		h.clock.advance(time.Hour)
		must(h.Session(ctx(t), h.owner.Token))(t)
		gone, cancel := context.WithCancel(ctx(t))
		cancel()
		if h.Flush(gone) == nil {
			t.Fatal("written though the caller was gone")
		}
		wantCode(t, "writing again", h.Flush(ctx(t)), "")
		if n := h.count(`SELECT COUNT(*) FROM api_key WHERE id = $1 AND used > 0`, k.ID); n != 1 {
			t.Error("the key's last use was lost")
		}
		if n := h.count(`SELECT COUNT(*) FROM session WHERE seen > created`); n != 1 {
			t.Error("the session's last use was lost")
		}
	})
}

// Sightings of many goroutines at once are all kept, with the latest time.
func TestSightings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s sightings
		start := time.Now()
		for i := range 50 {
			go func() {
				s.key(id.ID(i%10), start.Add(time.Duration(i)))
				s.session(tokenHash(rune('a'+i%5)), start)
			}()
		}
		synctest.Wait()
		first := s.take()
		s.key(3, start)
		s.putBack(first)
		got := s.take()
		if len(got.keys) != 10 || len(got.sessions) != 5 || !got.last.Equal(start.Add(49)) {
			t.Errorf("%d keys, %d sessions, last %v", len(got.keys), len(got.sessions), got.last.Sub(start))
		}
		if left := s.take(); !left.last.IsZero() {
			t.Errorf("something is left: %+v", left)
		}
	})
}

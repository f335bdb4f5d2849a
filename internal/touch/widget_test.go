package touch

import (
	"fmt"
	"testing"
	"time"
)

// TestBoardShowsGoodAndBad: reviews of known orders alone, whatever their stars,
// once the shop has said so, without a word of somebody who was erased.
func TestBoardShowsGoodAndBad(t *testing.T) {
	each(t, func(w *town) {
		m := w.Joins()
		for i := range 12 {
			w.buys(m, order(i))
			w.reads(order(i), func(s *Seen) {
				s.Order, s.Rating, s.Text, s.Occurred = order(i), int64(1+i%5), fmt.Sprint("words ", i), w.Now().Add(time.Duration(i-20)*time.Hour)
			})
		}
		w.reads("unknown", func(s *Seen) { s.Order, s.Text = "nobody's", "not of ours" })
		w.reads("old", func(s *Seen) { s.Order, s.Occurred = order(0), w.Now().Add(-boardPast-time.Hour) })
		_, err := w.Board(w.Context(), w.Programme.Slug)
		w.Refuses(err, "unknown_board")
		w.OK(w.SetWidget(w.Context(), system, w.Programme.ID, true))
		b, err := w.Board(w.Context(), w.Programme.Slug)
		w.OK(err)
		// Twelve ratings: 1 to 5 twice, and 1 and 2 once more.
		if mean, n := b.Mean(); b.Reviews != 12 || n != 12 || mean != 275 || b.Stars != [6]int64{0, 3, 3, 2, 2, 2} {
			t.Errorf("the board counts %+v, mean %d of %d", b.Stars, mean, n)
		}
		if len(b.Latest) != boardLatest || b.Latest[0].Text != "words 11" || b.Latest[0].Rating != 2 {
			t.Errorf("the latest are %+v", b.Latest)
		}
		r := w.reads("late", func(s *Seen) { s.Order, s.Text = order(3), "just now" })
		if b, err = w.Board(w.Context(), w.Programme.Slug); err != nil || b.Reviews != 12 {
			t.Errorf("within a minute the board is another: %d, %v", b.Reviews, err)
		}
		w.Set(w.Now().Add(boardTTL))
		if b, err = w.Board(w.Context(), w.Programme.Slug); err != nil || b.Latest[0].Text != "just now" {
			t.Errorf("after a minute %s is not there: %+v, %v", r.ExternalID, b, err)
		}
		w.OK(w.SetWidget(w.Context(), system, w.Programme.ID, false))
		_, err = w.Board(w.Context(), w.Programme.Slug)
		w.Refuses(err, "unknown_board")
		_, err = w.Board(w.Context(), "nowhere")
		w.Refuses(err, "unknown_board")
	})
}

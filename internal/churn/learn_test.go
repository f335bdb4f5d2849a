package churn

import (
	"fmt"
	"testing"

	"regulars/internal/churn/churntest"
)

// TestAPastInWhichNobodyLeavesTellsNothing: whoever is gone would otherwise count
// as buying as usual for ever.
func TestAPastInWhichNobodyLeavesTellsNothing(t *testing.T) {
	each(t, func(w *town) {
		for i := range 80 {
			w.Bought(fmt.Sprint("steady-", i), churntest.Every(10+i%7, 320-i, i%9)...)
		}
		w.Take()
		w.looks()
		if model, err := loadModel(w.Context(), w.DB.Reader(), w.Programme.ID); err != nil || model != nil {
			t.Errorf("learnt %+v, %v", model, err)
		}
		s, err := w.Summary(w.Context(), boss, w.Programme.ID)
		if err != nil || s.Said() != 0 || s.Run.Few != 0 || s.Run.Members != 80 {
			t.Errorf("it is said %+v, %v", s, err)
		}
	})
}

package trust

import (
	"bytes"
	"strconv"

	"regulars/internal/sheet"
)

// CSV writes every figure of a snapshot. A median is in minutes, money in minor
// units.
func (s *Snapshot) CSV() ([]byte, error) {
	var b bytes.Buffer
	w := sheet.NewWriter(&b)
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	w.Row("period", "section", "figure", "form", "value", "of", "low", "high", "value_before", "of_before")
	for _, r := range s.Rows() {
		low, high := "", ""
		if r.Form == Share && !r.Now.Few() {
			i := r.Now.Interval()
			low, high = strconv.FormatFloat(i.Low, 'f', 4, 64), strconv.FormatFloat(i.High, 'f', 4, 64)
		}
		of, before := "", ""
		if r.Form == Share || r.Form == Median {
			of, before = n(r.Now.N), n(r.Before.N)
		}
		w.Row(s.Period.Name, string(r.Section), r.Code, string(r.Form), n(r.Now.K), of, low, high, n(r.Before.K), before)
	}
	for _, m := range s.Mended {
		w.Row(s.Period.Name, string(Causes), "complaints_after."+strconv.Itoa(int(m.Weeks))+"_weeks", "of_orders", n(m.After), n(m.AfterOrders), "", "", n(m.Before), n(m.BeforeOrders))
	}
	err := w.Flush()
	return b.Bytes(), err
}

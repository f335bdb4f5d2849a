package standard

import (
	"fmt"
	"time"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Answer is what was found of one criterion.
type Answer struct {
	// Value is 1 for yes and 0 for no, or the step of the scale.
	Value int `json:"value"`
	// None says that there was nothing to judge; it counts for nothing.
	None    bool   `json:"none,omitempty"`
	Comment string `json:"comment,omitempty"`
}

// Minute is a time of the day in minutes since midnight, or NoMinute.
type Minute int64

// NoMinute stands for a time that nobody noted.
const NoMinute Minute = -1

// String is the time as 09:05, or empty.
func (m Minute) String() string {
	if m < 0 {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", m/60, m%60)
}

// ParseMinute reads 09:05; an empty text is NoMinute.
func ParseMinute(text string) (Minute, error) {
	if text == "" {
		return NoMinute, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return NoMinute, fault.Invalid("visit_time", "write a time as 09:05")
	}
	return Minute(t.Hour()*60 + t.Minute()), nil
}

// Sheet is what a visitor or an auditor found.
type Sheet struct {
	Answers map[string]Answer
	// Arrived, Served and Departed are on the clock of the shop.
	Arrived, Served, Departed Minute
	// Reference is the receipt's number as it was typed, SaleID the sale that it
	// was found to be, 0 for none.
	Reference string
	SaleID    id.ID
	Remark    string
	Lang      string
}

// Blank is a sheet on which nothing stands.
func Blank() Sheet {
	return Sheet{Answers: map[string]Answer{}, Arrived: NoMinute, Served: NoMinute, Departed: NoMinute}
}

// Unjudged is the score of a sheet on which nothing could be judged.
const Unjudged = int64(-1)

// Score returns the weighted share of what was reached of what could be, per
// 10,000, rounded half up, over the criteria that could be judged; Unjudged when
// none could. Failed says that a critical one was not kept, and names them.
func (s *Spec) Score(answers map[string]Answer) (score int64, failed []string) {
	var reached, possible int64 // in weight × 2520, which every top to 10 divides
	for i := range s.Criteria {
		c := &s.Criteria[i]
		a, given := answers[c.Code]
		if !given || a.None {
			continue
		}
		reached += int64(c.Weight) * 2520 / int64(c.Best()) * int64(a.Value)
		possible += int64(c.Weight) * 2520
		if c.fails(a) {
			failed = append(failed, c.Code)
		}
	}
	if possible == 0 {
		return Unjudged, nil
	}
	return (reached*20_000 + possible) / (2 * possible), failed
}

// take readies a sheet and refuses what a standard does not know. Whole says
// that it is to be sent: then every criterion must be answered.
func (s *Spec) take(sheet Sheet, whole bool) (Sheet, error) {
	n := sheet
	n.Answers = map[string]Answer{}
	for code, a := range sheet.Answers {
		c := s.Criterion(code)
		if c == nil {
			return n, fault.Invalid("visit_criterion", "the standard has no criterion %q", code).At("/answers/"+code).With("code", code)
		}
		if a.None {
			a.Value = 0
		}
		if a.Value < 0 || a.Value > c.Best() {
			return n, fault.Invalid("visit_value", "the answer is 0 to %d", c.Best()).At("/answers/"+code).With("most", c.Best())
		}
		a.Comment = i18n.Tidy(a.Comment)
		if err := short(a.Comment, "/answers/"+code+"/comment", MaxComment); err != nil {
			return n, err
		}
		n.Answers[code] = a
	}
	for i := range s.Criteria {
		if _, given := n.Answers[s.Criteria[i].Code]; whole && !given {
			return n, fault.Invalid("visit_unanswered", "say what you found here, or that there was nothing to judge").At("/answers/" + s.Criteria[i].Code)
		}
	}
	n.Reference, n.Remark = line(n.Reference), i18n.Tidy(n.Remark)
	if err := short(n.Reference, "/reference", maxShort); err != nil {
		return n, err
	}
	if err := short(n.Remark, "/remark", MaxRemark); err != nil {
		return n, err
	}
	return n, n.times()
}

// times refuses times of the day that come in no order.
func (n *Sheet) times() error {
	last := NoMinute
	for _, t := range []struct {
		at    Minute
		field string
	}{{n.Arrived, "/arrived"}, {n.Served, "/served"}, {n.Departed, "/left"}} {
		if t.at < NoMinute || t.at >= 24*60 {
			return fault.Invalid("visit_time", "write a time as 09:05").At(t.field)
		}
		if t.at == NoMinute {
			continue
		}
		if t.at < last {
			return fault.Invalid("visit_time_order", "you arrived first, were served then, and left at last").At(t.field)
		}
		last = t.at
	}
	return nil
}

// Waited returns how many minutes passed until somebody was served.
func (n *Sheet) Waited() (minutes int64, known bool) {
	return int64(n.Served - n.Arrived), n.Arrived != NoMinute && n.Served != NoMinute
}

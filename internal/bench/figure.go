package bench

import (
	"fmt"
	"time"
)

// Figure is one measurement. Zero fields were not measured.
type Figure struct {
	Section string `json:"section"`
	Name    string `json:"name"`
	// Rate is a number per second, of Unit.
	Rate float64 `json:"rate,omitempty"`
	Unit string  `json:"unit,omitempty"`
	// P50 and P99 are latencies.
	P50 time.Duration `json:"p50,omitempty"`
	P99 time.Duration `json:"p99,omitempty"`
	// CPU is what the server's process used for one event.
	CPU time.Duration `json:"cpu,omitempty"`
	// Peak is resident memory at its highest, in bytes.
	Peak int64 `json:"peak,omitempty"`
	// Limit is the rate that LimitOf reaches.
	Limit   float64 `json:"limit,omitempty"`
	LimitOf string  `json:"limit_of,omitempty"`
	Aim     string  `json:"aim,omitempty"`
	// Errors are how many answers were failures; they are Counted where a load
	// goes on after one.
	Errors  int64 `json:"errors,omitempty"`
	Counted bool  `json:"counted,omitempty"`
}

// Ratio is the rate as a share of its limit; 0 when there is none.
func (f Figure) Ratio() float64 {
	if f.Limit <= 0 {
		return 0
	}
	return f.Rate / f.Limit
}

// heads name the columns of a table of figures, cells fill them.
var heads = []string{"what", "per second", "p50", "p99", "server CPU per event", "peak memory", "its limit", "ratio", "errors", "aim"}

func (f Figure) cells() []string {
	cells := []string{f.Name, "", "", "", "", "", "", "", "", f.Aim}
	if f.Rate > 0 {
		cells[1] = grouped(f.Rate) + " " + f.Unit
	}
	if f.P99 > 0 {
		cells[2], cells[3] = millis(f.P50), millis(f.P99)
	}
	if f.CPU > 0 {
		cells[4] = fmt.Sprintf("%d µs", f.CPU.Microseconds())
	}
	if f.Peak > 0 {
		cells[5] = fmt.Sprintf("%d MB", f.Peak>>20)
	}
	if f.Limit > 0 {
		cells[6], cells[7] = grouped(f.Limit)+" "+f.LimitOf, fmt.Sprintf("%.2f", f.Ratio())
	}
	if f.Counted {
		cells[8] = grouped(float64(f.Errors))
	}
	return cells
}

func millis(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}

// grouped writes a number without its fraction, thousands apart.
func grouped(v float64) string {
	digits := fmt.Sprintf("%.0f", v)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// counted writes how many clients there are.
func counted(clients int) string {
	if clients == 1 {
		return "1 client"
	}
	return fmt.Sprintf("%d clients", clients)
}

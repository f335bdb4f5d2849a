package tier

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/id"
)

// The oracle walks from midnight to midnight and adds up all credits anew each
// time. Everything in the tests below happens at midnight.

var london = func() *time.Location {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	return zone
}()

// midnight returns the beginning of the n-th day.
func midnight(n int) time.Time { return time.Date(2010, 11, 1+n, 0, 0, 0, 0, london) }

type oracleCredit struct {
	event  id.ID
	at     int
	amount int64
}

type oracle struct {
	ladder    *Ladder
	credits   []*oracleCredit
	day       int
	rank      string
	falls     time.Time
	hand      string
	handUntil time.Time
	bought    string
	boughtEnd time.Time
	daily     map[int]string // the rank at the end of each day's doings
	moves     []string
}

func newOracle(l *Ladder, day int) *oracle {
	o := &oracle{ladder: l, day: day, daily: map[int]string{}}
	o.rank = o.version(day).Ranks[0].Code
	o.daily[day] = o.rank
	return o
}

func (o *oracle) version(day int) *Version {
	v := &o.ladder.Versions[0]
	for i := range o.ladder.Versions {
		if !o.ladder.Versions[i].From.After(midnight(day)) {
			v = &o.ladder.Versions[i]
		}
	}
	return v
}

// counts reports whether a credit counts on a day.
func (o *oracle) counts(c *oracleCredit, day int) bool {
	return !o.ladder.Versions[0].From.After(midnight(c.at)) && o.within(c.at, day)
}

// within reports whether what happened on one day is in the window on another.
func (o *oracle) within(at, day int) bool {
	sold := midnight(at)
	switch w := o.version(at).Window; w.Kind {
	case RollingMonths:
		// The day of the month stays; the last of a shorter month stands for it.
		first := time.Date(sold.Year(), sold.Month(), 1, 0, 0, 0, 0, london).AddDate(0, w.Months, 0)
		leaves := first
		for leaves.Day() < sold.Day() && leaves.AddDate(0, 0, 1).Month() == first.Month() {
			leaves = leaves.AddDate(0, 0, 1)
		}
		return midnight(day).Before(leaves)
	case CalendarYear:
		return midnight(day).Year() == sold.Year()
	}
	return true
}

func (o *oracle) metric() int64 {
	sum := int64(0)
	for _, c := range o.credits {
		if o.counts(c, o.day) {
			sum += c.amount
		}
	}
	return sum
}

func place(v *Version, code string) int {
	for i, r := range v.Ranks {
		if r.Code == code {
			return i
		}
	}
	return -1
}

func (o *oracle) keeps(v *Version, at int) bool {
	need := v.Ranks[at].Threshold
	if v.Ranks[at].Keep != nil {
		need = *v.Ranks[at].Keep
	}
	return o.metric() >= need
}

// settle applies the rules of the ladder to the present day.
func (o *oracle) settle() {
	v := o.version(o.day)
	held, floor := place(v, o.rank), max(place(v, o.hand), place(v, o.bought))
	best := max(floor, 0)
	for i, r := range v.Ranks {
		if o.metric() >= r.Threshold {
			best = max(best, i)
		}
	}
	switch {
	case held < best:
		o.become(v, best)
		o.falls = time.Time{}
	case held == floor || o.keeps(v, held):
		o.falls = time.Time{}
	case o.falls.IsZero() && v.GraceDays > 0:
		o.falls = midnight(o.day + v.GraceDays)
	case o.falls.IsZero() || !o.falls.After(midnight(o.day)):
		o.drop(v, held, floor)
	}
	o.daily[o.day] = o.rank
}

func (o *oracle) drop(v *Version, held, floor int) {
	to := held - 1
	if v.Drop == Hard {
		for to > 0 && !o.keeps(v, to) {
			to--
		}
	}
	to = max(to, floor)
	o.become(v, to)
	o.falls = time.Time{}
	if to == floor || o.keeps(v, to) {
		return
	}
	o.falls = midnight(o.day + v.GraceDays)
	if v.GraceDays == 0 {
		n := o.day
		for o.within(o.day, n) {
			n++
		}
		o.falls = midnight(n)
	}
}

func (o *oracle) become(v *Version, to int) {
	o.moves = append(o.moves, fmt.Sprintf("%s: %s to %s", midnight(o.day).Format(time.DateOnly), o.rank, v.Ranks[to].Code))
	o.rank = v.Ranks[to].Code
}

func (o *oracle) dropHand() {
	o.drops(o.hand)
	o.hand, o.handUntil = "", time.Time{}
}

func (o *oracle) dropBought() {
	o.drops(o.bought)
	o.bought, o.boughtEnd = "", time.Time{}
}

func (o *oracle) drops(guaranteed string) {
	v := o.version(o.day)
	held := place(v, o.rank)
	if held >= 0 && place(v, guaranteed) >= held && !o.keeps(v, held) {
		o.falls = midnight(o.day)
	}
}

func (o *oracle) walk(day int) {
	for o.day < day {
		o.day++
		if !o.handUntil.IsZero() && !o.handUntil.After(midnight(o.day)) {
			o.dropHand()
		}
		if !o.boughtEnd.IsZero() && !o.boughtEnd.After(midnight(o.day)) {
			o.dropBought()
		}
		o.settle()
	}
}

// doing is one thing that happens on a day.
type doing struct {
	day    int
	kind   string // credit, take off, give, take back, buy, stop, nothing
	event  id.ID
	at     int // of the credit
	amount int64
	rank   string
	until  time.Time
}

func (o *oracle) do(d doing) {
	o.walk(d.day)
	switch d.kind {
	case "credit":
		o.credits = append(o.credits, &oracleCredit{d.event, d.at, d.amount})
	case "take off":
		for _, c := range o.credits {
			if c.event == d.event && o.counts(c, o.day) {
				c.amount -= min(c.amount, d.amount)
			}
		}
	case "give":
		o.dropHand()
		o.hand, o.handUntil = d.rank, d.until
	case "take back":
		o.dropHand()
	case "buy":
		o.dropBought()
		o.bought, o.boughtEnd = d.rank, d.until
	case "stop":
		o.dropBought()
	}
	o.settle()
}

func (d doing) sold() Sold { return Sold{d.event, midnight(d.at)} }

// carry does the same with an account.
func (d doing) carry(a *Account) error {
	now := midnight(d.day)
	switch d.kind {
	case "credit":
		return a.Credit(now, midnight(d.at), d.event, d.amount)
	case "take off":
		return a.TakeOff(now, d.sold(), 999, d.amount)
	case "give":
		return a.SetByHand(now, d.rank, d.until, "staff:stf_1", "")
	case "take back":
		if err := a.Post(now); err != nil || a.Standing().Hand == "" {
			return err
		}
		return a.TakeHandBack(now, "staff:stf_1", "")
	case "buy", "stop":
		return a.buy(now, Purchase{Rank: d.rank, Until: d.until})
	}
	return a.Post(now)
}

func drawLadder(t *rapid.T) *Ladder {
	l := &Ladder{ID: 5, ProgrammeID: 1, Code: "main", Zone: london}
	for n := range rapid.IntRange(1, 3).Draw(t, "versions") {
		v := Version{Number: n + 1, Definition: drawDefinition(t)}
		if n > 0 {
			v.From = midnight(rapid.IntRange(n*60, n*60+50).Draw(t, "from"))
		} else if rapid.Bool().Draw(t, "begins") {
			v.From = midnight(rapid.IntRange(-10, 20).Draw(t, "begin"))
		}
		l.Versions = append(l.Versions, v)
	}
	return l
}

func drawDefinition(t *rapid.T) Definition {
	d := Definition{Name: "Ranks", Metric: Spend, Drop: rapid.SampledFrom([]Drop{Hard, Soft}).Draw(t, "drop")}
	d.Window.Kind = rapid.SampledFrom([]WindowKind{RollingMonths, RollingMonths, CalendarYear, Lifetime}).Draw(t, "window")
	if d.Window.Kind == RollingMonths {
		d.Window.Months = rapid.IntRange(1, 3).Draw(t, "months")
	}
	d.GraceDays = rapid.SampledFrom([]int{0, 0, 5, 40}).Draw(t, "grace")
	if d.Drop == Soft && d.Window.Kind == Lifetime {
		d.GraceDays = 7
	}
	threshold := int64(0)
	for _, code := range rapid.SampledFrom([][]string{{"regular", "silver", "gold"}, {"regular", "silver", "gold", "black"}, {"regular", "gold"}}).Draw(t, "ranks") {
		r := Rank{Code: code, Name: code, Threshold: threshold}
		if keep := rapid.Int64Range(-1, threshold).Draw(t, "keep"); keep >= 0 {
			r.Keep = &keep
		}
		d.Ranks = append(d.Ranks, r)
		threshold += rapid.Int64Range(1, 30).Draw(t, "step")
	}
	if err := d.Check(); err != nil {
		t.Fatalf("drawn definition: %v", err)
	}
	return d
}

// script draws what happens, one doing after another.
type script struct {
	ladder  *Ladder
	day     int
	credits []doing
}

func (s *script) draw(t *rapid.T) doing {
	s.day += rapid.SampledFrom([]int{0, 0, 1, 3, 17, 45}).Draw(t, "days")
	d := doing{day: s.day, kind: rapid.SampledFrom([]string{"credit", "credit", "credit", "take off", "give", "take back", "buy", "stop", "nothing"}).Draw(t, "kind")}
	switch d.kind {
	case "credit":
		d.event, d.at = id.ID(len(s.credits)+1), d.day-rapid.SampledFrom([]int{0, 0, 0, 10, 50}).Draw(t, "late")
		d.amount = rapid.Int64Range(0, 30).Draw(t, "amount")
		s.credits = append(s.credits, d)
	case "take off":
		if len(s.credits) == 0 {
			d.kind = "nothing"
			return d
		}
		d.event = rapid.SampledFrom(s.credits).Draw(t, "of").event
		d.at, d.amount = s.credits[d.event-1].at, rapid.Int64Range(0, 35).Draw(t, "off")
	case "give", "buy":
		ranks := s.ladder.from(midnight(d.day)).Ranks
		d.rank = rapid.SampledFrom(ranks).Draw(t, "rank").Code
		if days := rapid.SampledFrom([]int{0, 1, 20, 60}).Draw(t, "for"); days > 0 {
			d.until = midnight(d.day + days)
		}
	}
	return d
}

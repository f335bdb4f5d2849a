package flow

import (
	"context"
	"testing"
	"time"

	"regulars/internal/condition"
	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/program"
)

// sets changes the programme's settings.
func (h *house) sets(change func(*program.Programme)) {
	h.Helper()
	_, err := program.New(h.db).Update(context.Background(), boss, h.prog.ID, change)
	h.ok(err)
}

// changes writes a member's profile.
func (h *house) changes(m id.ID, e member.Edit) {
	h.Helper()
	_, err := member.New(h.db, h.now).Update(context.Background(), boss, h.prog.ID, m, e)
	h.ok(err)
}

func (h *house) birthdaysAt(year int, month time.Month, day int) {
	h.Helper()
	h.set(time.Date(year, month, day, 12, 0, 0, 0, time.UTC))
	for range 2 {
		h.ok(h.flow.Birthdays(context.Background()))
	}
}

func (h *house) born(who string, joined time.Time, day, month int) id.ID {
	h.Helper()
	e := h.event(journal.SignUp, "born "+who, who, joined)
	e.Who.Profile = &Profile{BirthDay: day, BirthMonth: month}
	return h.must(e)[0].MemberID
}

func birthdayGift(h *house) {
	h.addRule("birthday", earn.Birthday, earn.Spec{WalletID: h.wallet.ID, Effects: []earn.Effect{{Kind: earn.Fixed, Points: 7}}})
}

// TestABirthdayBeginsAtTheProgrammesMidnight: in summer London is an hour ahead of
// the server's clock.
func TestABirthdayBeginsAtTheProgrammesMidnight(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		birthdayGift(h)
		ann := h.born("ann", noon.AddDate(-1, 0, 0), 2, 7)
		midnight := time.Date(2026, 7, 2, 0, 0, 0, 0, h.prog.Zone)
		for _, look := range []struct {
			at   time.Time
			want string
		}{{midnight.Add(-time.Second), ""}, {midnight, "available 7"}, {midnight.AddDate(0, 0, 1), "available 7"}} {
			h.set(look.at)
			h.ok(h.flow.Birthdays(context.Background()))
			h.has(ann, look.want)
		}
	})
}

// TestChangedBirthdayNeverPaysTwice: within the year, and over its end.
func TestChangedBirthdayNeverPaysTwice(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		birthdayGift(h)
		ann := h.born("ann", noon.AddDate(-1, 0, 0), 10, 11)
		move := func(day, month int) {
			h.changes(ann, member.Edit{Change: func(m *member.Member) { m.Birth.Day, m.Birth.Month = day, month }})
		}
		h.birthdaysAt(2026, 11, 10)
		h.has(ann, "available 7")
		move(1, 12)
		h.birthdaysAt(2026, 12, 1)
		h.has(ann, "available 7")
		move(3, 1)
		h.birthdaysAt(2027, 1, 3)
		h.has(ann, "available 7")
		move(10, 11)
		h.birthdaysAt(2027, 11, 10)
		h.has(ann, "available 14")
		h.clean()
	})
}

// TestMergedProfilesHaveOneBirthday: neither profile brings another.
func TestMergedProfilesHaveOneBirthday(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		birthdayGift(h)
		ann, other := h.born("ann", noon.AddDate(-1, 0, 0), 20, 11), h.born("other", noon.AddDate(-1, 0, 0), 10, 11)
		h.birthdaysAt(2026, 11, 10)
		h.has(other, "available 7")
		_, err := h.flow.Merge(context.Background(), boss, h.prog.ID, ann, other)
		h.ok(err)
		h.birthdaysAt(2026, 11, 20)
		h.has(ann, "moved_in 7, available 7")
		h.clean()
	})
}

// TestBirthdaysAreNotedAhead: as many days before as the programme says, over
// the end of a year, for who joins in between, and once when the setting moves.
func TestBirthdaysAreNotedAhead(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		birthdayGift(h)
		h.sets(func(p *program.Programme) { p.BirthdayDays = 14 })
		ann := h.born("ann", noon.AddDate(-1, 0, 0), 3, 1)
		h.birthdaysAt(2026, 12, 19)
		h.has(ann, "")
		h.birthdaysAt(2026, 12, 20)
		h.has(ann, "available 7")
		h.set(time.Date(2027, 1, 4, 10, 0, 0, 0, time.UTC))
		late := h.born("late", time.Date(2026, 12, 30, 9, 0, 0, 0, time.UTC), 3, 1)
		after := h.born("after", time.Date(2027, 1, 4, 9, 0, 0, 0, time.UTC), 3, 1)
		h.birthdaysAt(2026, 12, 30)
		h.has(late, "available 7")
		h.sets(func(p *program.Programme) { p.BirthdayDays = 0 })
		h.birthdaysAt(2027, 1, 4)
		h.has(ann, "available 7")
		h.has(late, "available 7")
		h.has(after, "")
		h.clean()
	})
}

// TestBirthdayWeekMultiplies: a purchase from three days before to three days
// after counts double, also in the simulator.
func TestBirthdayWeekMultiplies(t *testing.T) {
	each(t, plan{}, func(h *house) {
		week, err := condition.Parse([]byte(`{"field":"birthday.in_days","op":"between","value":[-3,3]}`))
		h.ok(err)
		h.addRule("week", earn.Purchase, earn.Spec{
			WalletID: h.wallet.ID, Condition: week, Priority: -1, Effects: []earn.Effect{{Kind: earn.Multiplier, Rate: money.NewRate(2, 1)}},
		})
		ann := h.born("ann", noon.AddDate(-1, 0, 0), 4, 6)
		nobody := h.must(h.buys("n", "nobody", noon, 10_00))[0].MemberID
		h.must(h.buys("1", "ann", noon, 10_00), h.buys("2", "ann", noon.AddDate(0, 0, -1), 10_00))
		h.has(ann, "available 30")
		h.has(nobody, "available 10")
		if got := h.simulate(Draft{}).Now.Issued; got != 40 {
			h.Errorf("the simulator gives %d points, want 40", got)
		}
		h.clean()
	})
}

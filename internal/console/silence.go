package console

import (
	"slices"
	"strconv"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/churn"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/web"
)

// silencePath is the address of the list of silent customers.
const silencePath = inProgramme + "/silence"

func (c *Console) silenceRoutes() []route {
	return []route{
		{pattern: "GET " + silencePath, permission: auth.ChurnRead, do: c.silence},
		{pattern: "GET " + silencePath + "/settings", permission: auth.ChurnRead, do: c.silenceSettings},
		{pattern: "POST " + silencePath + "/settings", permission: auth.ChurnWrite, do: c.saveSilenceSettings},
		{pattern: "POST " + silencePath + "/look", permission: auth.ChurnWrite, do: c.lookForSilence},
	}
}

// unspoken asks for those who left without a word.
const unspoken = "none"

// unusual asks for those whose silence is unusual for them.
const unusual = "unusual"

// however asks for members however they stand.
const however = "all"

// silentList is a page of members by how they stand.
type silentList struct {
	*visit
	state, trouble, shop string
	trail                trail
	summary              *churn.Summary
	measure              churn.Measure
	set                  churn.Settings
	shops                []program.Shop
	list                 []churn.Standing
	rows                 map[id.ID]memberRow
	next                 string
}

func (c *Console) silence(v *visit) error {
	l := &silentList{visit: v, state: v.field("state"), trouble: v.field("trouble"), shop: v.field("shop"), trail: v.trail()}
	var err error
	if l.measure, err = c.Churn.Measure(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	if l.state == "" {
		l.state = unusual
		if l.measure.Model.Leaves() {
			l.state = string(churn.Silent)
		}
	}
	if l.shops, err = program.Shops(v.ctx(), c.DB.Reader(), v.programme.ID); err != nil {
		return err
	}
	if v.can(auth.MembersRead) {
		if err := c.readSilent(l); err != nil {
			return err
		}
	}
	if web.IsFragment(v.r) {
		return v.render(silentTable(l))
	}
	if l.summary, err = c.Churn.Summary(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	if l.set, _, err = c.Churn.Settings(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	return v.render(silentPage(l))
}

// query is what the address asks for. What cannot be is left out.
func (l *silentList) query() churn.Query {
	q := churn.Query{ProgrammeID: l.programme.ID, Limit: membersShown + 1, Before: silentMark(l.trail.mark())}
	if slices.Contains(churn.States(), churn.State(l.state)) {
		q.State = churn.State(l.state)
	}
	q.Unusual = l.state == unusual
	if q.Unspoken = l.trouble == unspoken; !q.Unspoken && slices.Contains(churn.Troubles(), churn.Trouble(l.trouble)) {
		q.Trouble = churn.Trouble(l.trouble)
	}
	for _, s := range l.shops {
		if s.Code == l.shop {
			q.ShopID = s.ID
		}
	}
	return q
}

func (c *Console) readSilent(l *silentList) (err error) {
	if l.list, err = c.Churn.List(l.ctx(), l.actor, l.query()); err != nil {
		return err
	}
	if len(l.list) > membersShown {
		l.list = l.list[:membersShown]
		last := l.list[membersShown-1].Cursor()
		l.next = strconv.FormatInt(last.Goods, 36) + "-" + last.MemberID.In(id.Member)
	}
	ids := make([]id.ID, len(l.list))
	for i := range l.list {
		ids[i] = l.list[i].MemberID
	}
	return c.DB.View(l.ctx(), func(q db.Queryer) error {
		l.rows = map[id.ID]memberRow{}
		found, err := member.Read(l.ctx(), q, ids)
		if err != nil {
			return err
		}
		page := member.Page{}
		for _, n := range ids {
			if m := found[n]; m != nil {
				page.Members = append(page.Members, m)
			}
		}
		if page.Identities, err = member.Identities(l.ctx(), q, ids); err != nil {
			return err
		}
		rows, err := readRows(l.visit, q, page, c.Now())
		for _, r := range rows {
			l.rows[r.ID] = r
		}
		return err
	})
}

// silentMark reads a place in the list; what is none begins with the first page.
func silentMark(text string) churn.Cursor {
	goods, who, _ := strings.Cut(text, "-")
	n, err := strconv.ParseInt(goods, 36, 64)
	m, wrong := id.Parse(id.Member, who)
	if err != nil || wrong != nil {
		return churn.Cursor{}
	}
	return churn.Cursor{Goods: n, MemberID: m}
}

// silenceForm is from when a silence counts; what it holds is as it was typed.
type silenceForm struct {
	*visit
	set     churn.Settings
	version int64
	summary *churn.Summary
	errs    web.FormErrors
}

func (c *Console) meetSilenceSettings(v *visit) (*silenceForm, error) {
	f := &silenceForm{visit: v}
	var err error
	if f.set, f.version, err = c.Churn.Settings(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	f.summary, err = c.Churn.Summary(v.ctx(), v.actor, v.programme.ID)
	return f, err
}

func (c *Console) silenceSettings(v *visit) error {
	f, err := c.meetSilenceSettings(v)
	if err != nil {
		return err
	}
	return v.render(silenceSettingsPage(f))
}

func (c *Console) saveSilenceSettings(v *visit) error {
	f, err := c.meetSilenceSettings(v)
	if err != nil {
		return err
	}
	seen := v.seenVersion()
	if err := c.Churn.SetSettings(v.ctx(), v.actor, v.programme.ID, seen, f.typed()); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			f.errs = errs
			return silenceSettingsPage(f)
		})
	}
	return v.done(v.at("/silence/settings"), "console.silence.saved")
}

// typed reads the form; what is no number is one that cannot be.
func (f *silenceForm) typed() churn.Settings {
	number := func(name string) int64 {
		n, err := strconv.ParseInt(strings.TrimSpace(f.field(name)), 10, 64)
		if err != nil {
			return -1
		}
		return n
	}
	return churn.Settings{Slipping: number("slipping"), Silent: number("silent"), Before: number("before"), Unusual: number("unusual")}
}

func (c *Console) lookForSilence(v *visit) error {
	if err := c.Churn.Ask(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	return v.done(v.at("/silence/settings"), "console.silence.asked")
}

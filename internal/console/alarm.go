package console

import (
	"slices"

	"github.com/a-h/templ"

	"regulars/internal/alarm"
	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/web"
)

func (c *Console) alarmRoutes() []route {
	const path = inProgramme + "/alarms"
	return []route{
		{pattern: "GET " + path, permission: auth.TouchRead, do: c.showAlarms},
		{pattern: "POST " + path, permission: auth.TouchRead, do: c.chooseAlarms},
	}
}

// alarmPage is what wanted to be looked at, and of what somebody is told.
type alarmPage struct {
	*visit
	list   []*alarm.Alarm
	choice alarm.Choice
	// listed is false for who is told of nothing, having no role here.
	listed bool
	errs   web.FormErrors
}

func (c *Console) meetAlarms(v *visit) (*alarmPage, error) {
	p := &alarmPage{visit: v}
	var err error
	if p.list, err = c.Alarms.List(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	p.choice, err = c.Alarms.Mine(v.ctx(), v.actor, v.programme.ID)
	if f := fault.As(err); f != nil && f.Code == "alarm_not_staff" {
		return p, nil
	}
	p.listed = true
	return p, err
}

func (c *Console) showAlarms(v *visit) error {
	p, err := c.meetAlarms(v)
	if err != nil {
		return err
	}
	return v.render(alarmsPage(p))
}

func (c *Console) chooseAlarms(v *visit) error {
	p, err := c.meetAlarms(v)
	if err != nil {
		return err
	}
	v.field("topics") // reads the form
	var topics []alarm.Topic
	for _, t := range v.r.PostForm["topics"] {
		topics = append(topics, alarm.Topic(t))
	}
	if _, err := c.Alarms.Choose(v.ctx(), v.actor, v.programme.ID, v.actor.ID, topics); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = web.FormErrors{}
			for _, said := range errs {
				p.errs["topics"] = said
			}
			return alarmsPage(p)
		})
	}
	return v.done(v.at("/alarms"), "console.alarm.saved")
}

func (p *alarmPage) options() []web.Option {
	var list []web.Option
	for _, t := range p.choice.Open {
		list = append(list, web.Option{
			Value: string(t), Label: p.T("console.alarm.which." + string(t)), Help: p.T("console.alarm.which." + string(t) + "_help"), Chosen: slices.Contains(p.choice.Topics, t),
		})
	}
	return list
}

func (p *alarmPage) help() string {
	if p.choice.Usual {
		return p.T("console.alarm.usual")
	}
	return ""
}

func (p *alarmPage) table() web.Table {
	t := web.Table{
		Caption: p.T("console.alarm.list"), Columns: []web.Column{{Head: p.T("console.alarm.what")}, {Head: p.T("console.alarm.raised")}, {Head: p.T("console.alarm.state")}, {Head: p.T("console.alarm.told"), Figures: true}},
		Empty: web.Empty(web.Hint{Icon: web.IconBell, Title: p.T("console.alarm.none"), Text: p.T("console.alarm.none_text")}),
	}
	for _, n := range p.list {
		state := web.Badge(web.Warn, p.T("console.alarm.goes_on"))
		if !n.Ended.IsZero() {
			state = web.Badge(web.Neutral, p.T("console.alarm.over"))
		}
		t.Rows = append(t.Rows, web.Row{Href: p.at(n.Path), Quiet: !n.Ended.IsZero(), Cells: []templ.Component{
			web.Words(p.Say(n.Text)), web.Words(p.DateTime(n.Raised)), state, web.Words(p.Number(n.Told)),
		}})
	}
	return t
}

package console

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/survey"
	"regulars/internal/web"
)

const surveyPath = inProgramme + "/surveys"

func (c *Console) surveyRoutes() []route {
	one := surveyPath + "/{survey}"
	return []route{
		{pattern: "GET " + surveyPath, permission: auth.SurveysRead, do: c.surveys},
		{pattern: "POST " + surveyPath + "/new", permission: auth.SurveysWrite, do: c.createSurvey},
		{pattern: "POST " + surveyPath + "/never", permission: auth.SurveysWrite, do: c.saveNeverShare},
		{pattern: "POST " + surveyPath + "/reasons", permission: auth.SurveysWrite, do: c.saveReasons},
		{pattern: "GET " + one, permission: auth.SurveysRead, do: c.survey},
		{pattern: "GET " + one + "/effect", permission: auth.SurveysRead, do: c.surveyEffect},
		{pattern: "GET " + one + "/edit", permission: auth.SurveysWrite, do: c.editSurvey},
		{pattern: "POST " + one + "/edit", permission: auth.SurveysWrite, do: c.saveSurvey},
		{pattern: "GET " + one + "/ask", permission: auth.SurveysWrite, do: c.planSurvey},
		{pattern: "POST " + one + "/ask", permission: auth.SurveysWrite, do: c.askSurvey},
		{pattern: "GET " + one + "/samples", permission: auth.SurveysRead, do: c.surveySamples},
		{pattern: "GET " + one + "/standing", permission: auth.SurveysRead, do: c.surveyStanding},
		{pattern: "POST " + one + "/standing", permission: auth.SurveysWrite, do: c.saveStanding},
		{pattern: "POST " + one + "/standing/pause", permission: auth.SurveysWrite, do: c.pauseStanding(true, "console.survey.standing_paused_done")},
		{pattern: "POST " + one + "/standing/resume", permission: auth.SurveysWrite, do: c.pauseStanding(false, "console.survey.standing_resumed")},
		{pattern: "GET " + one + "/sheet", permission: auth.SurveysWrite, do: c.surveySheet},
		{pattern: "POST " + one + "/sheet", permission: auth.SurveysWrite, limit: sheetBytes, do: c.bringSheet},
		{pattern: "POST " + one + "/reason", permission: auth.SurveysWrite, do: c.confirmReason},
		{pattern: "POST " + one + "/publish", permission: auth.SurveysWrite, do: c.turnSurvey(c.Surveys.Publish, "console.survey.published")},
		{pattern: "POST " + one + "/close", permission: auth.SurveysWrite, do: c.turnSurvey(c.Surveys.Close, "console.survey.closed")},
		{pattern: "POST " + one + "/discard", permission: auth.SurveysWrite, do: c.discardSurvey},
	}
}

// surveyList is every survey, and the reasons that comments are told by.
type surveyList struct {
	*visit
	all     []survey.Survey
	reasons []survey.Reason
	never   int // of 10,000 members
	errs    web.FormErrors
}

func (c *Console) meetSurveys(v *visit) (*surveyList, error) {
	l := &surveyList{visit: v}
	var err error
	if l.all, err = c.Surveys.List(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	if l.never, err = c.Surveys.NeverShare(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	l.reasons, err = c.Surveys.Reasons(v.ctx(), v.actor, v.programme.ID)
	return l, err
}

func (c *Console) surveys(v *visit) error {
	l, err := c.meetSurveys(v)
	if err != nil {
		return err
	}
	return v.render(surveyListPage(l))
}

func (l *surveyList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.survey.title"),
		Columns: []web.Column{{Head: l.T("console.survey.name")}, {Head: l.T("console.survey.kind")}, {Head: l.T("console.survey.state")}, {Head: l.T("console.survey.made")}},
		Empty:   web.Empty(web.Hint{Icon: web.IconMessage, Title: l.T("console.survey.none"), Text: l.T("console.survey.none_text")}),
	}
	for i := range l.all {
		n := &l.all[i]
		t.Rows = append(t.Rows, web.Row{Href: l.surveyAt(n.ID, ""), Quiet: n.State == survey.Closed, Cells: []templ.Component{
			web.Own(n.Names.Said(string(l.Lang()))), web.Words(l.Say(n.Kind.Text())), surveyState(l.visit, n.State), web.Words(l.ShortDate(n.Made)),
		}})
	}
	return t
}

func (v *visit) surveyAt(n id.ID, more string) string {
	return v.at("/surveys/" + n.In(id.Survey) + more)
}

// reasonsWrong is what is wrong with the list of reasons, whichever of them.
func (l *surveyList) reasonsWrong() string {
	for at, said := range l.errs {
		if strings.HasPrefix(at, "reasons") {
			return said
		}
	}
	return ""
}

func surveyState(v *visit, s survey.State) templ.Component {
	tone := web.Neutral
	if s == survey.Published {
		tone = web.Good
	}
	return web.Badge(tone, v.Say(s.Text()))
}

func (l *surveyList) kinds() []web.Option {
	var options []web.Option
	for _, k := range survey.Kinds() {
		options = append(options, web.Option{Value: string(k), Label: l.Say(k.Text())})
	}
	return options
}

// reasonLines are the reasons as they are written, one a line.
func (l *surveyList) reasonLines() string {
	lang := string(l.Lang())
	var b strings.Builder
	for _, r := range l.reasons {
		b.WriteString(r.Code + "; " + r.Names.In(lang) + "; " + r.Hints[lang] + "\n")
	}
	return b.String()
}

// createSurvey makes a draft of the usual questions of a kind.
func (c *Console) createSurvey(v *visit) error {
	var printers []*i18n.Printer
	for _, l := range i18n.Langs() {
		printers = append(printers, c.Texts.Printer(l, v.programme.Zone, v.programme.Currency))
	}
	spec := survey.Standard(survey.Kind(v.field("kind")), v.programme.Name, printers...)
	if spec.Kind == survey.Custom {
		spec.Questions = []survey.Question{{Code: "q1", Form: survey.Text, Optional: true, Words: survey.Words{}}}
		for _, p := range printers {
			spec.Questions[0].Words[string(p.Lang())] = p.T("survey.standard.why")
		}
	}
	n, err := c.Surveys.Create(v.ctx(), v.actor, v.programme.ID, spec)
	if err != nil {
		l, again := c.meetSurveys(v)
		if again != nil {
			return again
		}
		return v.mend(err, func(errs web.FormErrors) component {
			l.errs = errs
			return surveyListPage(l)
		})
	}
	return v.redirect(v.surveyAt(n.ID, "/edit"))
}

// saveReasons keeps the reasons in the language of the page; names and hints in
// other languages stay.
func (c *Console) saveReasons(v *visit) error {
	l, err := c.meetSurveys(v)
	if err != nil {
		return err
	}
	var list []survey.Reason
	lang := string(v.Lang())
	for line := range strings.Lines(v.r.FormValue("reasons")) {
		parts := append(strings.SplitN(strings.TrimSpace(line), ";", 3), "", "")
		if parts[0] == "" {
			continue
		}
		r := survey.Reason{Code: strings.TrimSpace(parts[0]), Names: survey.Words{}, Hints: survey.Words{}}
		for _, old := range l.reasons {
			if old.Code == r.Code {
				r = old
			}
		}
		r.Names[lang], r.Hints[lang] = strings.TrimSpace(parts[1]), strings.TrimSpace(parts[2])
		list = append(list, r)
	}
	if err := c.Surveys.SetReasons(v.ctx(), v.actor, v.programme.ID, list); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			l.errs = errs
			return surveyListPage(l)
		})
	}
	return v.done(v.at("/surveys"), "console.survey.reasons_saved")
}

// surveyShown is one survey with what it came to.
type surveyShown struct {
	*visit
	survey.Results
	// samples are the latest draws of managers; standing tells that there are
	// those of a standing question too.
	samples  []survey.Sample
	standing bool
	reasons  []survey.Reason
	said     comments
	link     string
	errs     web.FormErrors
}

// comments are a page of what people wrote in their own words: all of it, or
// what has no reason yet.
type comments struct {
	list  []*survey.Response
	open  bool
	trail trail
	next  string // the mark of the next page, or empty
}

const (
	commentsShown = 10 // each is a form; more of them make a long page
	openOnly      = "open"
	commentsPart  = "comments"
)

// readComments reads the page of comments that the address names.
func (c *Console) readComments(v *visit, which id.ID) (n comments, err error) {
	n.open, n.trail = v.field("only") == openOnly, v.trail()
	query := survey.ResponseQuery{ProgrammeID: v.programme.ID, SurveyID: which, Words: true, Open: n.open, Limit: commentsShown + 1}
	if mark := n.trail.mark(); mark != "" {
		var known bool
		if query.Before, known = placeOf(mark); !known {
			n.trail = nil // an old address
		}
	}
	if n.list, err = c.Surveys.Responses(v.ctx(), v.actor, query); err == nil && len(n.list) > commentsShown {
		n.list = n.list[:commentsShown]
		n.next = commentMark(n.list[commentsShown-1].Place())
	}
	return n, err
}

// asksForWords reports whether the survey has a question that is answered in own
// words.
func (p *surveyShown) asksForWords() bool {
	return slices.ContainsFunc(p.Survey.Questions, func(q survey.Question) bool { return q.Form == survey.Text })
}

// commentsLead says how many comments have no reason yet, where there are any.
func (p *surveyShown) commentsLead() string {
	if len(p.said.list) == 0 && p.Open == 0 && len(p.Reasons) == 0 {
		return ""
	}
	return p.T("console.survey.reasons_says", "open", p.Open)
}

// commentMark is how a place stands in an address.
func commentMark(p survey.Place) string {
	return p.ID.In(id.SurveyResponse) + "." + strconv.FormatInt(p.Given.UnixMicro(), 10)
}

// placeOf reads a mark; known is false for what is none.
func placeOf(mark string) (p survey.Place, known bool) {
	response, given, _ := strings.Cut(mark, ".")
	n, err := id.Parse(id.SurveyResponse, response)
	if err != nil {
		return p, false
	}
	micros, err := strconv.ParseInt(given, 10, 64)
	return survey.Place{Given: time.UnixMicro(micros), ID: n}, err == nil
}

// commentsAt is the address of a page of comments.
func (p *surveyShown) commentsAt(open bool, marks string) string {
	only := ""
	if open {
		only = openOnly
	}
	return address(p.surveyAt(p.Survey.ID, ""), "only", only, trailName, marks) + "#" + commentsPart
}

func (p *surveyShown) commentTabs() []web.Tab {
	return []web.Tab{
		{Label: p.T("console.survey.comments_all"), Href: p.commentsAt(false, ""), Current: !p.said.open},
		{Label: p.T("console.survey.comments_open"), Href: p.commentsAt(true, ""), Current: p.said.open, Count: p.Number(p.Open)},
	}
}

func (p *surveyShown) commentCursor() web.Cursor {
	var c web.Cursor
	if len(p.said.trail) > 0 {
		c.Previous = p.commentsAt(p.said.open, p.said.trail.back())
	}
	if p.said.next != "" {
		c.Next = p.commentsAt(p.said.open, p.said.trail.forth(p.said.next))
	}
	return c
}

func (c *Console) meetSurvey(v *visit) (*surveyShown, error) {
	which, err := v.pathID("survey", id.Survey)
	if err != nil {
		return nil, err
	}
	p := &surveyShown{visit: v}
	if p.Results, err = c.Surveys.Results(v.ctx(), v.actor, v.programme.ID, which); err != nil {
		return nil, err
	}
	if p.samples, err = c.Surveys.Samples(v.ctx(), v.actor, survey.SampleQuery{ProgrammeID: v.programme.ID, SurveyID: which, Once: true, Limit: samplesShown + 1}); err != nil {
		return nil, err
	}
	days, err := c.Surveys.Samples(v.ctx(), v.actor, survey.SampleQuery{ProgrammeID: v.programme.ID, SurveyID: which, Standing: true, Limit: 1})
	if err != nil {
		return nil, err
	}
	p.standing = len(days) > 0
	if p.reasons, err = c.Surveys.Reasons(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	if p.Survey.Open != "" {
		p.link = survey.OpenPath + p.Survey.Open
	}
	p.said, err = c.readComments(v, which)
	return p, err
}

func (c *Console) survey(v *visit) error {
	p, err := c.meetSurvey(v)
	if err != nil {
		return err
	}
	return v.render(surveyPage(p))
}

// turnSurvey opens or closes a survey.
func (c *Console) turnSurvey(turn func(context.Context, auth.Actor, id.ID, id.ID) (survey.Survey, error), key string) func(*visit) error {
	return func(v *visit) error {
		which, err := v.pathID("survey", id.Survey)
		if err != nil {
			return err
		}
		if _, err := turn(v.ctx(), v.actor, v.programme.ID, which); err != nil {
			p, again := c.meetSurvey(v)
			if again != nil {
				return again
			}
			return v.mend(err, func(errs web.FormErrors) component {
				p.errs = errs
				return surveyPage(p)
			})
		}
		return v.done(v.surveyAt(which, ""), key)
	}
}

func (c *Console) discardSurvey(v *visit) error {
	which, err := v.pathID("survey", id.Survey)
	if err != nil {
		return err
	}
	if err := c.Surveys.Discard(v.ctx(), v.actor, v.programme.ID, which); err != nil {
		return err
	}
	return v.done(v.at("/surveys"), "console.survey.discarded")
}

func (c *Console) confirmReason(v *visit) error {
	which, err := v.pathID("survey", id.Survey)
	if err != nil {
		return err
	}
	response, err := id.Parse(id.SurveyResponse, v.field("response"))
	if err != nil {
		return fault.Missing("unknown_response", "there is no such answer in own words")
	}
	if err := c.Surveys.Confirm(v.ctx(), v.actor, v.programme.ID, response, v.field("question"), v.field("reason")); err != nil {
		return err
	}
	p := &surveyShown{visit: v}
	p.Survey.ID = which
	return v.done(p.commentsAt(v.field("only") == openOnly, v.field(trailName)), "console.survey.confirmed")
}

// reasonOptions are what a comment may be about; what is confirmed, or else
// suggested, is chosen.
func (p *surveyShown) reasonOptions(r survey.Reasoned) []web.Option {
	options := []web.Option{{Label: p.T("console.survey.reason_none")}}
	for _, n := range p.reasons {
		options = append(options, web.Option{Value: n.Code, Label: n.Names.In(string(p.Lang())), Lang: n.Names.Said(string(p.Lang())).Lang})
	}
	if r.Confirmed != "" {
		return web.Choose(options, r.Confirmed)
	}
	return web.Choose(options, r.Suggested)
}

func (p *surveyShown) reasonLabel(r survey.Reasoned) string {
	if r.Confirmed == "" && r.Suggested != "" {
		return p.T("console.survey.suggested")
	}
	return p.T("console.survey.reason")
}

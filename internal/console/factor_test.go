package console

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/factor"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/survey"
	"regulars/internal/touch"
)

// hears lets so many pieces of feedback come: complaints about queues, praise of
// staff, and reviews that nobody has coded.
func (w *town) hears(queues, praise, reviews int) {
	w.t.Helper()
	open := func(i int, kind complaint.Kind, reason, text string) {
		_, err := w.console.Complaints.Begin(ctx, system, w.programme.ID, complaint.Ask{
			Name: fmt.Sprint(kind, reason, i), Kind: kind, Reason: reason, Wanted: complaint.JustTelling, Source: complaint.FromAPI, Text: text,
		})
		check(w.t, err)
	}
	for i := range queues {
		open(i, complaint.Complaint, "queue", "We stood there for half an hour")
	}
	for i := range praise {
		open(i, complaint.Praise, "staff", "She remembered my name")
	}
	var seen []touch.Seen
	for i := range reviews {
		seen = append(seen, touch.Seen{Platform: touch.Google, ExternalID: fmt.Sprint(i), Rating: 4, Text: fmt.Sprintf("Number %d: too expensive <b>for me</b>", i), Occurred: w.clock.AddDate(0, 0, -1-i)})
	}
	if reviews > 0 {
		_, err := w.console.Touch.Take(ctx, system, w.programme.ID, seen)
		check(w.t, err)
	}
}

func TestFeedbackIsCodedByKeyboard(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Owner)
	at := "/p/bean/factors"
	b.get(at).is(t, 200).shows(t, "No feedback came", "Everything is coded")
	w.hears(1, 1, 3)
	page := b.get(at).is(t, 200).shows(t, "Number 0: too expensive <b>for me</b>", "40% of the feedback", "Suggested: Value", "Skip")
	key := regexp.MustCompile(`name="piece" value="(rvw_[0-9a-z]+)"`).FindStringSubmatch(page.body)[1]
	b.submit(at, url.Values{"piece": {key}, "factor": {"value"}}).is(t, 200).shows(t, "It is coded to: Value", "Number 1:", "60%")
	b.fragment(at+"?source=review").is(t, 200).shows(t, "Number 2").hides(t, "Number 0")
	b.get(at+"/coded").is(t, 200).shows(t, "Value", "Speed")
	b.get(at+"/coded?factor=value").is(t, 200).shows(t, "Number 0", "by a person").hides(t, "Number 1")
	b.get(at+"/coded?factor=speed").is(t, 200).shows(t, "by its reason: Queue")
	b.get(at+"?piece="+key).is(t, 200).shows(t, "Take the coding back")
	b.submit(at, url.Values{"piece": {key}, "factor": {"value"}, "do": {"back"}}).is(t, 200).shows(t, "The coding was taken back", "Number 0:")
	b.get(at+"?piece=rvw_01h9x3k7q2v5n").is(t, 404)
	b.submit(at, url.Values{"piece": {key}, "factor": {"rest"}}).is(t, 422)
}

func TestWhatCountsToWhichFactor(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Owner)
	w.hears(1, 0, 0)
	at := "/p/bean/factors/settings"
	page := b.get(at).is(t, 200).shows(t, "Reasons of complaints", "Queue", "There are no reasons yet", "No survey asks for marks")
	form := formIn(page.body)
	if form.Get("reason_queue") != "speed" {
		t.Fatalf("the form says %v", form)
	}
	form.Set("reason_queue", "relations")
	form.Set("name_relations_en", "Being heard")
	b.submit(at, form).is(t, 200).shows(t, "The factors are saved", "Being heard")
	b.get("/p/bean/factors/coded?factor=relations").is(t, 200).shows(t, "half an hour", "Being heard")
	b.submit(at, form).is(t, 422).shows(t, "Somebody changed the factors meanwhile")
	form = formIn(b.get(at).body)
	form.Del("on_relations")
	b.submit(at, form).is(t, 422).shows(t, "There is no such factor in use")
}

// formOf reads what the first form of settings would send as it stands.
func formIn(body string) url.Values {
	form := url.Values{}
	for _, m := range regexp.MustCompile(`(?s)<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>`).FindAllStringSubmatch(body, -1) {
		if chosen := regexp.MustCompile(`value="([^"]*)" selected`).FindStringSubmatch(m[2]); chosen != nil {
			form.Set(m[1], chosen[1])
		}
	}
	for _, m := range regexp.MustCompile(`<input[^>]*>`).FindAllString(body, -1) {
		name := regexp.MustCompile(` name="([^"]+)"`).FindStringSubmatch(m)
		value := regexp.MustCompile(` value="([^"]*)"`).FindStringSubmatch(m)
		if name != nil && value != nil && (!strings.Contains(m, `type="checkbox"`) || strings.Contains(m, "checked")) {
			form.Set(name[1], value[1])
		}
	}
	return form
}

func TestTheMapSaysWhatToMendFirst(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Owner)
	at := "/p/bean/factor-map"
	b.get(at).is(t, 200).shows(t, "No factor has the 10 pieces")
	w.hears(14, 31, 2)
	b.get(at).is(t, 200).shows(t, "Mend this first: Speed.", "45 coded pieces of 47", "Importance (stated)", "(preliminary)", "Value: 0", "no cause").
		hides(t, "(derived)")
	b.fragment(at+"?days=30&shop=nonsense").is(t, 200).shows(t, "Mend this first: Speed.")
}

// TestTheMapByMarks takes a questionnaire that rates two factors.
func TestTheMapByMarks(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Owner)
	scale := func(code string, to int) survey.Question {
		return survey.Question{Code: code, Form: survey.Scale, From: 1, To: to, Words: survey.Words{"en": code}}
	}
	n, err := w.console.Surveys.Create(ctx, system, w.programme.ID, survey.Spec{Kind: survey.CSAT, Names: survey.Words{"en": "Marks"}, Questions: []survey.Question{scale("score", 5), scale("staff", 5), scale("fast", 5)}})
	check(t, err)
	_, err = w.console.Surveys.Publish(ctx, system, w.programme.ID, n.ID)
	check(t, err)
	var all []survey.Brought
	for i := range 110 {
		fast, staff := 1+i%5, 1+i/5%5
		all = append(all, survey.Brought{Source: "test", ExternalID: fmt.Sprint(i), Occurred: w.clock.AddDate(0, 0, -1), Lang: "en",
			Answers: survey.Answers{"score": {Number: fast}, "staff": {Number: staff}, "fast": {Number: fast}}})
	}
	_, err = w.console.Surveys.Bring(ctx, system, w.programme.ID, n.ID, all)
	check(t, err)
	form := formIn(b.get("/p/bean/factors/settings").is(t, 200).shows(t, "Marks: fast").body)
	shown := n.ID.In(id.Survey)
	form.Set("scale_"+shown+"_fast", "speed")
	form.Set("scale_"+shown+"_staff", "service")
	b.submit("/p/bean/factors/settings", form).is(t, 200).shows(t, "The factors are saved")
	b.get("/p/bean/factor-map?basis="+shown).is(t, 200).shows(t, "110 whole answers", "Importance (derived)", "Performance: mean mark", "Keep up")
}

func TestActionsAreKept(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Owner)
	w.hears(12, 20, 0)
	at := "/p/bean/actions"
	b.get(at).is(t, 200).shows(t, "Nothing is to be done yet", "Nothing is open.").hides(t, "All programmes")
	form := url.Values{"title": {"A second till <now>"}, "why": {"Every third complaint"}, "factor": {"speed"}, "owner": {w.owner.ID.In(id.Staff)}, "effort": {"weeks"}, "cost": {"1200.50"}, "due": {"2026-03-20"}}
	wrong := url.Values{}
	for k, v := range form {
		wrong[k] = v
	}
	wrong.Set("owner", "")
	b.submit(at, wrong).is(t, 422).shows(t, "Say what is done and why").holds(t, `value="A second till &lt;now&gt;"`)
	page := b.submit(at, form).is(t, 200).shows(t, "The action is written down", "A second till <now>", "1,200.50", "priority 38%: importance 38% × 100% missing", "1 action is open.")
	one := at + "/" + regexp.MustCompile(`/actions/(fca_[0-9a-z]+)`).FindStringSubmatch(page.body)[1]
	b.submit(one+"/state", url.Values{"to": {"doing"}}).is(t, 200).shows(t, "The action is saved", "being done")
	b.submit(one+"/state", url.Values{"to": {"dropped"}}).is(t, 422).shows(t, "Say why it is dropped")
	form.Set("title", "Two more tills")
	form.Set("version", "2")
	b.submit(one, form).is(t, 200).shows(t, "Two more tills")
	b.submit(one, form).is(t, 422).shows(t, "Somebody changed the action meanwhile")
	w.clock = w.clock.AddDate(0, 0, 10)
	b = w.as(auth.Manager) // the session of before has ended
	b.get(at).is(t, 200).shows(t, "One action is overdue", "Olga Owner")
	b.submit(one+"/state", url.Values{"to": {"done"}}).is(t, 200).shows(t, "too few to compare", "The Support Index cannot be compared yet", "no proof")
	b.get(at).is(t, 200).hides(t, "overdue since")
}

// TestAgenciesSeeOneList joins the programmes of who may see several.
func TestAgenciesSeeOneList(t *testing.T) {
	w := newTown(t)
	other := w.makeProgramme("leaf", "Leaf")
	for _, p := range []program.Programme{w.programme, other} {
		_, err := w.console.Factors.Add(ctx, system, p.ID, factor.Spec{Factor: factor.Value, Title: "Cheaper at " + p.Name, Why: "Dear", OwnerID: w.owner.ID, Effort: factor.AtOnce, Due: w.clock})
		check(t, err)
	}
	_, err := w.console.Complaints.Act(ctx, system, other.ID, complaint.Action{Cause: "carrier", Title: "Another carrier", OwnerID: w.owner.ID, Due: w.clock})
	check(t, err)
	b := w.as(auth.Owner)
	b.get("/p/bean/actions").is(t, 200).shows(t, "Cheaper at Bean", "All programmes").hides(t, "Cheaper at Leaf")
	b.get("/p/bean/actions?scope=all").is(t, 200).shows(t, "Cheaper at Bean", "Cheaper at Leaf", "Another carrier", "Leaf · about a cause of complaints").hides(t, "A new action")
	reader := w.as(auth.ReadOnly)
	reader.get("/p/bean/actions?scope=all").is(t, 200).hides(t, "Cheaper at Leaf", "A new action")
}

// submit sends a form as it is filled.
func (b *visitor) submit(path string, form url.Values) page {
	b.w.t.Helper()
	var flat []string
	for name, values := range form {
		for _, v := range values {
			flat = append(flat, name, v)
		}
	}
	return b.post(path, flat...)
}

// TestSatisfactionBesideLoyalty says so while too few answered, and shows no
// share.
func TestSatisfactionBesideLoyalty(t *testing.T) {
	w := newTown(t)
	w.as(auth.ReadOnly).get("/p/bean/factor-map/satisfaction").is(t, 200).shows(t, "Satisfaction is what people say", "Nobody has said yet how satisfied they are").hides(t, "Bought again")
}

// content has n people answer 120 days ago how satisfied they were, 5 and 2 in
// turn; the first half of them bought again.
func (w *town) content(n int) (people []id.ID) {
	w.t.Helper()
	q, err := w.console.Surveys.Create(ctx, system, w.programme.ID, survey.Spec{Kind: survey.CSAT, Names: survey.Words{"en": "How was it?"}, Questions: []survey.Question{
		{Code: "score", Form: survey.Scale, From: 1, To: 5, Words: survey.Words{"en": "How satisfied?"}},
	}})
	check(w.t, err)
	q, err = w.console.Surveys.Publish(ctx, system, w.programme.ID, q.ID)
	check(w.t, err)
	for i := range n {
		m := w.join(fmt.Sprint("Ann", i), "Lee", fmt.Sprintf("ann%d@example.com", i))
		people = append(people, m)
		_, err := w.console.Surveys.Bring(ctx, system, w.programme.ID, q.ID, []survey.Brought{{
			Source: "test", ExternalID: fmt.Sprint(i), MemberID: m, Occurred: noon.AddDate(0, 0, -120), Answers: survey.Answers{"score": {Number: 5 - 3*(i%2)}}, Lang: "en",
		}})
		check(w.t, err)
		if i < n/2 {
			w.buy(m, 100, tea(20))
		}
	}
	return people
}

// TestEachCellLeadsToItsMembers, in pages, for those who may see members.
func TestEachCellLeadsToItsMembers(t *testing.T) {
	w := newTown(t)
	w.content(4)
	b := w.as(auth.ReadOnly)
	at := "/p/bean/factor-map/satisfaction"
	b.get(at).is(t, 200).holds(t, `href="`+at+`/members?cell=satisfied_back"`, `aria-label="1: Others, did not"`)
	b.get(at+"/members?cell=satisfied_back").is(t, 200).shows(t, "Ann0 Lee", "Satisfied, bought again", "15 Nov 2025").hides(t, "Ann1 Lee", "Ann2 Lee")
	b.get(at+"/members?cell=others_gone").is(t, 200).shows(t, "Ann3 Lee").hides(t, "Ann0 Lee")
	b.get(at+"/members?cell=moon").is(t, 200).shows(t, "Ann2 Lee")
	w.as(auth.Till).get(at+"/members?cell=others_gone").is(t, 403)
}

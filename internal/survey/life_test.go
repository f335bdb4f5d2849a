package survey

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/member"
)

// TestAMemberIsAskedAndAnswers goes the whole way of a personal link: drawn,
// opened, left, resumed, changed on the way back, completed, replayed.
func TestAMemberIsAskedAndAnswers(t *testing.T) {
	each(t, func(w *town) {
		ok(w.t, w.SetReasons(w.ctx, tester, w.programme.ID, []Reason{{Code: "waiting", Names: Words{"en": "Waiting"}, Hints: Words{"en": "wait queue slow", "ru": "ждать очередь долго"}}}))
		w.joins(3, 5)
		n := w.asks()
		ok(w.t, w.SetNeverShare(w.ctx, tester, w.programme.ID, 0))
		s, list := w.draws(n, Plan{Method: Everybody, Seed: 1})
		if s.Eligible != 3 || s.Drawn != 3 || s.Invited != 3 || s.State != SampleDone || list[0].State != Invited {
			w.t.Fatalf("the sample is %+v", s)
		}
		secret := w.token(list[0])
		seen, err := w.Open(w.ctx, strings.ToUpper(secret))
		ok(w.t, err)
		if seen.Done || len(seen.Answers) != 0 || !seen.Personal {
			w.t.Errorf("before any answer there is %+v", seen.Answers)
		}
		_, err = w.Answer(w.ctx, secret, "why", Answer{Text: "first?"}, "en")
		w.refused(err, "survey_not_asked")
		_, err = w.Answer(w.ctx, secret, "score", Answer{Number: 3}, "ru")
		ok(w.t, err)
		// Back to the first question, another answer, and on.
		_, err = w.Answer(w.ctx, secret, "score", Answer{Number: 4}, "ru")
		ok(w.t, err)
		done, err := w.Answer(w.ctx, secret, "why", Answer{Text: "  Пришлось долго ждать 😡 <script>alert(1)</script> \u202e "}, "ru")
		ok(w.t, err)
		if !done.Done {
			w.t.Error("all is answered, and it is not done")
		}
		_, err = w.Answer(w.ctx, secret, "score", Answer{Number: 4}, "ru") // the same post again
		ok(w.t, err)
		_, err = w.Answer(w.ctx, secret, "score", Answer{Number: 10}, "ru")
		w.refused(err, "survey_answered")
		r, err := w.Responses(w.ctx, tester, ResponseQuery{ProgrammeID: w.programme.ID, SurveyID: n.ID, Words: true, Limit: 10})
		ok(w.t, err)
		if len(r) != 1 || r[0].Answers["score"].Number != 4 || r[0].Reasons["why"].Suggested != "waiting" || r[0].Mode != Web || r[0].Lang != "ru" || r[0].Cell == "" {
			w.t.Fatalf("the response is %+v", r)
		}
		w.does(NoteJob, w.Note)
		events, err := journal.Timeline(w.ctx, w.d.Reader(), []id.ID{list[0].MemberID}, journal.Cursor{}, 10)
		ok(w.t, err)
		if len(events) != 2 || events[0].Kind != AnsweredKind || strings.Contains(string(events[0].Body), "ждать") || !strings.Contains(string(events[0].Body), r[0].ID.In(id.SurveyResponse)) {
			w.t.Errorf("the timeline is %s", events[0].Body)
		}
		if f := w.faults(); f != "" {
			w.t.Errorf("the check finds %s", f)
		}
	})
}

// TestLinksAreSecretAndEnd: what is kept tells no link, guesses find nothing,
// and time, a closed survey and a refusal end one.
func TestLinksAreSecretAndEnd(t *testing.T) {
	each(t, func(w *town) {
		w.joins(3, 5)
		ok(w.t, w.SetNeverShare(w.ctx, tester, w.programme.ID, 0))
		n := w.asks()
		_, list := w.draws(n, Plan{Method: Everybody})
		for _, guess := range []string{"", "x", strings.Repeat("0", 26), list[0].ID.In(id.SurveyInvitation), w.token(list[0])[:25], strings.Repeat("я", 26), "'; DROP TABLE survey; --'.."} {
			_, err := w.Open(w.ctx, guess)
			w.refused(err, "survey_link_unknown")
		}
		waiting, err := jobs.List(w.ctx, w.d.Reader(), jobs.Waiting, 0, 100)
		ok(w.t, err)
		for _, j := range waiting {
			if strings.Contains(string(j.Payload), w.token(list[0])) {
				w.t.Errorf("the link stands in a job: %s", j.Payload)
			}
		}
		if LinkPath(w.programme.Salt, list[0].ID.In(id.SurveyInvitation)) != Path+w.token(list[0]) {
			w.t.Error("a message leads elsewhere than to the link")
		}
		ok(w.t, w.Decline(w.ctx, w.token(list[0])))
		ok(w.t, w.Decline(w.ctx, w.token(list[0]))) // again
		_, err = w.Open(w.ctx, w.token(list[0]))
		w.refused(err, "survey_declined")
		said, err := member.Consents(w.ctx, w.d.Reader(), []id.ID{list[0].MemberID})
		ok(w.t, err)
		if len(said) != 1 || said[0].Given || said[0].Purpose != member.Surveys || said[0].Channel != member.Every {
			w.t.Errorf("the consents are %+v", said)
		}
		w.clock = w.clock.Add(14*24*time.Hour - time.Second)
		_, err = w.Open(w.ctx, w.token(list[1]))
		ok(w.t, err)
		w.clock = w.clock.Add(time.Second)
		_, err = w.Answer(w.ctx, w.token(list[1]), "score", Answer{Number: 9}, "en")
		w.refused(err, "survey_expired")
		secret, err := w.Begin(w.ctx, &n, "")
		ok(w.t, err)
		_, err = w.Close(w.ctx, tester, w.programme.ID, n.ID)
		ok(w.t, err)
		_, err = w.Answer(w.ctx, secret, "score", Answer{Number: 9}, "en")
		w.refused(err, "survey_closed")
	})
}

// TestOpenLinksHaveNoMember: everybody who begins has an own questionnaire.
func TestOpenLinksHaveNoMember(t *testing.T) {
	each(t, func(w *town) {
		n := w.asks()
		found, err := w.FindOpen(w.ctx, strings.ToUpper(n.Open))
		ok(w.t, err)
		_, err = w.FindOpen(w.ctx, "")
		w.refused(err, "unknown_survey")
		for _, score := range []int{10, 2} {
			secret, err := w.Begin(w.ctx, &found, "")
			ok(w.t, err)
			s, err := w.Answer(w.ctx, secret, "score", Answer{Number: score}, "pl")
			ok(w.t, err)
			if s.Done != (score == 10) || s.Personal {
				w.t.Errorf("after a %d it is done: %t", score, s.Done)
			}
			w.refused(w.Decline(w.ctx, secret), "survey_nobody_asked")
		}
		r, err := w.Results(w.ctx, tester, w.programme.ID, n.ID)
		ok(w.t, err)
		if r.Figures.N != 1 || r.Figures.Score.Shown || r.Figures.Response.Shown {
			w.t.Errorf("of one whole answer there is %+v", r.Figures)
		}
	})
}

// TestBroughtAnswersAreTakenOnce holds repeats, conflicts, and that a bad one
// leaves the others untouched.
func TestBroughtAnswersAreTakenOnce(t *testing.T) {
	each(t, func(w *town) {
		w.joins(1, 5)
		n := w.asks()
		one := func(external string, score int, text string) Brought {
			b := Brought{Source: "old", ExternalID: external, Occurred: w.clock.Add(-time.Hour), Shop: "main", Answers: Answers{"score": {Number: score}}}
			if text != "" {
				b.Answers["why"] = Answer{Text: text}
			}
			return b
		}
		mine := one("1", 6, "ok")
		mine.Identity = []member.Identity{{Kind: member.Email, Value: "M0@example.com"}}
		list := []Brought{mine, one("2", 11, ""), one("3", 9, "nobody asked"), one("4", 10, ""), one("1", 7, "")}
		taken, err := w.Bring(w.ctx, tester, w.programme.ID, n.ID, list)
		ok(w.t, err)
		ok(w.t, taken[0].Err)
		w.refused(taken[1].Err, "survey_range")
		w.refused(taken[2].Err, "survey_off_path")
		ok(w.t, taken[3].Err)
		w.refused(taken[4].Err, "survey_response_taken")
		again, err := w.Bring(w.ctx, tester, w.programme.ID, n.ID, list[:1])
		ok(w.t, err)
		if !again[0].Repeated || again[0].ResponseID != taken[0].ResponseID {
			w.t.Errorf("the repeat is %+v", again[0])
		}
		r, err := w.Results(w.ctx, tester, w.programme.ID, n.ID)
		ok(w.t, err)
		if r.Figures.N != 2 || r.Open != 1 {
			w.t.Errorf("%d answers, %d words", r.Figures.N, r.Open)
		}
		_, err = w.Bring(w.ctx, auth.Actor{}, w.programme.ID, n.ID, list)
		w.refused(err, "not_permitted")
	})
}

// TestErasureLeavesNumbers: words and links go, the figure stays.
func TestErasureLeavesNumbers(t *testing.T) {
	each(t, func(w *town) {
		w.joins(1, 5)
		ok(w.t, w.SetNeverShare(w.ctx, tester, w.programme.ID, 0))
		n := w.asks()
		_, list := w.draws(n, Plan{Method: Everybody})
		_, err := w.Answer(w.ctx, w.token(list[0]), "score", Answer{Number: 5}, "en")
		ok(w.t, err)
		_, err = w.Answer(w.ctx, w.token(list[0]), "why", Answer{Text: "I am Zaphod, call me"}, "en")
		ok(w.t, err)
		told, err := w.flow.Export(w.ctx, tester, w.programme.ID, w.members[0])
		ok(w.t, err)
		if raw, _ := json.Marshal(told.Rooms["survey"]); !strings.Contains(string(raw), "Zaphod") {
			w.t.Errorf("the person is told %s", raw)
		}
		ok(w.t, w.flow.Erase(w.ctx, tester, w.programme.ID, w.members[0]))
		var all strings.Builder
		ok(w.t, w.d.View(w.ctx, func(q db.Queryer) error {
			return Room().Dump(w.ctx, q, w.programme.ID, func(_ string, record any) error {
				raw, err := json.Marshal(record)
				all.Write(raw)
				return err
			})
		}))
		if strings.Contains(all.String(), "Zaphod") || !strings.Contains(all.String(), `"number":5`) {
			w.t.Errorf("after the erasure there is %s", all.String())
		}
		_, err = w.Open(w.ctx, w.token(list[0]))
		w.refused(err, "survey_link_unknown")
		if f := w.faults(); f != "" {
			w.t.Errorf("the check finds %s", f)
		}
		ok(w.t, w.d.InTx(w.ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(w.ctx, `UPDATE survey_answer SET words = 'x', number = 10 WHERE question = 'score'`)
			return err
		}))
		if f := w.faults(); !strings.Contains(f, "erased") {
			w.t.Errorf("the check finds %q", f)
		}
	})
}

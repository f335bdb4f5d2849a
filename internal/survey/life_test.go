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
		w.OK(w.SetReasons(w.Context(), tester, w.Programme.ID, []Reason{{Code: "waiting", Names: Words{"en": "Waiting"}, Hints: Words{"en": "wait queue slow", "ru": "ждать очередь долго"}}}))
		w.joins(3, 5)
		n := w.asks()
		w.OK(w.SetNeverShare(w.Context(), tester, w.Programme.ID, 0))
		s, list := w.draws(n, Plan{Method: Everybody, Seed: 1})
		if s.Eligible != 3 || s.Drawn != 3 || s.Invited != 3 || s.State != SampleDone || list[0].State != Invited {
			w.Fatalf("the sample is %+v", s)
		}
		secret := w.token(list[0])
		seen, err := w.Open(w.Context(), strings.ToUpper(secret))
		w.OK(err)
		if seen.Done || len(seen.Answers) != 0 || !seen.Personal {
			w.Errorf("before any answer there is %+v", seen.Answers)
		}
		_, err = w.Answer(w.Context(), secret, "why", Answer{Text: "first?"}, "en")
		w.Refuses(err, "survey_not_asked")
		_, err = w.Answer(w.Context(), secret, "score", Answer{Number: 3}, "ru")
		w.OK(err)
		// Back to the first question, another answer, and on.
		_, err = w.Answer(w.Context(), secret, "score", Answer{Number: 4}, "ru")
		w.OK(err)
		done, err := w.Answer(w.Context(), secret, "why", Answer{Text: "  Пришлось долго ждать 😡 <script>alert(1)</script> \u202e "}, "ru")
		w.OK(err)
		if !done.Done {
			w.Error("all is answered, and it is not done")
		}
		_, err = w.Answer(w.Context(), secret, "score", Answer{Number: 4}, "ru") // the same post again
		w.OK(err)
		_, err = w.Answer(w.Context(), secret, "score", Answer{Number: 10}, "ru")
		w.Refuses(err, "survey_answered")
		r, err := w.Responses(w.Context(), tester, ResponseQuery{ProgrammeID: w.Programme.ID, SurveyID: n.ID, Words: true, Limit: 10})
		w.OK(err)
		if len(r) != 1 || r[0].Answers["score"].Number != 4 || r[0].Reasons["why"].Suggested != "waiting" || r[0].Mode != Web || r[0].Lang != "ru" || r[0].Cell == "" {
			w.Fatalf("the response is %+v", r)
		}
		w.does(NoteJob, w.Note)
		events, err := journal.Timeline(w.Context(), w.DB.Reader(), []id.ID{list[0].MemberID}, journal.Cursor{}, 10)
		w.OK(err)
		if len(events) != 2 || events[0].Kind != AnsweredKind || strings.Contains(string(events[0].Body), "ждать") || !strings.Contains(string(events[0].Body), r[0].ID.In(id.SurveyResponse)) {
			w.Errorf("the timeline is %s", events[0].Body)
		}
		w.Clean(Room())
	})
}

// TestLinksAreSecretAndEnd: what is kept tells no link, guesses find nothing,
// and time, a closed survey and a refusal end one.
func TestLinksAreSecretAndEnd(t *testing.T) {
	each(t, func(w *town) {
		w.joins(3, 5)
		w.OK(w.SetNeverShare(w.Context(), tester, w.Programme.ID, 0))
		n := w.asks()
		_, list := w.draws(n, Plan{Method: Everybody})
		for _, guess := range []string{"", "x", strings.Repeat("0", 26), list[0].ID.In(id.SurveyInvitation), w.token(list[0])[:25], strings.Repeat("я", 26), "'; DROP TABLE survey; --'.."} {
			_, err := w.Open(w.Context(), guess)
			w.Refuses(err, "survey_link_unknown")
		}
		waiting, err := jobs.List(w.Context(), w.DB.Reader(), jobs.Waiting, 0, 100)
		w.OK(err)
		for _, j := range waiting {
			if strings.Contains(string(j.Payload), w.token(list[0])) {
				w.Errorf("the link stands in a job: %s", j.Payload)
			}
		}
		if LinkPath(w.Programme.Salt, list[0].ID.In(id.SurveyInvitation)) != Path+w.token(list[0]) {
			w.Error("a message leads elsewhere than to the link")
		}
		w.OK(w.Decline(w.Context(), w.token(list[0])))
		w.OK(w.Decline(w.Context(), w.token(list[0]))) // again
		_, err = w.Open(w.Context(), w.token(list[0]))
		w.Refuses(err, "survey_declined")
		said, err := member.Consents(w.Context(), w.DB.Reader(), []id.ID{list[0].MemberID})
		w.OK(err)
		if len(said) != 1 || said[0].Given || said[0].Purpose != member.Surveys || said[0].Channel != member.Every {
			w.Errorf("the consents are %+v", said)
		}
		w.Set(w.Now().Add(14*24*time.Hour - time.Second))
		_, err = w.Open(w.Context(), w.token(list[1]))
		w.OK(err)
		w.Set(w.Now().Add(time.Second))
		_, err = w.Answer(w.Context(), w.token(list[1]), "score", Answer{Number: 9}, "en")
		w.Refuses(err, "survey_expired")
		secret, err := w.Begin(w.Context(), &n, "")
		w.OK(err)
		_, err = w.Close(w.Context(), tester, w.Programme.ID, n.ID)
		w.OK(err)
		_, err = w.Answer(w.Context(), secret, "score", Answer{Number: 9}, "en")
		w.Refuses(err, "survey_closed")
	})
}

// TestOpenLinksHaveNoMember: everybody who begins has an own questionnaire.
func TestOpenLinksHaveNoMember(t *testing.T) {
	each(t, func(w *town) {
		n := w.asks()
		found, err := w.FindOpen(w.Context(), strings.ToUpper(n.Open))
		w.OK(err)
		_, err = w.FindOpen(w.Context(), "")
		w.Refuses(err, "unknown_survey")
		for _, score := range []int{10, 2} {
			secret, err := w.Begin(w.Context(), &found, "")
			w.OK(err)
			s, err := w.Answer(w.Context(), secret, "score", Answer{Number: score}, "pl")
			w.OK(err)
			if s.Done != (score == 10) || s.Personal {
				w.Errorf("after a %d it is done: %t", score, s.Done)
			}
			w.Refuses(w.Decline(w.Context(), secret), "survey_nobody_asked")
		}
		r, err := w.Results(w.Context(), tester, w.Programme.ID, n.ID)
		w.OK(err)
		if r.Figures.N != 1 || r.Figures.Score.Shown || r.Figures.Response.Shown {
			w.Errorf("of one whole answer there is %+v", r.Figures)
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
			b := Brought{Source: "old", ExternalID: external, Occurred: w.Now().Add(-time.Hour), Shop: "main", Answers: Answers{"score": {Number: score}}}
			if text != "" {
				b.Answers["why"] = Answer{Text: text}
			}
			return b
		}
		mine := one("1", 6, "ok")
		mine.Identity = []member.Identity{{Kind: member.Email, Value: "M0@example.com"}}
		list := []Brought{mine, one("2", 11, ""), one("3", 9, "nobody asked"), one("4", 10, ""), one("1", 7, "")}
		taken, err := w.Bring(w.Context(), tester, w.Programme.ID, n.ID, list)
		w.OK(err)
		w.OK(taken[0].Err)
		w.Refuses(taken[1].Err, "survey_range")
		w.Refuses(taken[2].Err, "survey_off_path")
		w.OK(taken[3].Err)
		w.Refuses(taken[4].Err, "survey_response_taken")
		again, err := w.Bring(w.Context(), tester, w.Programme.ID, n.ID, list[:1])
		w.OK(err)
		if !again[0].Repeated || again[0].ResponseID != taken[0].ResponseID {
			w.Errorf("the repeat is %+v", again[0])
		}
		r, err := w.Results(w.Context(), tester, w.Programme.ID, n.ID)
		w.OK(err)
		if r.Figures.N != 2 || r.Open != 1 {
			w.Errorf("%d answers, %d words", r.Figures.N, r.Open)
		}
		_, err = w.Bring(w.Context(), auth.Actor{}, w.Programme.ID, n.ID, list)
		w.Refuses(err, "not_permitted")
	})
}

// TestErasureLeavesNumbers: words and links go, the figure stays.
func TestErasureLeavesNumbers(t *testing.T) {
	each(t, func(w *town) {
		w.joins(1, 5)
		w.OK(w.SetNeverShare(w.Context(), tester, w.Programme.ID, 0))
		n := w.asks()
		_, list := w.draws(n, Plan{Method: Everybody})
		_, err := w.Answer(w.Context(), w.token(list[0]), "score", Answer{Number: 5}, "en")
		w.OK(err)
		_, err = w.Answer(w.Context(), w.token(list[0]), "why", Answer{Text: "I am Zaphod, call me"}, "en")
		w.OK(err)
		told, err := w.Flow.Export(w.Context(), tester, w.Programme.ID, w.members[0])
		w.OK(err)
		if raw, _ := json.Marshal(told.Rooms["survey"]); !strings.Contains(string(raw), "Zaphod") {
			w.Errorf("the person is told %s", raw)
		}
		w.OK(w.Flow.Erase(w.Context(), tester, w.Programme.ID, w.members[0]))
		var all strings.Builder
		w.OK(w.DB.View(w.Context(), func(q db.Queryer) error {
			return Room().Dump(w.Context(), q, w.Programme.ID, func(_ string, record any) error {
				raw, err := json.Marshal(record)
				all.Write(raw)
				return err
			})
		}))
		if strings.Contains(all.String(), "Zaphod") || !strings.Contains(all.String(), `"number":5`) {
			w.Errorf("after the erasure there is %s", all.String())
		}
		_, err = w.Open(w.Context(), w.token(list[0]))
		w.Refuses(err, "survey_link_unknown")
		w.Clean(Room())
		w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(w.Context(), `UPDATE survey_answer SET words = 'x', number = 10 WHERE question = 'score'`)
			return err
		}))
		if f := strings.Join(w.Faults(Room()), "\n"); !strings.Contains(f, "erased") {
			w.Errorf("the check finds %q", f)
		}
	})
}

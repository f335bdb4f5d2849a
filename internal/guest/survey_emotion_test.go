package guest_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"regulars/internal/survey"
)

// TestAFeelingIsToldWithoutScript: a radio group of words in the language of the
// page, which knows by its link where it was felt; a link that was spoilt is no
// harm.
func TestAFeelingIsToldWithoutScript(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n, err := w.surveys.Create(ctx, system, w.programme.ID, survey.Spec{Kind: survey.Felt, Names: survey.Words{"en": "Feeling"}, Questions: []survey.Question{
			{Code: "score", Form: survey.Emotion, Words: survey.Words{"en": "What did you feel?", "ru": "Что вы почувствовали?"}},
			{Code: "why", Form: survey.Text, Optional: true, Words: survey.Words{"en": "Why?"}},
		}})
		check(t, err)
		n, err = w.surveys.Publish(ctx, system, w.programme.ID, n.ID)
		check(t, err)
		for at, want := range map[string]survey.Touchpoint{"parcel": survey.InParcel, `x"><script>`: ""} {
			jar, _ := cookiejar.New(nil)
			c := &http.Client{Jar: jar}
			open := survey.OpenPath + n.Open + "?at=" + url.QueryEscape(at)
			_, body, _ := w.page(c, open, nil)
			if strings.Contains(body, `x"><script>`) || want != "" && !strings.Contains(body, `name="at" value="parcel"`) {
				t.Errorf("the link of %q is %s", at, body)
			}
			_, body, path := w.page(c, survey.OpenPath+n.Open, url.Values{"lang": {"ru"}, "at": {at}})
			for _, said := range []string{"Злость", "Разочарование", "Безразличие", "Удовольствие", "Восторг", `type="radio"`, `value="5"`} {
				if !strings.Contains(body, said) {
					t.Errorf("the question does not say %q: %s", said, body)
				}
			}
			for _, bad := range []string{"6", "0", "😀"} {
				if status, _, _ := w.page(c, path, url.Values{"question": {"score"}, "answer": {bad}}); status != 422 {
					t.Errorf("%q is taken: %d", bad, status)
				}
			}
			w.page(c, path, url.Values{"question": {"score"}, "answer": {"4"}, "lang": {"ru"}})
			if _, body, _ = w.page(c, path+"?q=score", nil); !strings.Contains(body, `value="4" checked`) {
				t.Error("the way back forgets the feeling")
			}
			w.page(c, path, url.Values{"question": {"why"}, "lang": {"ru"}})
			list, err := w.surveys.Responses(ctx, system, survey.ResponseQuery{ProgrammeID: w.programme.ID, SurveyID: n.ID, Limit: 1})
			check(t, err)
			if len(list) != 1 || list[0].Touchpoint != want || list[0].Answers["score"].Number != 4 {
				t.Errorf("of the link of %q there is %+v", at, list)
			}
		}
	})
}

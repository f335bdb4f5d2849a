package plan

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/reach"
)

// as returns the code of a fault, or nothing.
func as(err error) string {
	if f := fault.As(err); f != nil {
		return f.Code
	}
	return ""
}

// TestThePublishedSignature is the example of the Standard Webhooks
// specification.
func TestThePublishedSignature(t *testing.T) {
	const secret, name = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
	at, body := time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`)
	got, err := signature(secret, name, at, body)
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; err != nil || got != want {
		t.Fatalf("%s, %v, want %s", got, err, want)
	}
	h := http.Header{}
	if err := sign(h, secret, name, at, body); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		code string
		now  time.Time
		body string
		more string
	}{
		{"", at, string(body), ""}, {"", at.Add(5 * time.Minute), string(body), ""}, {"", at, string(body), "v1,b2xk "},
		{"signature_old", at.Add(5*time.Minute + time.Second), string(body), ""}, {"signature_old", at.Add(-6 * time.Minute), string(body), ""},
		{"signature_wrong", at, `{"test": 1}`, ""},
	} {
		signed := h.Clone()
		signed.Set(headerSignature, c.more+h.Get(headerSignature))
		if got := as(verify(signed, secret, c.now, []byte(c.body))); got != c.code {
			t.Errorf("%+v: %q", c, got)
		}
	}
	if got := as(verify(h, "", at, body)); got != "signature_wrong" {
		t.Errorf("without a secret: %q", got)
	}
}

// TestCardsAreRefused: numbers of cards never come in as references.
func TestCardsAreRefused(t *testing.T) {
	for text, card := range map[string]bool{
		"4242424242424242": true, "4242 4242 4242 4242": true, "x 4242-4242-4242-4242.": true, "378282246310005": true, "6304000000000001": false,
		"4242424242424241": false, "pi_3MtwBwLkdIwHu7ix28a3tqPa": false, "": false, "123456789012": false, "42424242424242424242": false,
	} {
		if got := as(checkReference(text)) == "card_data"; got != card {
			t.Errorf("%q: refused %v", text, got)
		}
	}
}

// TestAProviderIsNotWithin holds that none within the network that the server
// stands in is called, unless that is allowed.
func TestAProviderIsNotWithin(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer server.Close()
	private := false
	client := newClient(func() bool { return private })
	call := func() error {
		answer, err := client.Get(server.URL)
		if err == nil {
			err = answer.Body.Close()
		}
		return err
	}
	if err := call(); !errors.Is(err, reach.ErrPrivate) || asked != 0 {
		t.Errorf("got %v, asked %d times", err, asked)
	}
	private = true
	if err := call(); err != nil || asked != 1 {
		t.Errorf("got %v, asked %d times", err, asked)
	}
}

// TestAProviderIsAsked by signed webhook, again when it was away, and its answer
// is taken once.
func TestAProviderIsAsked(t *testing.T) {
	each(t, func(w *town) {
		var got []chargeMessage
		away := true
		secret := ""
		server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			var m chargeMessage
			if err := json.Unmarshal(body, &m); err != nil || verify(r.Header, secret, w.Now(), body) != nil {
				w.Errorf("asked with %s", body)
			}
			if away {
				rw.WriteHeader(http.StatusBadGateway)
				return
			}
			got = append(got, m)
			_, _ = io.WriteString(rw, `{"reference":"pi_1","ignored":true}`)
		}))
		defer server.Close()
		w.PrivateProviders = true
		settings, fresh, err := w.SetSettings(ctx, system, w.Programme.ID, Settings{Method: ByWebhook, URL: server.URL, WithdrawalDays: 14, NoticeDays: 30}, false)
		if w.OK(err); !strings.HasPrefix(fresh, secretPrefix) || !settings.Signed {
			t.Fatalf("secret %q", fresh)
		}
		secret = fresh
		w.sells("club", w.club())
		ann := w.somebody()
		_, err = w.Join(ctx, system, w.Programme.ID, ann, "club")
		w.OK(err)
		list, err := jobs.List(ctx, w.DB.Reader(), jobs.Waiting, 0, 100)
		w.OK(err)
		for _, j := range list {
			if j.Kind == RequestJob && w.Request(ctx, &jobs.Job{Payload: j.Payload}) == nil {
				t.Error("a provider that is away was asked")
			}
		}
		away = false
		w.works(RequestJob, w.Request)
		w.works(RequestJob, w.Request)
		c := w.last(ann).Charges[0]
		if len(got) != 1 || got[0].Data.Amount != 9_99 || got[0].Data.Currency != "GBP" || c.State != Requested || c.Reference != "pi_1" {
			t.Fatalf("asked %+v, kept %+v", got, c)
		}
		body := []byte(`{"charge":"` + c.ID.In(id.Charge) + `","state":"paid"}`)
		h := http.Header{}
		w.OK(sign(h, secret, "msg_1", w.Now(), body))
		programme, err := w.Verify(ctx, h, body)
		if w.OK(err); programme != w.Programme.ID {
			t.Errorf("of programme %v", programme)
		}
		_, err = w.Verify(ctx, h, []byte(`{"charge":"chg_0000000000001","state":"paid"}`))
		w.Refuses(err, "signature_wrong")
		w.pays(ann)
		_, err = w.Leave(ctx, system, w.Programme.ID, ann)
		w.OK(err)
		w.works(RequestJob, w.Request)
		if last := got[len(got)-1]; last.Type != "charge.refund_requested" || last.Data.Amount != 9_99 || last.Data.Reference != "pi_1" {
			t.Errorf("asked to give back: %+v", last)
		}
		_, fresh, err = w.SetSettings(ctx, system, w.Programme.ID, Settings{Method: ByWebhook, URL: server.URL, NoticeDays: 30}, false)
		if w.OK(err); fresh != "" {
			t.Error("the secret was shown again")
		}
		w.Clean()
	})
}

// TestWhatPlansMaySay lists what is refused.
func TestWhatPlansMaySay(t *testing.T) {
	each(t, func(w *town) {
		for code, spoil := range map[string]func(*Spec){
			"plan_name": func(s *Spec) { s.Names = nil }, "plan_language": func(s *Spec) { s.Names["de"] = "Klub" }, "plan_price": func(s *Spec) { s.Price = 0 },
			"plan_interval": func(s *Spec) { s.Interval = "week" }, "plan_trial": func(s *Spec) { s.TrialDays = 400 }, "plan_grace": func(s *Spec) { s.GraceDays = 28 },
			"plan_rank": func(s *Spec) { s.Rank = "" }, "unknown_rank": func(s *Spec) { s.Rank = "black" }, "unknown_ladder": func(s *Spec) { s.LadderID = 5 },
			"unknown_wallet": func(s *Spec) { s.WalletID = 5 }, "plan_wallet": func(s *Spec) { s.WalletID = 0 }, "plan_points": func(s *Spec) { s.Welcome = -1 },
			"plan_points_months": func(s *Spec) { s.PointsMonths = -1 }, "plan_description": func(s *Spec) { s.Descriptions = map[string]string{"en": strings.Repeat("x", 2001)} },
		} {
			s := w.club()
			spoil(&s)
			_, err := w.Create(ctx, system, w.Programme.ID, "club", s)
			w.Refuses(err, code)
		}
		_, err := w.Create(ctx, system, w.Programme.ID, "Club!", w.club())
		w.Refuses(err, "plan_code")
		w.sells("club", w.club())
		_, err = w.Create(ctx, system, w.Programme.ID, "club", w.club())
		w.Refuses(err, "plan_code_taken")
		_, err = w.Publish(ctx, system, w.Programme.ID, "club")
		w.Refuses(err, "plan_without_draft")
		w.Refuses(w.Discard(ctx, system, w.Programme.ID, "club"), "plan_without_draft")
		_, err = w.Get(ctx, system, w.Programme.ID, "other")
		w.Refuses(err, "unknown_plan")
		_, err = w.Retire(ctx, system, w.Programme.ID, "club")
		w.OK(err)
		_, err = w.Join(ctx, system, w.Programme.ID, w.somebody(), "club")
		w.Refuses(err, "plan_not_on_sale")
		for code, s := range map[string]Settings{
			"payer_method": {Method: "card", NoticeDays: 30}, "payer_url": {Method: ByWebhook, URL: "http://example.com", NoticeDays: 30},
			"payer_notice": {Method: ByInvoice}, "payer_withdrawal": {Method: ByInvoice, NoticeDays: 30, WithdrawalDays: 999},
		} {
			_, _, err := w.SetSettings(ctx, system, w.Programme.ID, s, false)
			w.Refuses(err, code)
		}
		nobody := auth.Actor{Kind: auth.KindKey, ProgrammeID: w.Programme.ID, Scopes: []auth.Scope{auth.PlansRead.Scope()}}
		_, err = w.Create(ctx, nobody, w.Programme.ID, "x", w.club())
		w.Refuses(err, "not_permitted")
		_, err = w.Join(ctx, nobody, w.Programme.ID, 1, "club")
		w.Refuses(err, "not_permitted")
		_, err = w.Note(ctx, nobody, w.Programme.ID, 1, MarkPaid, "")
		w.Refuses(err, "not_permitted")
		_, _, err = w.SetSettings(ctx, nobody, w.Programme.ID, usual(), false)
		w.Refuses(err, "not_permitted")
	})
}

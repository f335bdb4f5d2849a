package console

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/churn"
	"regulars/internal/db"
	"regulars/internal/experiment"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/jobs/jobstest"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/recovery"
)

const recoveriesAt = silenceAt + "/recoveries"

// typedRecovery is the editor's form, filled in.
func typedRecovery(more ...string) []string {
	return append([]string{
		"version", "1", "name", "Come back", "whom", "silent", "whom", "unusual", "subject_en", "We miss you", "body_en", "Come by again.", "held", "50", "window", "60",
		"ends", noon.AddDate(0, 0, 20).Format(time.DateOnly), "gift_kind", "none", "gift_months", "0",
	}, more...)
}

func TestACampaignIsPreparedStartedAndEnded(t *testing.T) {
	w := newTown(t)
	w.fallsSilent()
	b := w.as(auth.Manager)
	b.get(recoveriesAt).is(t, 200).shows(t, "No campaign yet", "New campaign")
	b.get(recoveriesAt+"/new").is(t, 200).shows(t, "Held back at random", "unusually silent")
	b.post(recoveriesAt+"/new", "name", "Come back", "held", "5", "window", "60", "ends", "2030-01-01").is(t, 422).shows(t, "Say who is meant")
	b.post(recoveriesAt+"/new", typedRecovery()...).is(t, 200).shows(t, "would be asked", "Saved.", "We miss you")
	list, err := w.console.Recoveries.List(ctx, system, w.programme.ID)
	check(t, err)
	at := recoveriesAt + "/" + list[0].ID.In(id.Recovery)
	b.get(at+"/edit").is(t, 200).shows(t, "Come by again.")
	b.post(at+"/edit", typedRecovery("least", "0.01")...).is(t, 200).shows(t, "Bought in their year at least")
	b.post(at+"/edit", typedRecovery()...).is(t, 422).shows(t, "Somebody changed it meanwhile")
	marketer := w.as(auth.Marketer)
	marketer.get(at).is(t, 200).hides(t, "Start the campaign?")
	marketer.post(at+"/start", "version", "2").is(t, http.StatusForbidden)
	b.get(at).is(t, 200).shows(t, "Start the campaign?")
	b.post(at+"/start", "version", "2").is(t, 200).shows(t, "They are still being chosen")
	jobstest.Do(t, w.console.DB, map[string]jobs.Handler{recovery.AskJob: w.console.Recoveries.Ask})
	b.get(at).is(t, 200).shows(t, "still within the window", "No figure yet", "Asked to come back")
	b.post(at+"/end").is(t, 200).shows(t, "Ended. Nobody more is written to.")
	b.get(recoveriesAt).is(t, 200).shows(t, "Come back", "ended")
	b.get("/p/bean/audit").is(t, 200).shows(t, "Started a campaign to win customers back")
	w.as(auth.ReadOnly).get(recoveriesAt).is(t, 200).hides(t, "New campaign")
}

// TestACampaignIsSeenFromItsMembers: who was asked and who was held back is told
// on their pages, and of the letters what the contact policy made of them.
// drawsBoth gives a draft campaign a seed by which some of the silent are held back
// and some are not: one of its own may hold back nobody.
func (w *town) drawsBoth(campaign id.ID, share int) {
	w.t.Helper()
	silent, err := w.console.Churn.List(ctx, system, churn.Query{ProgrammeID: w.programme.ID, State: churn.Silent, Limit: 100})
	check(w.t, err)
	for n := range 1000 {
		seed, held := strconv.Itoa(n), 0
		for _, m := range silent {
			if experiment.Held(experiment.Bucket(seed, "recovery", m.MemberID.In(id.Member)), share) {
				held++
			}
		}
		if held > 0 && held < len(silent) {
			check(w.t, w.console.DB.InTx(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE recovery SET seed = $2 WHERE id = $1`, campaign, seed)
				return err
			}))
			return
		}
	}
	w.t.Fatal("no seed draws both")
}

func TestACampaignIsSeenFromItsMembers(t *testing.T) {
	w := newTown(t)
	silent := w.fallsSilent()
	b := w.as(auth.Manager)
	b.get("/p/bean/members/"+silent.In(id.Member)).is(t, 200).hides(t, "Asked to come back")
	b.post(recoveriesAt+"/new", typedRecovery()...).is(t, 200)
	list, err := w.console.Recoveries.List(ctx, system, w.programme.ID)
	check(t, err)
	n := list[0].ID
	w.drawsBoth(n, list[0].Spec.Held)
	b.post(recoveriesAt+"/"+n.In(id.Recovery)+"/start", "version", "1").is(t, 200)
	jobstest.Do(t, w.console.DB, map[string]jobs.Handler{recovery.AskJob: w.console.Recoveries.Ask})
	waiting, err := jobs.List(ctx, w.console.DB.Reader(), jobs.Waiting, 0, 200)
	check(t, err)
	letters := 0
	for _, j := range waiting {
		if j.Kind == flow.ContactWanted && strings.HasPrefix(j.Unique, recovery.Letters(n)) {
			check(t, w.console.Outreach.Wanted(ctx, &jobs.Job{Kind: j.Kind, Payload: j.Payload, Attempt: 1, MaxAttempts: 3}))
			letters++
		}
	}
	told := fmt.Sprintf("Of the letters, 0 were sent, 0 wait, the contact policy held back %d, and 0 could not be handed over.", letters)
	if b.get(recoveriesAt+"/"+n.In(id.Recovery)).is(t, 200).shows(t, told); letters == 0 {
		t.Error("nobody was written to")
	}
	all, err := w.console.Members.Search(ctx, system, member.Query{ProgrammeID: w.programme.ID, Limit: 100})
	check(t, err)
	asked, held := 0, 0
	for _, m := range all.Members {
		of, err := w.console.Recoveries.Of(ctx, system, w.programme.ID, m.ID)
		check(t, err)
		page := b.get("/p/bean/members/"+m.ID.In(id.Member)).is(t, 200)
		switch {
		case len(of) == 0:
			page.hides(t, "Asked to come back")
		case of[0].Held:
			held++
			page.shows(t, "Asked to come back", "Come back", "Held back at random on")
		default:
			asked++
			page.shows(t, "Asked to come back", "Come back", "Asked on", "The window ends on")
		}
	}
	if asked != letters || held == 0 {
		t.Errorf("%d are asked by %d letters, %d held back", asked, letters, held)
	}
}

func TestADraftCampaignWithPointsIsDiscarded(t *testing.T) {
	w := newTown(t)
	wallets, err := ledger.Wallets(ctx, w.console.DB.Reader(), w.programme.ID)
	check(t, err)
	if len(wallets) == 0 {
		one, err := w.console.Ledger.CreateWallet(ctx, system, ledger.Wallet{ProgrammeID: w.programme.ID, Code: "points", Name: "Points", Unit: money.NewRate(1, 1), Clawback: ledger.PolicyDebt})
		check(t, err)
		wallets = append(wallets, one)
	}
	b := w.as(auth.Manager)
	form := typedRecovery("gift_wallet", wallets[0].ID.In(id.Wallet), "gift_points", "5")
	form[len(form)-7] = "points"
	b.post(recoveriesAt+"/new", form...).is(t, 200).shows(t, "Nobody is as silent as is meant", wallets[0].Name)
	list, err := w.console.Recoveries.List(ctx, system, w.programme.ID)
	check(t, err)
	if g := list[0].Spec.Gift; g.WalletID != wallets[0].ID || g.Points == 0 {
		t.Errorf("the gift is %+v", g)
	}
	at := recoveriesAt + "/" + list[0].ID.In(id.Recovery)
	b.get(at).is(t, 200).hides(t, "Start the campaign?")
	b.post(at+"/start", "version", "1").is(t, http.StatusConflict)
	b.post(at+"/discard", "version", "1").is(t, 200).shows(t, "Discarded.", "No campaign yet")
	b.get(at).is(t, http.StatusNotFound)
}

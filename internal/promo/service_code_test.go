package promo

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/jobs"
)

// What staff may do with codes is what their role says, and leaves a trace.
func TestCodePermissions(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		b := k.shared(t, "SECRET", 1)
		as := func(r auth.Role) auth.Actor {
			return auth.Actor{Kind: auth.KindStaff, ID: 1, Roles: []auth.Assignment{{ProgrammeID: k.programme, Role: r}}}
		}
		reads := func(a auth.Actor) []error {
			_, one := k.Code(t.Context(), a, k.programme, "SECRET")
			_, list := k.Batches(t.Context(), a, BatchQuery{ProgrammeID: k.programme})
			_, batch := k.Batch(t.Context(), a, k.programme, b.ID)
			return []error{one, list, batch}
		}
		writes := func(a auth.Actor) []error {
			_, create := k.CreateBatch(t.Context(), a, k.batch(PersonalCodes), "")
			_, imported := k.ImportCodes(t.Context(), a, k.batch(PrintedCodes), nil, ImportOptions{})
			_, personal := k.Personal(t.Context(), a, k.programme, b.ID, PersonalAsk{MemberID: 1})
			export := k.Export(t.Context(), a, k.programme, b.ID, func(*Code) error { return nil })
			return []error{create, imported, personal, export, k.CancelCode(t.Context(), a, k.programme, "SECRET", "x"), k.CancelBatch(t.Context(), a, k.programme, b.ID, "x")}
		}
		for i, err := range append(reads(auth.Actor{}), append(writes(as(auth.Till)), writes(auth.Actor{})...)...) {
			if f := fault.As(err); f == nil || f.Code != "not_permitted" {
				t.Errorf("verb %d gives %v", i, err)
			}
		}
		if err := errors.Join(reads(as(auth.Till))...); err != nil {
			t.Error(err)
		}
		other := auth.Actor{Kind: auth.KindStaff, ID: 1, Roles: []auth.Assignment{{ProgrammeID: k.programme + 1, Role: auth.Owner}}}
		_, err := k.Batch(t.Context(), other, k.programme+1, b.ID)
		codeFault(t, err, "unknown_batch")
		if err := k.CancelCode(t.Context(), as(auth.Marketer), k.programme, "secret", "leaked"); err != nil {
			t.Error(err)
		}
		var detail string
		err = k.d.Reader().QueryRow(t.Context(), `SELECT detail FROM audit_row WHERE action = 'code.cancel' AND subject = $1`,
			k.load(t, "SECRET").ID.In(id.Code)).Scan(&detail)
		if want := `{"batch":"` + b.ID.In(id.Batch) + `","reason":"leaked"}`; err != nil || detail != want {
			t.Errorf("the trail says %s, %v", detail, err)
		}
	})
}

// The job that CreateBatch leaves draws the codes.
func TestCodesAreDrawnByAJob(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		b := k.batch(UniqueCodes)
		b.Length, b.Wanted = 6, 100
		b = done(k.CreateBatch(t.Context(), codeRobot, b, ""))(t)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		r := jobs.NewRunner(k.d, k.now, slog.New(slog.DiscardHandler))
		r.Handle(GenerateJob, func(ctx context.Context, j *jobs.Job) error {
			defer stop()
			return k.DoGenerate(ctx, j)
		})
		if err := r.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if n := len(k.codes(t, b.ID)); n != 100 {
			t.Errorf("%d codes", n)
		}
		if left := done(jobs.List(t.Context(), k.d.Reader(), "", 0, 10))(t); len(left) > 0 {
			t.Errorf("jobs are left: %+v", left)
		}
	})
}

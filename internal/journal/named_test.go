package journal

import (
	"fmt"
	"testing"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
)

func TestEventsAreFoundByTheirNumberAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		var list []*Event
		for i, source := range []string{"web", "till", "shop"} {
			for n := range 3 {
				list = append(list, &Event{ProgrammeID: 1, MemberID: 5, Kind: "purchase", Source: source, ExternalID: fmt.Sprint(n + i), Body: []byte("{}"), Hash: []byte("x")})
			}
		}
		list = append(list, &Event{ProgrammeID: 2, MemberID: 6, Kind: "purchase", Source: "other", ExternalID: "2", Body: []byte("{}"), Hash: []byte("x")})
		if err := d.InTx(ctx, func(tx *db.Tx) error { return Append(ctx, tx, list) }); err != nil {
			t.Fatal(err)
		}
		for number, want := range map[string]string{"2": "shop till web", "0": "web", "4": "shop", "9": ""} {
			found, err := Named(ctx, d.Reader(), 1, number)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for i, s := range found {
				if i > 0 {
					got += " "
				}
				got += s.Source
			}
			if got != want {
				t.Errorf("%s is of %q, want %q", number, got, want)
			}
		}
	}, Schema)
}

package tier

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

const maxNote = 500 // bytes

// Assignment gives a member a rank by hand, or takes it back.
type Assignment struct {
	MemberID id.ID
	Ladder   *Ladder
	// Rank is the code of the rank given; empty takes back what was given.
	Rank string
	// Until is when the guarantee ends; zero means never.
	Until time.Time
	// Note says why; the member and the auditor will read it.
	Note string
}

// Assign carries out an assignment in the caller's transaction, which holds the
// lock of the member, and returns the account with its changes. It needs
// ranks.assign.
func Assign(ctx context.Context, tx *db.Tx, a auth.Actor, now time.Time, as Assignment) (*Account, error) {
	if err := a.Can(as.Ladder.ProgrammeID, auth.RanksAssign); err != nil {
		return nil, err
	}
	if err := checkNote(as.Note); err != nil {
		return nil, err
	}
	accounts, err := Load(ctx, tx, []Ask{{MemberID: as.MemberID, Ladder: as.Ladder, Until: now}})
	if err != nil {
		return nil, err
	}
	account := accounts[0]
	if as.Rank == "" {
		err = account.TakeHandBack(now, a.String(), as.Note)
	} else {
		err = account.SetByHand(now, as.Rank, as.Until, a.String(), as.Note)
	}
	if err != nil {
		return nil, err
	}
	if err := Save(ctx, tx, now, accounts); err != nil {
		return nil, err
	}
	return account, auth.Record(ctx, tx, a, auth.Entry{
		ProgrammeID: as.Ladder.ProgrammeID, Action: "rank.assign", Subject: as.MemberID.In(id.Member),
		Detail: map[string]any{"ladder": as.Ladder.ID.In(id.Ladder), "rank": as.Rank, "until": db.Micros(as.Until)},
	})
}

func checkNote(note string) error {
	if len(note) > maxNote || !utf8.ValidString(note) || strings.ContainsFunc(note, unicode.IsControl) {
		return fault.Invalid("rank_note", "the note takes at most %d bytes of plain text", maxNote).At("/note").With("limit", maxNote)
	}
	return nil
}

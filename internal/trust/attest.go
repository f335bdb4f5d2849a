package trust

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Attestation is what somebody stands for, with evidence.
type Attestation struct {
	ID, ProgrammeID id.ID
	// Signal is the code of one that is attested.
	Signal string
	// Holds is false where somebody says that it is not so.
	Holds bool
	// Evidence in words, a Link to it, a Reference to a file, or a Photo, nil for
	// none; at least one of them.
	Evidence, Link, Reference string
	Photo                     *Photo
	// Day is the one of which it speaks, Renew the last one on which it counts;
	// both as 2026-11-22.
	Day, Renew string
	Made       time.Time
	MadeBy     string
}

// mostYears is how long an attestation may count.
const mostYears = 2

// check tidies an attestation and returns all that is wrong with it.
func (n *Attestation) check(today string) error {
	n.Evidence, n.Link, n.Reference = tidy(n.Evidence), strings.TrimSpace(n.Link), tidy(n.Reference)
	s, known := FindSignal(n.Signal)
	link, err := url.Parse(n.Link)
	var wrong []error
	if !known || s.Known != Attested {
		wrong = append(wrong, fault.Invalid("trust_signal", "nobody can stand for %q; it is measured, or there is no such signal", n.Signal).With("signal", n.Signal).At("/signal"))
	}
	if n.Evidence == "" && n.Link == "" && n.Reference == "" && n.Photo == nil {
		wrong = append(wrong, fault.Invalid("trust_evidence", "give evidence: words, a link, a photo, or a reference to a file").At("/evidence"))
	}
	if len([]rune(n.Evidence)) > MaxText {
		wrong = append(wrong, fault.Invalid("trust_text_long", "the text takes at most %d letters", MaxText).With("most", MaxText).At("/evidence"))
	}
	if len(n.Reference) > maxEntry || strings.Contains(n.Reference, "\n") {
		wrong = append(wrong, fault.Invalid("trust_entry", "an entry takes at most %d bytes, on one line", maxEntry).With("most", maxEntry).At("/reference"))
	}
	if n.Link != "" && (err != nil || link.Scheme != "https" && link.Scheme != "http" || link.Host == "" || len(n.Link) > MaxText) {
		wrong = append(wrong, fault.Invalid("trust_link", "a link begins with https:// and names a site").At("/link"))
	}
	day, _ := time.Parse(time.DateOnly, n.Day)
	if !isDay(n.Day) || n.Day > today {
		wrong = append(wrong, fault.Invalid("trust_day", "write of which day it speaks, as 2026-11-22; not one to come").At("/day"))
	} else if !isDay(n.Renew) || n.Renew < today || n.Renew > day.AddDate(mostYears, 0, 0).Format(time.DateOnly) {
		wrong = append(wrong, fault.Invalid("trust_renew", "write until when it counts, as 2027-11-22: from today to %d years after its day", mostYears).With("years", mostYears).At("/renew"))
	}
	return fault.Gather(wrong...)
}

// Attest notes what somebody stands for, with a photo where one is sent; the
// latest of a signal counts, and those before are kept. It needs trust.write.
func (s *Service) Attest(ctx context.Context, a auth.Actor, programme id.ID, n Attestation, upload []byte) (*Attestation, error) {
	if err := a.Can(programme, auth.TrustWrite); err != nil {
		return nil, err
	}
	drawn, err := redrawn(upload)
	if err != nil {
		return nil, err
	}
	if n.Photo = nil; drawn != nil {
		n.Photo = &Photo{Width: drawn.Width, Height: drawn.Height}
	}
	err = s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		p, err := program.Load(ctx, tx, programme)
		if err != nil {
			return err
		}
		if err := n.check(s.today(&p)); err != nil {
			return err
		}
		n.ID, n.ProgrammeID, n.Made, n.MadeBy = tx.IDs().New(), programme, s.clock(), a.String()
		row := []any{programme, n.ID, n.Signal, n.Holds, n.Evidence, n.Link, n.Reference, n.Day, n.Renew, db.Micros(n.Made), n.MadeBy}
		if err := tx.Insert(ctx, attestationTable, [][]any{row}); err != nil {
			return fmt.Errorf("writing an attestation: %w", err)
		}
		if err := insertPhoto(ctx, tx, &n, drawn); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "trust.attest", Subject: n.ID.In(id.Attestation), Detail: map[string]any{"signal": n.Signal, "holds": n.Holds}})
	})
	return &n, err
}

var attestationTable = db.NewTable("trust_attestation", []string{"programme_id", "id"},
	join(ints("programme_id", "id"), texts("signal"), columns(db.Bool, []string{"holds"}), texts("evidence", "link", "reference", "day", "renew"), ints("made"), texts("made_by"))...)

// Attestations returns what was stood for, the latest first; of one signal where
// it is named. It needs trust.read.
func (s *Service) Attestations(ctx context.Context, a auth.Actor, programme id.ID, signal string) ([]Attestation, error) {
	if err := a.Can(programme, auth.TrustRead); err != nil {
		return nil, err
	}
	list, err := attestationsOf(ctx, s.DB.Reader(), programme)
	if signal == "" {
		return list, err
	}
	var of []Attestation
	for _, n := range list {
		if n.Signal == signal {
			of = append(of, n)
		}
	}
	return of, err
}

func attestationsOf(ctx context.Context, q db.Queryer, programme id.ID) ([]Attestation, error) {
	rows, err := q.Query(ctx, `SELECT programme_id, id, signal, holds, evidence, link, reference, day, renew, made, made_by FROM trust_attestation WHERE programme_id = $1 ORDER BY id DESC`, programme)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n Attestation, err error) {
		var made int64
		err = r.Scan(&n.ProgrammeID, &n.ID, &n.Signal, &n.Holds, &n.Evidence, &n.Link, &n.Reference, &n.Day, &n.Renew, &made, &n.MadeBy)
		n.Made = db.Time(made)
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading attestations: %w", err)
	}
	photos, err := photosOf(ctx, q, programme)
	for i := range list {
		list[i].Photo = photos[list[i].ID]
	}
	return list, err
}

// AttestationRecord is what somebody stands for, in exports.
type AttestationRecord struct {
	Attestation string    `json:"attestation"`
	Signal      string    `json:"signal"`
	Holds       bool      `json:"holds"`
	Evidence    string    `json:"evidence"`
	Link        string    `json:"link"`
	Reference   string    `json:"reference"`
	Photo       []byte    `json:"photo,omitempty"`
	Day         string    `json:"day"`
	Renew       string    `json:"renew"`
	Made        time.Time `json:"made"`
	By          string    `json:"by"`
}

func dumpAttestations(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	list, err := attestationsOf(ctx, q, programme)
	for _, n := range list {
		picture, err := pictureOf(ctx, q, programme, n.ID, "")
		if err != nil {
			return err
		}
		r := AttestationRecord{n.ID.In(id.Attestation), n.Signal, n.Holds, n.Evidence, n.Link, n.Reference, picture, n.Day, n.Renew, n.Made, n.MadeBy}
		if err := to("trust_attestations", r); err != nil {
			return err
		}
	}
	return err
}

// checkAttestations notes what is stood for without evidence, or for longer
// than it may.
func checkAttestations(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	list, err := attestationsOf(ctx, q, programme)
	for _, n := range list {
		if err := n.check(n.Renew); err != nil {
			note(n.ID.In(id.Attestation) + " cannot be stood for: " + fault.As(err).Code)
		}
	}
	return err
}

package trust

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/touch"
)

// Standing says what holds of published figures.
type Standing string

// The standings.
const (
	Published Standing = "published"
	Corrected Standing = "corrected"
	Withdrawn Standing = "withdrawn"
)

// Text names the standing in words.
func (s Standing) Text() i18n.Text { return i18n.Text{Key: "trust.standing." + string(s)} }

// Report is the figures of a period that were published.
type Report struct {
	ID, ProgrammeID id.ID
	Period          Period
	// Version grows with every correction and withdrawal.
	Version  int64
	Standing Standing
}

// Edition is what was published of a period at a time.
type Edition struct {
	Version  int64
	At       time.Time
	Actor    string
	Standing Standing
	// Note says why figures were corrected or withdrawn; everybody reads it.
	Note string
	// Snapshot is nil where the figures were withdrawn.
	Snapshot *Snapshot
	// Digest is SHA-256 over the version before and all of this one.
	Digest string

	text string // of the snapshot, as it is kept
}

// maxNote and maxComment bound what is said of figures, in letters.
const (
	maxNote    = 500
	maxComment = 1000
)

// digest is that of an edition after the one before.
func (e *Edition) digest(before string) string {
	sum := sha256.Sum256([]byte(before + "\n" + strconv.FormatInt(e.Version, 10) + "\n" + strconv.FormatInt(db.Micros(e.At), 10) + "\n" + string(e.Standing) + "\n" + e.Note + "\n" + e.text))
	return hex.EncodeToString(sum[:])
}

// Preview measures a period as it would be published now. It needs trust.read.
func (s *Service) Preview(ctx context.Context, a auth.Actor, programme id.ID, period string) (*Snapshot, error) {
	if err := a.Can(programme, auth.TrustRead); err != nil {
		return nil, err
	}
	p, err := s.period(ctx, programme, period)
	if err != nil {
		return nil, err
	}
	return s.measure(ctx, programme, p)
}

// period reads one that is whole and over; fault "trust_period_open" for others.
func (s *Service) period(ctx context.Context, programme id.ID, text string) (Period, error) {
	g, err := program.Load(ctx, s.DB.Reader(), programme)
	if err != nil {
		return Period{}, err
	}
	p, err := ParsePeriod(text, g.Zone)
	if err == nil && !p.Over(s.clock()) {
		err = fault.Invalid("trust_period_open", "%s is not over yet; only whole periods are published", p.Name).With("period", p.Name).At("/period")
	}
	return p, err
}

// checkComments readies what the shop says of its figures.
func checkComments(comments map[Section]Words) (map[Section]Words, error) {
	var kept map[Section]Words
	for section, words := range comments {
		at := "/comments/" + string(section)
		if !slices.Contains(Sections(), section) {
			return nil, fault.Invalid("trust_section", "there is no section %q", section).With("section", string(section)).At("/comments")
		}
		if err := words.check(at, "", false, maxComment, true); err != nil {
			return nil, err
		}
		for lang, text := range words {
			if found := touch.Lint(text); len(found) > 0 {
				return nil, fault.Refused("trust_words", "“%s” may not stand here: reviews are asked of everybody alike, for an honest word, and never paid for", found[0].Words).
					With("words", found[0].Words).At(at + "/" + lang)
			}
		}
		if len(words) > 0 {
			if kept == nil {
				kept = map[Section]Words{}
			}
			kept[section] = words
		}
	}
	return kept, nil
}

// checkNote readies the reason of a correction or a withdrawal.
func checkNote(note string) (string, error) {
	note = tidy(note)
	switch {
	case note == "":
		return "", fault.Invalid("trust_note", "say why; everybody reads it").At("/note")
	case len([]rune(note)) > maxNote:
		return "", fault.Invalid("trust_text_long", "the text takes at most %d letters", maxNote).With("most", maxNote).At("/note")
	}
	return note, nil
}

// Publish measures a period and shows it to everybody, once and for good. It
// needs trust.publish; fault "trust_published" where it was published before.
func (s *Service) Publish(ctx context.Context, a auth.Actor, programme id.ID, period string, comments map[Section]Words) (*Report, error) {
	if err := a.Can(programme, auth.TrustPublish); err != nil {
		return nil, err
	}
	comments, err := checkComments(comments)
	if err != nil {
		return nil, err
	}
	p, err := s.period(ctx, programme, period)
	if err != nil {
		return nil, err
	}
	n, err := s.measure(ctx, programme, p)
	if err != nil {
		return nil, err
	}
	n.Comments = comments
	r := &Report{ProgrammeID: programme, Period: p, Version: 1, Standing: Published}
	err = s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		r.ID = tx.IDs().New()
		added, err := tx.Exec(ctx, `INSERT INTO trust_report (programme_id, id, name, starts, ends, version, state) VALUES ($1, $2, $3, $4, $5, 0, '')
			ON CONFLICT (programme_id, name) DO NOTHING`, programme, r.ID, p.Name, db.Micros(p.From), db.Micros(p.Until))
		if err != nil {
			return fmt.Errorf("writing published figures: %w", err)
		}
		if added == 0 {
			return fault.Conflict("trust_published", "%s was published before; it can be corrected, with a reason", p.Name).With("period", p.Name).At("/period")
		}
		return s.addEdition(ctx, tx, a, r, "", Edition{Standing: Published, Snapshot: n})
	})
	return r, err
}

// Correct measures a published period anew and says why; what stood before can
// be read still. Withdrawn figures come back by it. version is that of the
// report that was looked at; fault "trust_report_changed". It needs
// trust.publish.
func (s *Service) Correct(ctx context.Context, a auth.Actor, programme, report id.ID, version int64, note string, comments map[Section]Words) (*Report, error) {
	if err := a.Can(programme, auth.TrustPublish); err != nil {
		return nil, err
	}
	comments, err := checkComments(comments)
	if err != nil {
		return nil, err
	}
	found, err := loadReport(ctx, s.DB.Reader(), programme, report, "")
	if err != nil {
		return nil, err
	}
	p, err := s.period(ctx, programme, found.Period.Name)
	if err != nil {
		return nil, err
	}
	n, err := s.measure(ctx, programme, p)
	if err != nil {
		return nil, err
	}
	n.Comments = comments
	return s.turn(ctx, a, programme, report, version, note, Edition{Standing: Corrected, Snapshot: n})
}

// Withdraw takes figures off the page; that there were some, and why they are
// gone, stays there. It needs what Correct needs.
func (s *Service) Withdraw(ctx context.Context, a auth.Actor, programme, report id.ID, version int64, note string) (*Report, error) {
	if err := a.Can(programme, auth.TrustPublish); err != nil {
		return nil, err
	}
	return s.turn(ctx, a, programme, report, version, note, Edition{Standing: Withdrawn})
}

func (s *Service) turn(ctx context.Context, a auth.Actor, programme, report id.ID, version int64, note string, e Edition) (*Report, error) {
	var r *Report
	note, err := checkNote(note)
	if err != nil {
		return nil, err
	}
	e.Note = note
	err = s.DB.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		if r, err = loadReport(ctx, tx, programme, report, tx.ForUpdate()); err != nil {
			return err
		}
		switch {
		case r.Version != version:
			return fault.Conflict("trust_report_changed", "somebody corrected or withdrew the figures meanwhile; look at them again")
		case r.Standing == Withdrawn && e.Standing == Withdrawn:
			return fault.Conflict("trust_withdrawn", "the figures were withdrawn before")
		}
		past, err := editionsOf(ctx, tx, programme, report)
		if err != nil {
			return err
		}
		r.Version++
		return s.addEdition(ctx, tx, a, r, past[len(past)-1].Digest, e)
	})
	return r, err
}

// addEdition writes the next edition of a report, and its audit row.
func (s *Service) addEdition(ctx context.Context, tx *db.Tx, a auth.Actor, r *Report, before string, e Edition) error {
	e.Version, e.At, e.Actor = r.Version, s.clock(), a.String()
	if e.Snapshot != nil {
		text, err := json.Marshal(e.Snapshot)
		if err != nil {
			return fmt.Errorf("writing published figures: %w", err)
		}
		e.text = string(text)
	}
	r.Standing = e.Standing
	e.Digest = e.digest(before)
	row := []any{r.ProgrammeID, r.ID, e.Version, db.Micros(e.At), e.Actor, string(e.Standing), e.Note, e.text, e.Digest}
	if err := tx.Insert(ctx, editionTable, [][]any{row}); err != nil {
		return fmt.Errorf("writing published figures: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE trust_report SET version = $3, state = $4 WHERE programme_id = $1 AND id = $2`, r.ProgrammeID, r.ID, r.Version, string(r.Standing)); err != nil {
		return fmt.Errorf("writing published figures: %w", err)
	}
	return auth.Record(ctx, tx, a, auth.Entry{
		ProgrammeID: r.ProgrammeID, Action: "trust." + string(e.Standing), Subject: r.ID.In(id.TrustReport), Detail: map[string]any{"period": r.Period.Name, "version": r.Version},
	})
}

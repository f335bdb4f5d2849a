package complaint

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/photo"
)

// most messages that a case takes, so that no flood fills the database.
const maxMessages = 200

// say adds a message to the case.
func (d *desk) say(ctx context.Context, m Message, photos []photo.Photo) error {
	var n int
	if err := d.tx.QueryRow(ctx, `SELECT COUNT(*) FROM complaint_message WHERE programme_id = $1 AND case_id = $2`, d.ProgrammeID, d.ID).Scan(&n); err != nil {
		return fmt.Errorf("counting the messages of a case: %w", db.Fault(err))
	}
	if n >= maxMessages {
		return fault.Refused("case_full", "the case holds as many messages as it can; open another")
	}
	m.ID = d.tx.IDs().New()
	hash := ""
	if m.Author == ByUs {
		hash = wordsHash(m.Text)
	}
	row := []any{d.ProgrammeID, d.ID, m.ID, db.Micros(d.now), string(m.Author), d.actor, m.Form, m.Text, hash}
	if err := d.tx.Insert(ctx, messageTable, [][]any{row}); err != nil {
		return fmt.Errorf("writing a message of a case: %w", err)
	}
	var rows [][]any
	for _, p := range photos {
		rows = append(rows, []any{d.ProgrammeID, d.ID, d.tx.IDs().New(), m.ID, int64(p.Width), int64(p.Height), p.JPEG})
	}
	if len(rows) == 0 {
		return nil
	}
	if err := d.tx.Insert(ctx, photoTable, rows); err != nil {
		return fmt.Errorf("writing photos of a case: %w", err)
	}
	return nil
}

// repeats is for how long the same words again are a form that was sent again.
const repeats = 24 * time.Hour

// again reports whether the customer says what they said last, with the same
// photos, and nobody has answered since: who loads a page again sends its form
// again.
func (d *desk) again(ctx context.Context, text string, photos []photo.Photo) (bool, error) {
	list, err := messagesOf(ctx, d.tx, d.ProgrammeID, d.ID)
	if err != nil {
		return false, err
	}
	list = slices.DeleteFunc(list, func(m Message) bool { return m.Author == Note })
	if len(list) == 0 {
		return false, nil
	}
	last := list[len(list)-1]
	if last.Author != ByCustomer || last.Text != text || d.now.Sub(last.At) > repeats {
		return false, nil
	}
	kept, err := photosOf(ctx, d.tx, d.ProgrammeID, d.ID)
	kept = slices.DeleteFunc(kept, func(p Photo) bool { return p.MessageID != last.ID })
	if err != nil || len(kept) != len(photos) {
		return false, err
	}
	for i, p := range kept {
		b, err := picture(ctx, d.tx, d.ProgrammeID, d.ID, p.ID)
		if err != nil || !bytes.Equal(b, photos[i].JPEG) {
			return false, err
		}
	}
	return true, nil
}

// Answer is what we say in a case.
type Answer struct {
	Text string
	// Note stays among staff.
	Note bool
	// Wait stops the clock until the customer answers.
	Wait bool

	form string
}

// Apology is one that cannot leave out what makes it one.
type Apology struct {
	// Name is how the customer is addressed, Happened what went wrong, Changes
	// what will be different, Who signs.
	Name, Happened, Changes, Who string
}

// Answer says something in a case, or notes it among staff. It needs cases.read
// and cases.write.
func (s *Service) Answer(ctx context.Context, a auth.Actor, programme, n id.ID, w Answer) (*Case, error) {
	w.Text = i18n.Tidy(w.Text)
	if w.Text == "" {
		return nil, fault.Invalid("required", "write something").At("/text")
	}
	if err := checkText(w.Text, "/text", MaxText); err != nil {
		return nil, err
	}
	action := "case.answer"
	if w.Note {
		action = "case.note"
	}
	return s.change(ctx, a, programme, n, action, func(d *desk) error { return d.answer(ctx, w) }, auth.CasesRead, auth.CasesWrite)
}

func (d *desk) answer(ctx context.Context, w Answer) error {
	m := Message{Author: ByUs, Text: w.Text, Form: w.form}
	if w.Note {
		m.Author = Note
		return d.say(ctx, m, nil)
	}
	if d.State == Closed {
		return fault.Conflict("case_state", "the case is %s now, and cannot become %s", d.State, Open).With("state", string(d.State))
	}
	if d.FirstAnswered.IsZero() {
		d.FirstAnswered = d.now
	}
	if w.Wait && d.Running() {
		d.turn(Waiting, d.clock, &d.settings, d.now)
	}
	if err := d.say(ctx, m, nil); err != nil {
		return err
	}
	return d.write(ctx, "case_answered")
}

// Apologise answers with an apology, whose parts are all required. It needs
// cases.read and cases.write.
func (s *Service) Apologise(ctx context.Context, a auth.Actor, programme, n id.ID, w Apology, wait bool) (*Case, error) {
	text, err := w.words()
	if err != nil {
		return nil, err
	}
	return s.change(ctx, a, programme, n, "case.answer", func(d *desk) error {
		d.detail["form"] = "apology"
		return d.answer(ctx, Answer{Text: text, Wait: wait, form: "apology"})
	}, auth.CasesRead, auth.CasesWrite)
}

// words puts the parts together: the writer's own words and nothing of ours, so
// that every apology is about one thing that happened to one person.
func (w *Apology) words() (string, error) {
	var wrong []*fault.Error
	for _, p := range []struct {
		field string
		text  *string
		most  int
	}{{"/name", &w.Name, maxShort}, {"/happened", &w.Happened, MaxText / 3}, {"/changes", &w.Changes, MaxText / 3}, {"/who", &w.Who, maxShort}} {
		*p.text = i18n.Tidy(*p.text)
		if *p.text == "" {
			wrong = append(wrong, fault.Invalid("case_apology", "an apology says to whom, what happened, what changes and who says so").At(p.field))
		}
		wrong = append(wrong, tooLong(*p.text, p.field, p.most)...)
	}
	if len(wrong) > 0 {
		return "", fault.Join(wrong...)
	}
	return w.Name + ",\n\n" + w.Happened + "\n\n" + w.Changes + "\n\n" + w.Who, nil
}

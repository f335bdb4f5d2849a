package factor

import (
	"context"
	"fmt"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

var codingTable = db.NewTable("factor_coding", []string{"programme_id", "source", "source_id", "part"},
	db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "source", Kind: db.Text}, db.Column{Name: "source_id", Kind: db.Int},
	db.Column{Name: "part", Kind: db.Text}, db.Column{Name: "factor", Kind: db.Text}, db.Column{Name: "suggested", Kind: db.Text},
	db.Column{Name: "coded", Kind: db.Int}, db.Column{Name: "coded_by", Kind: db.Text})

// prefixes are those of the ids of pieces by source.
var prefixes = map[Source]id.Prefix{Answer: id.SurveyResponse, Case: id.Case, Review: id.Review}

// Shown returns the id of the piece as it is shown, without its part.
func (k Key) Shown() string { return k.ID.In(prefixes[k.Source]) }

// ParseKey reads a key from its parts: the id tells the source.
func ParseKey(shown, part string) (Key, error) {
	for _, source := range Sources() {
		n, err := id.Parse(prefixes[source], shown)
		if err != nil {
			continue
		}
		if source != Answer {
			part = ""
		}
		return Key{source, n, part}, nil
	}
	return Key{}, fault.Invalid("factor_piece", "name a response, a case or a review by its id").At("/feedback")
}

// Code says which factor a piece of feedback is about; none takes back what a
// person said, so that its reason holds again. Said again, it is coded once.
// It needs factors.read, factors.write and to read where the piece came from.
func (s *Service) Code(ctx context.Context, a auth.Actor, programme id.ID, key Key, to Code) (Piece, error) {
	if err := a.Can(programme, auth.FactorsRead, auth.FactorsWrite); err != nil {
		return Piece{}, err
	}
	d, err := s.sit(ctx, programme)
	if err != nil {
		return Piece{}, err
	}
	var piece Piece
	err = s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if d.set, _, err = loadSettings(ctx, tx, programme); err != nil {
			return err
		}
		if to != "" && !d.set.on(to) {
			return fault.Invalid("factor_off", "there is no such factor in use").At("/factor")
		}
		if piece, err = d.find(ctx, tx, a, key); err != nil || piece.coded == to {
			return err
		}
		if err := s.write(ctx, tx, a, programme, &piece, to); err != nil {
			return err
		}
		piece, err = d.find(ctx, tx, a, key)
		return err
	})
	return piece, err
}

func (s *Service) write(ctx context.Context, tx *db.Tx, a auth.Actor, programme id.ID, n *Piece, to Code) error {
	if to == "" {
		if _, err := tx.Exec(ctx, `DELETE FROM factor_coding WHERE programme_id = $1 AND source = $2 AND source_id = $3 AND part = $4`,
			programme, string(n.Source), n.ID, n.Part); err != nil {
			return fmt.Errorf("taking a coding back: %w", err)
		}
	} else {
		row := []any{programme, string(n.Source), n.ID, n.Part, string(to), string(n.Suggested), db.Micros(s.clock()), a.String()}
		if err := tx.Upsert(ctx, codingTable, [][]any{row}); err != nil {
			return fmt.Errorf("coding feedback: %w", err)
		}
	}
	return auth.Record(ctx, tx, a, auth.Entry{
		ProgrammeID: programme, Action: "factor.code", Subject: n.Shown(), Detail: map[string]any{"factor": string(to), "part": n.Part},
	})
}

// find returns the piece of a key with what is suggested, if the actor may look
// at it.
func (d *desk) find(ctx context.Context, q db.Queryer, a auth.Actor, key Key) (Piece, error) {
	var args db.Args
	table, where := (Query{ProgrammeID: d.programme}).span().begin(&args, d.mains)
	where += seen(&args, a, d.programme, key.Source) + ` AND p.source = ` + args.Add(string(key.Source)) + ` AND p.id = ` + args.Add(key.ID) + ` AND p.part = ` + args.Add(key.Part)
	list, err := selectPieces(ctx, q, d.mains, &d.set, table, where, args.Values()...)
	if err != nil {
		return Piece{}, err
	}
	if len(list) == 0 {
		return Piece{}, fault.Missing("unknown_feedback", "the programme has no such piece of feedback to code").With("feedback", key.Shown())
	}
	err = d.suggest(ctx, q, list)
	return list[0], err
}

// Piece returns one piece of feedback with what is suggested. It needs
// factors.read and to read where the piece came from.
func (s *Service) Piece(ctx context.Context, a auth.Actor, programme id.ID, key Key) (Piece, error) {
	if err := a.Can(programme, auth.FactorsRead); err != nil {
		return Piece{}, err
	}
	d, err := s.sit(ctx, programme)
	if err != nil {
		return Piece{}, err
	}
	return d.find(ctx, s.DB.Reader(), a, key)
}

package household

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"slices"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "household", Files: files}

func integer(name string) db.Column { return db.Column{Name: name, Kind: db.Int} }

func word(name string) db.Column { return db.Column{Name: name, Kind: db.Text} }

var (
	householdTable = db.NewTable("household", []string{"id"},
		integer("id"), integer("programme_id"), integer("owner_id"), word("code"), integer("made"), integer("dissolved"))
	memberTable = db.NewTable("household_member", []string{"member_id"},
		integer("member_id"), integer("programme_id"), integer("household_id"), integer("joined"))
)

func insertHousehold(ctx context.Context, tx *db.Tx, h *Household) error {
	return tx.Insert(ctx, householdTable, [][]any{{h.ID, h.ProgrammeID, h.OwnerID, h.Code, db.Micros(h.Made), int64(0)}})
}

func selectHouseholds(ctx context.Context, q db.Queryer, where string, args ...any) ([]*Household, error) {
	rows, err := q.Query(ctx, `SELECT id, programme_id, owner_id, code, made, dissolved FROM household WHERE `+where, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (*Household, error) {
		h := &Household{}
		var made, dissolved int64
		err := r.Scan(&h.ID, &h.ProgrammeID, &h.OwnerID, &h.Code, &made, &dissolved)
		h.Made, h.Dissolved = db.Time(made), db.Time(dissolved)
		return h, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading households: %w", err)
	}
	return list, addMembers(ctx, q, list)
}

// addMembers reads who belongs to the households.
func addMembers(ctx context.Context, q db.Queryer, list []*Household) error {
	if len(list) == 0 {
		return nil
	}
	byID := map[id.ID]*Household{}
	var ids []id.ID
	for _, h := range list {
		byID[h.ID], ids = h, append(ids, h.ID)
	}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT household_id, member_id, joined FROM household_member WHERE household_id IN `+args.In(ids)+
		` ORDER BY joined, member_id`, args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var of id.ID
		var m Member
		var joined int64
		err := r.Scan(&of, &m.MemberID, &joined)
		m.Joined = db.Time(joined)
		if h := byID[of]; m.MemberID == h.OwnerID {
			h.Members = slices.Insert(h.Members, 0, m)
		} else {
			h.Members = append(h.Members, m)
		}
		return struct{}{}, err
	})
	if err != nil {
		return fmt.Errorf("reading members of households: %w", err)
	}
	return nil
}

// one returns the household of a condition, and fault "unknown_household".
func one(list []*Household, err error) (*Household, error) {
	if err == nil && len(list) == 0 {
		err = fault.Missing("unknown_household", "the programme has no such household")
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// loadHousehold returns a household of the programme; in a transaction it is
// held until that ends.
func loadHousehold(ctx context.Context, q db.Queryer, programme, household id.ID) (*Household, error) {
	suffix := ""
	if tx, within := q.(*db.Tx); within {
		suffix = tx.ForUpdate()
	}
	return one(selectHouseholds(ctx, q, `programme_id = $1 AND id = $2`+suffix, programme, household))
}

// Current returns the household that somebody belongs to, by any of the
// aliases, or nil. After a merge of two who belonged to two, it is that of the
// first alias.
func Current(ctx context.Context, q db.Queryer, aliases []id.ID) (*Household, error) {
	if len(aliases) == 0 {
		return nil, nil
	}
	var args db.Args
	list, err := selectHouseholds(ctx, q, `id IN (SELECT household_id FROM household_member WHERE member_id IN `+args.In(aliases)+`) ORDER BY id`, args.Values()...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	for _, m := range aliases {
		for _, h := range list {
			if h.Has([]id.ID{m}) {
				return h, nil
			}
		}
	}
	return nil, nil
}

func addMember(ctx context.Context, tx *db.Tx, h *Household, m Member) error {
	n, err := tx.InsertNew(ctx, memberTable, [][]any{{m.MemberID, h.ProgrammeID, h.ID, db.Micros(m.Joined)}})
	if err != nil {
		return fmt.Errorf("adding a member to a household: %w", err)
	}
	if n == 0 {
		return taken()
	}
	h.Members = append(h.Members, m)
	return nil
}

func taken() *fault.Error {
	return fault.Conflict("household_taken", "the member belongs to a household already; they leave it first").At("/member")
}

func dropMembers(ctx context.Context, tx *db.Tx, household id.ID, members []id.ID) error {
	var args db.Args
	_, err := tx.Exec(ctx, `DELETE FROM household_member WHERE household_id = `+args.Add(household)+` AND member_id IN `+args.In(members), args.Values()...)
	if err != nil {
		return fmt.Errorf("taking members out of a household: %w", err)
	}
	return nil
}

// dissolve ends a household; everybody keeps their own points.
func dissolve(ctx context.Context, tx *db.Tx, household id.ID, now int64) error {
	if _, err := tx.Exec(ctx, `UPDATE household SET dissolved = $1, code = '' WHERE id = $2 AND dissolved = 0`, now, household); err != nil {
		return fmt.Errorf("dissolving a household: %w", err)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM household_member WHERE household_id = $1`, household); err != nil {
		return fmt.Errorf("dissolving a household: %w", err)
	}
	return nil
}

// person is a member with everybody merged into it.
type person struct {
	*member.Member
	aliases []id.ID // the member first
}

// meet returns the person whose member this is or was; in a transaction held.
func meet(ctx context.Context, q db.Queryer, programme, m id.ID) (person, error) {
	find := member.Of
	if tx, within := q.(*db.Tx); within {
		find = func(ctx context.Context, _ db.Queryer, programme, m id.ID) (*member.Member, error) {
			return member.Held(ctx, tx, programme, m)
		}
	}
	found, err := find(ctx, q, programme, m)
	if err != nil {
		return person{}, fault.At("/member", err)
	}
	p := person{Member: found}
	p.aliases, err = aliasesOf(ctx, q, p.ID)
	return p, err
}

// aliasesOf returns a member with everybody merged into it, the member first.
func aliasesOf(ctx context.Context, q db.Queryer, m id.ID) ([]id.ID, error) {
	aliases, err := member.Aliases(ctx, q, m)
	aliases = slices.DeleteFunc(aliases, func(a id.ID) bool { return a == m })
	return append([]id.ID{m}, aliases...), err
}

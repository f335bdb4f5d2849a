package standard

import (
	"embed"
	"encoding/json"
	"fmt"

	"regulars/internal/db"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "standard", Files: files}

func ints(names ...string) (list []db.Column) { return columns(db.Int, names) }

func texts(names ...string) (list []db.Column) { return columns(db.Text, names) }

func columns(kind db.Kind, names []string) (list []db.Column) {
	for _, n := range names {
		list = append(list, db.Column{Name: n, Kind: kind})
	}
	return list
}

func join(lists ...[]db.Column) (all []db.Column) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

var (
	inProgramme   = []string{"programme_id", "id"}
	ofVisit       = []string{"programme_id", "visit_id", "id"}
	standardTable = db.NewTable("standard", inProgramme, join(ints("programme_id", "id"), texts("draft"), ints("version", "edit", "retired", "made"))...)
	versionTable  = db.NewTable("standard_version", []string{"programme_id", "standard_id", "version"},
		join(ints("programme_id", "standard_id", "version"), texts("spec"), ints("published"), texts("published_by"))...)
	scenarioTable = db.NewTable("standard_scenario", inProgramme, join(ints("programme_id", "id"), texts("spec"), ints("edit", "retired", "made"))...)
	visitorTable  = db.NewTable("standard_visitor", inProgramme,
		join(ints("programme_id", "id"), texts("kind"), ints("staff_id", "member_id"), texts("name", "contact", "avoid"), ints("made", "gone"))...)
	roundTable = db.NewTable("standard_round", inProgramme,
		join(ints("programme_id", "id", "scenario_id"), texts("from_day", "to_day", "lots"), ints("made"), texts("made_by"))...)
	visitTable = db.NewTable("standard_visit", inProgramme, join(
		ints("programme_id", "id"), texts("kind"), ints("round_id", "scenario_id", "standard_id", "version", "shop_id", "visitor_id", "auditor_id", "pair_id"), texts("day"),
		ints("opens", "closes"), texts("state", "token", "answers"), ints("arrived", "served", "departed"), texts("reference"), ints("sale_id"), texts("remark", "lang"),
		ints("score"), columns(db.Bool, []string{"failed"}), ints("sent"), texts("reply"), ints("replied"), texts("replied_by"), ints("made"))...)
	correctionTable = db.NewTable("standard_correction", ofVisit, join(ints("programme_id", "visit_id", "id", "at"), texts("actor", "reason", "before"))...)
	photoTable      = db.NewTable("standard_photo", ofVisit, join(ints("programme_id", "visit_id", "id", "width", "height"), columns(db.Bytes, []string{"picture"}))...)
)

// packed is how what is not asked for by its parts is kept.
func packed(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("packing what is kept: %w", err)
	}
	return string(b), nil
}

func unpacked(text string, into any) error {
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("unpacking what is kept: %w", err)
	}
	return nil
}

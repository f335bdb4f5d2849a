package member

import (
	"slices"
	"strings"
	"time"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// Merging is one merge of two members: the loser points to the survivor, who
// is recognised by the identities of both.
type Merging struct {
	ID, ProgrammeID     id.ID
	SurvivorID, LoserID id.ID
	At                  time.Time
	By                  string
	Undone              time.Time // zero while it stands
	UndoneBy            string
	filled              []string
}

// The names of what a survivor took over from a loser; tags and attributes
// follow theirs.
const (
	filledGiven     = "given_name"
	filledFamily    = "family_name"
	filledLanguage  = "language"
	filledZone      = "zone"
	filledBirth     = "birth"
	filledStatus    = "status"
	filledTag       = "tag:"
	filledAttribute = "attribute:"
)

// texts returns the plain texts of a profile by their filled names.
func (m *Member) texts() map[string]*string {
	return map[string]*string{filledGiven: &m.GivenName, filledFamily: &m.FamilyName, filledLanguage: &m.Language, filledZone: &m.Zone}
}

// fill gives the survivor what it lacks and the loser has, and returns the
// names of it in order. The survivor of an enrolled loser is enrolled.
func fill(survivor, loser *Member) []string {
	var filled []string
	theirs := loser.texts()
	for name, mine := range survivor.texts() {
		if *mine == "" && *theirs[name] != "" {
			*mine = *theirs[name]
			filled = append(filled, name)
		}
	}
	if survivor.Birth == (Birth{}) && loser.Birth != (Birth{}) {
		survivor.Birth = loser.Birth
		filled = append(filled, filledBirth)
	}
	if survivor.Status == Known && loser.Status == Enrolled {
		survivor.Status, survivor.Enrolled = loser.Status, loser.Enrolled
		filled = append(filled, filledStatus)
	}
	filled = append(filled, fillTags(survivor, loser)...)
	filled = append(filled, fillAttributes(survivor, loser)...)
	slices.Sort(filled)
	return filled
}

func fillTags(survivor, loser *Member) []string {
	var filled []string
	for _, tag := range loser.Tags {
		if !slices.Contains(survivor.Tags, tag) {
			survivor.Tags = append(survivor.Tags, tag)
			filled = append(filled, filledTag+tag)
		}
	}
	slices.Sort(survivor.Tags)
	return filled
}

func fillAttributes(survivor, loser *Member) []string {
	var filled []string
	for name, value := range loser.Attributes {
		if _, has := survivor.Attributes[name]; has {
			continue
		}
		if survivor.Attributes == nil {
			survivor.Attributes = map[string]string{}
		}
		survivor.Attributes[name] = value
		filled = append(filled, filledAttribute+name)
	}
	return filled
}

// empty takes back from the survivor what it was filled with, unless it was
// changed since.
func empty(survivor, loser *Member, filled []string) {
	mine, theirs := survivor.texts(), loser.texts()
	for _, name := range filled {
		tag, isTag := strings.CutPrefix(name, filledTag)
		attribute, isAttribute := strings.CutPrefix(name, filledAttribute)
		switch {
		case isTag:
			survivor.Tags = slices.DeleteFunc(survivor.Tags, func(t string) bool { return t == tag })
		case isAttribute:
			if survivor.Attributes[attribute] == loser.Attributes[attribute] {
				delete(survivor.Attributes, attribute)
			}
		case name == filledBirth:
			if survivor.Birth == loser.Birth {
				survivor.Birth = Birth{}
			}
		case name == filledStatus:
			if survivor.Status == Enrolled && survivor.Enrolled.Equal(loser.Enrolled) {
				survivor.Status, survivor.Enrolled = Known, time.Time{}
			}
		case *mine[name] == *theirs[name]:
			*mine[name] = ""
		}
	}
}

// branch returns the member and everybody who was merged into it, directly or
// through others, by merges that stand.
func branch(member id.ID, standing []Merging) []id.ID {
	list := []id.ID{member}
	for i := 0; i < len(list); i++ {
		for _, m := range standing {
			if m.SurvivorID == list[i] && !slices.Contains(list, m.LoserID) {
				list = append(list, m.LoserID)
			}
		}
	}
	return list
}

func alreadyOne(survivor id.ID) error {
	shown := survivor.In(id.Member)
	return fault.Conflict("already_merged", "these are one member already, %s", shown).With("member", shown)
}

func undoLaterFirst(survivor, into id.ID) error {
	a, b := survivor.In(id.Member), into.In(id.Member)
	return fault.Refused("merge_undo_order", "%s was itself merged into %s since; undo that merge first", a, b).
		With("member", a).With("survivor", b)
}

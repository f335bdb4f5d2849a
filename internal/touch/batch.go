package touch

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Layout is one of the ways in which a card is set. In each of them both doors
// have the same size.
type Layout string

// The layouts.
const (
	Band  Layout = "band"  // a band of the brand's colour above two codes
	Frame Layout = "frame" // a frame of colour, the codes one above the other
	Calm  Layout = "calm"  // white, with a line of colour; little ink
)

// Layouts returns every layout.
func Layouts() []Layout { return []Layout{Band, Frame, Calm} }

// Text returns the layout in words.
func (l Layout) Text() i18n.Text { return i18n.Text{Key: "touch.layout." + string(l)} }

// Design is how the cards of a batch look and what they say.
type Design struct {
	Layout   Layout    `json:"layout"`
	Language i18n.Lang `json:"language"`
	Words
}

// Words are what a card says; those left empty are ours in the card's language.
type Words struct {
	Heading string `json:"heading,omitempty"`
	Review  string `json:"review,omitempty"`
	Private string `json:"private,omitempty"`
	Foot    string `json:"foot,omitempty"`
}

// Each length is the most letters that fit the card.
const (
	maxHeading = 60
	maxDoor    = 40
	maxFoot    = 120
)

// Check returns all that is wrong with the design, and refuses words that the font
// cannot show ("card_letters") and those that ask only the contented, ask for
// stars or pay for a review.
func (d *Design) Check() error {
	var wrong []error
	if !slices.Contains(Layouts(), d.Layout) {
		wrong = append(wrong, fault.Invalid("card_layout", "a card is set as band, frame or calm").At("/layout"))
	}
	if !slices.Contains(i18n.Langs(), d.Language) {
		wrong = append(wrong, fault.Invalid("card_language", "a card is written in en, ru or pl").At("/language"))
	}
	for _, part := range []struct {
		at   string
		text *string
		most int
	}{{"/heading", &d.Heading, maxHeading}, {"/review", &d.Review, maxDoor}, {"/private", &d.Private, maxDoor}, {"/foot", &d.Foot, maxFoot}} {
		*part.text = strings.Join(strings.Fields(*part.text), " ")
		if utf8.RuneCountInString(*part.text) > part.most {
			wrong = append(wrong, fault.Invalid("card_words_long", "there is room for %d letters", part.most).With("most", part.most).At(part.at))
		} else if missing := undrawn(*part.text); missing != "" {
			wrong = append(wrong, fault.Invalid("card_letters", "the font of cards has no “%s”", missing).With("letters", missing).At(part.at))
		} else {
			wrong = append(wrong, lint(*part.text, part.at))
		}
	}
	if err := fault.Gather(wrong...); err != nil {
		return err
	}
	return lint(strings.Join([]string{d.Heading, d.Review, d.Private, d.Foot}, ", "), "/heading")
}

// filled returns the words with ours in the place of those left empty.
func (d *Design) filled(p *i18n.Printer) Words {
	w := d.Words
	for key, text := range map[string]*string{"heading": &w.Heading, "review": &w.Review, "private": &w.Private, "foot": &w.Foot} {
		if *text == "" {
			*text = p.T("touch.card." + key)
		}
	}
	return w
}

// Batch is a number of cards that were made together.
type Batch struct {
	ID, ProgrammeID, TouchpointID id.ID
	Name                          string
	Cards                         int64
	Design                        Design
	Made                          time.Time
	MadeBy                        string
	// Bound is how many of them went out with an order.
	Bound int64
}

// MaxCards is the most cards that one batch has, and PartCards that one file
// holds.
const (
	MaxCards  = 5000
	PartCards = 250
)

// Parts returns how many files the cards of a batch fill.
func (b *Batch) Parts() int { return int((b.Cards + PartCards - 1) / PartCards) }

// Card is one printed card.
type Card struct {
	Code                               string
	ProgrammeID, BatchID, TouchpointID id.ID
	// Order is the order that it went out with, and Bound when it was scanned
	// at packing; empty for a card that lies in a shop.
	Order string
	Bound time.Time
}

func (d *Design) text() (string, error) {
	text, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("writing a card's design: %w", err)
	}
	return string(text), nil
}

package giftcard

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"regulars/internal/fault"
	"regulars/internal/id"
)

const (
	// MaxCards bounds how many cards one order makes.
	MaxCards = 10_000

	maxName  = 100 // letters
	maxLabel = 100
	maxKey   = 300 // bytes
)

// Order asks for cards that are alike.
type Order struct {
	// Key names the order, chosen by the caller: sent again under its key, it
	// returns the batch of the first time. Without a key it is done every time.
	Key string `json:"-"`
	// Count is how many cards are made; 0 when Recipients are given.
	Count int
	// Recipients get a card each.
	Recipients []Recipient
	// Value is what each card is worth, in minor units; 0 only for cards that
	// are activated later, with a value said then.
	Value int64
	// Inactive cards are activated when they are sold.
	Inactive bool
	// Given cards are not paid for.
	Given bool
	// Months is how long money lasts after it was loaded; 0 for ever.
	Months int
	// Until is the moment at which given cards end, in the place of Months.
	Until time.Time
	// Country is whose law the term must keep, ISO 3166; empty for that of the
	// programme.
	Country string
	// Campaign is the name under which results are gathered, made when it is
	// new; empty for none.
	Campaign string
}

// Recipient is whom one card of a list is for.
type Recipient struct {
	// Label is the shop's own word for them, such as a number in its list. Names
	// and addresses stay outside.
	Label    string
	MemberID id.ID
}

// check returns all that must be mended in the order, and trims it.
func (o *Order) check(now time.Time) error {
	o.Campaign = strings.TrimSpace(o.Campaign)
	wrong := []error{
		fault.When(len(o.Key) > maxKey, fault.Invalid("card_key_too_long", "the key of an order takes at most %d bytes", maxKey).At("/key").With("most", maxKey)),
		o.checkCount(),
	}
	if o.Value != 0 || !o.Inactive {
		if f := checkValue(o.Value); f != nil {
			wrong = append(wrong, f.At("/value"))
		}
	}
	if !o.Until.IsZero() {
		wrong = append(wrong, o.checkUntil(now))
	}
	wrong = append(wrong, checkLine(o.Campaign, maxName, "/campaign"), o.checkLabels())
	country := o.Country
	if o.Given {
		country = ""
	}
	return fault.Gather(append(wrong, checkTerm(o.Months, country))...)
}

// checkLabels refuses labels that are none, and those that name an address: they
// are kept with the cards when a person is erased.
func (o *Order) checkLabels() error {
	var wrong []error
	for i, r := range o.Recipients {
		at := fmt.Sprintf("/recipients/%d/label", i)
		wrong = append(wrong, checkLine(r.Label, maxLabel, at), fault.When(strings.Contains(r.Label, "@"),
			fault.Invalid("card_label_address", "“%s” is an address: name the member by id, or the recipient by a word of your own", r.Label).At(at).With("label", r.Label)))
	}
	return fault.Gather(wrong...)
}

func (o *Order) checkCount() error {
	if len(o.Recipients) > 0 && o.Count != 0 && o.Count != len(o.Recipients) {
		return fault.Invalid("card_count_twice", "the list has %d recipients, so leave the count out", len(o.Recipients)).At("/count").With("count", len(o.Recipients))
	}
	if n := max(o.Count, len(o.Recipients)); n < 1 || n > MaxCards || o.Count < 0 {
		return fault.Invalid("card_count", "one order makes 1–%d cards", MaxCards).At("/count").With("most", MaxCards)
	}
	return nil
}

// checkUntil leaves a fixed end to cards that were given: the term of money
// that was paid must begin when it was loaded.
func (o *Order) checkUntil(now time.Time) error {
	switch {
	case !o.Given:
		return fault.Invalid("card_until_sold", "only cards that are given away can end on a fixed day; say in months how long sold ones last").At("/until")
	case o.Months != 0:
		return fault.Invalid("card_two_ends", "the cards end on a day or after months, not both").At("/until")
	case !now.Before(o.Until):
		return fault.Invalid("card_until_past", "the cards would have ended already; choose a later day").At("/until")
	}
	return nil
}

func checkLine(text string, most int, at string) error {
	if !utf8.ValidString(text) || utf8.RuneCountInString(text) > most || strings.ContainsFunc(text, unicode.IsControl) {
		return fault.Invalid("card_text", "the text takes one line of at most %d letters", most).At(at).With("most", most)
	}
	return nil
}

// cards returns how many cards are made.
func (o *Order) cards() int { return max(o.Count, len(o.Recipients)) }

// recipient returns whom the i-th card is for.
func (o *Order) recipient(i int) Recipient {
	if i < len(o.Recipients) {
		return o.Recipients[i]
	}
	return Recipient{}
}

// request is what tells orders under one key apart.
func (o *Order) request() ([]byte, error) {
	raw, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("reading an order of gift cards: %w", err)
	}
	sum := sha256.Sum256(raw)
	return sum[:], nil
}

// Batch is cards that were made together.
type Batch struct {
	ID, ProgrammeID id.ID
	CampaignID      id.ID
	Campaign        string
	Cards           int
	Made            time.Time
	// Repeated says that an order under the same key had made them before.
	Repeated bool
}

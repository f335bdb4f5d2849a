package intake

import "regulars/internal/i18n"

// Reason says why a row is left out.
type Reason string

// The reasons. The first group is found by the reader, the second asked for
// by the settings, the third lies in one value, the fourth in the sale, and
// Refused is set by whoever takes the records.
const (
	UnclosedQuote  Reason = "unclosed_quote"
	TextAfterQuote Reason = "text_after_quote"
	RowTooLong     Reason = "row_too_long"
	FieldTooLong   Reason = "field_too_long"
	WrongColumns   Reason = "wrong_columns"
	NotText        Reason = "not_text"

	NoCustomer Reason = "no_customer"
	Duplicate  Reason = "duplicate"

	MissingValue     Reason = "missing_value"
	MalformedDate    Reason = "malformed_date"
	AbsurdDate       Reason = "absurd_date"
	MalformedNumber  Reason = "malformed_number"
	AbsurdNumber     Reason = "absurd_number"
	TooManyDecimals  Reason = "too_many_decimals"
	NegativeQuantity Reason = "negative_quantity"
	NegativeAmount   Reason = "negative_amount"
	ZeroQuantity     Reason = "zero_quantity"
	OtherCurrency    Reason = "other_currency"
	TextTooLong      Reason = "text_too_long"
	UnknownWord      Reason = "unknown_word"

	OtherCustomer Reason = "other_customer"
	OtherSale     Reason = "other_sale"
	Incomplete    Reason = "incomplete"

	Refused Reason = "refused"
)

// Reasons returns every reason, in the order in which they are shown.
func Reasons() []Reason {
	return []Reason{
		NoCustomer, Duplicate,
		WrongColumns, UnclosedQuote, TextAfterQuote, RowTooLong, FieldTooLong, NotText,
		MissingValue, MalformedDate, AbsurdDate, MalformedNumber, AbsurdNumber, TooManyDecimals,
		NegativeQuantity, NegativeAmount, ZeroQuantity, OtherCurrency, TextTooLong, UnknownWord,
		OtherCustomer, OtherSale, Incomplete, Refused,
	}
}

// Name returns the reason in a few words, to stand beside a count.
func (r Reason) Name() i18n.Text {
	key := "intake.reason." + string(r)
	return i18n.Text{Key: key}
}

// Refusal is why one row is left out.
type Refusal struct {
	Reason Reason `json:"reason"`
	// Role is the one whose value is at fault, or empty.
	Role Role `json:"role,omitempty"`
	// Column is the index of its column; -1 if no one column is at fault.
	Column int `json:"column"`
	// Words explain a row that was refused after it had been read.
	Words string `json:"words,omitempty"`
}

// Text explains the refusal and how to mend it, naming the column.
func (f Refusal) Text(columns []string) i18n.Text {
	args := map[string]any{"columns": len(columns)}
	switch {
	case f.Words != "":
		args["words"] = f.Words
	case f.Column >= 0:
		args["column"] = columns[f.Column]
	case f.Role != "":
		args["column"] = f.Role.Name()
	}
	key := "intake.explain." + string(f.Reason)
	return i18n.Text{Key: key, Args: args}
}

func whole(r Reason) Refusal { return Refusal{Reason: r, Column: -1} }

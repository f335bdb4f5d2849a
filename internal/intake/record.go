package intake

import (
	"time"

	"regulars/internal/member"
	"regulars/internal/sale"
)

// Record is what a file tells: exactly one of the four is set.
type Record struct {
	Member  *MemberRecord
	Sale    *SaleRecord
	Return  *ReturnRecord
	Consent *ConsentRecord
}

// Lines returns where in the file the record stands.
func (r Record) Lines() []int64 {
	switch {
	case r.Sale != nil:
		return r.Sale.FileLines
	case r.Return != nil:
		return r.Return.FileLines
	case r.Member != nil:
		return []int64{r.Member.Line}
	case r.Consent != nil:
		return []int64{r.Consent.Line}
	}
	return nil
}

// Head is what the lines of one sale or return share.
type Head struct {
	Source     string
	ExternalID string
	// Identities are as written in the file; empty for a guest.
	Identities []member.Identity
	// Occurred is the earliest time of its rows.
	Occurred time.Time
	Shop     string
	Channel  string
	// FileLines are where its rows begin in the file, in their order.
	FileLines []int64
}

// SaleRecord is the rows of one receipt or invoice.
type SaleRecord struct {
	Head
	// Lines are numbered from 1 in the order of the file.
	Lines []sale.Line
}

// ReturnRecord is the rows of one return.
type ReturnRecord struct {
	Head
	// SaleReference is the sale that it cites, or empty.
	SaleReference string
	Lines         []sale.ReturnLine
}

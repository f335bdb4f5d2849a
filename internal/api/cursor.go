package api

import (
	"encoding/base64"
	"encoding/binary"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/fault"
)

// pageIn is the input of operations that answer in pages.
type pageIn struct {
	Cursor cursor `query:"cursor"`
	Limit  limit  `query:"limit"`
}

// cursor is a place in a list, as the caller got it.
type cursor string

// Schema describes it for the document.
func (cursor) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Description: "Where the last page ended: its next. Leave it out for the first page."}
}

// page is one page of a list.
type page[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"The cursor of the page that follows; missing on the last page."`
}

// paged returns a page of what was read: one entry more than fits says that
// more follows. The place of an entry is where the page after it begins.
func paged[R, T any](c pagePlace, rows []R, size int, view func(R) T, place func(R) []int64) page[T] {
	p := page[T]{Items: make([]T, 0, min(size, len(rows)))}
	for _, row := range rows[:min(size, len(rows))] {
		p.Items = append(p.Items, view(row))
	}
	if len(rows) > size {
		p.Next = c.write(place(rows[size-1])...)
	}
	return p
}

// pagePlace names a list, so that the cursor of one cannot be used in another.
type pagePlace byte

// The lists that answer in pages. The letters are in cursors that callers hold.
const (
	inMembers   pagePlace = 'm'
	inTimeline  pagePlace = 't'
	inStatement pagePlace = 's'
	inUnmatched pagePlace = 'u'
	inWaiting   pagePlace = 'w'
	inAudit     pagePlace = 'a'

	inGiftCards   pagePlace = 'g'
	inGiftEntries pagePlace = 'e'
	inRedemptions pagePlace = 'r'
	inConflicts   pagePlace = 'x'
	inReferrals   pagePlace = 'f'
	inBatches     pagePlace = 'b'
	inDue         pagePlace = 'd'

	inContacts pagePlace = 'o'
	inCases    pagePlace = 'q'
	inFlags    pagePlace = 'l'
	inSurvey   pagePlace = 'y'
	inSamples  pagePlace = 'Y'
	inCharges  pagePlace = 'c'

	inReviews    pagePlace = 'v'
	inPromises   pagePlace = 'p'
	inParcels    pagePlace = 'z'
	inReturns    pagePlace = 'n'
	inHouseholds pagePlace = 'h'
	inTransfers  pagePlace = 'k'

	inInvitations pagePlace = 'i'
	inVisits      pagePlace = 'j'
	inMentions    pagePlace = 'M'

	inFeedback    pagePlace = 'F'
	inKnownIssues pagePlace = 'K'
	inAnswerers   pagePlace = 'A'
	inGivings     pagePlace = 'V'
	inSilent      pagePlace = 'S'
	inBaskets     pagePlace = 'B'

	inSubscriptions pagePlace = 'P'
	inBookings      pagePlace = 'G'
)

// write returns the cursor of a place, which only read understands.
func (p pagePlace) write(numbers ...int64) string {
	b := []byte{byte(p)}
	for _, n := range numbers {
		b = binary.AppendVarint(b, n)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// read returns the numbers of a cursor, all zero for the first page.
func (p pagePlace) read(c cursor, count int) ([]int64, error) {
	numbers := make([]int64, count)
	if c == "" {
		return numbers, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(string(c))
	if err != nil || len(b) == 0 || b[0] != byte(p) {
		return nil, badCursor()
	}
	b = b[1:]
	for i := range numbers {
		n, size := binary.Varint(b)
		if size <= 0 {
			return nil, badCursor()
		}
		numbers[i], b = n, b[size:]
	}
	if len(b) > 0 || numbers[0] == 0 {
		return nil, badCursor()
	}
	return numbers, nil
}

func badCursor() error {
	return param("cursor", fault.Invalid("malformed_cursor", "this is no cursor of this list; take next of the page before, or leave it out"))
}

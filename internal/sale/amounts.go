package sale

import (
	"fmt"
	"strconv"
	"strings"
)

// amounts are sums as they are stored: "12,0,7", nothing for none.
type amounts []int64

// String writes the sums.
func (a amounts) String() string {
	var b []byte
	for i, n := range a {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, n, 10)
	}
	return string(b)
}

// Scan implements sql.Scanner.
func (a *amounts) Scan(v any) error {
	text, is := v.(string)
	if raw, bytes := v.([]byte); bytes {
		text, is = string(raw), true
	}
	if !is {
		return fmt.Errorf("reading sums from %T", v)
	}
	*a = nil
	for part := range strings.SplitSeq(text, ",") {
		if text == "" {
			break
		}
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return fmt.Errorf("reading sums: %w", err)
		}
		*a = append(*a, n)
	}
	return nil
}

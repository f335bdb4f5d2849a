package touch

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/fault"
)

// csvColumns are those of a file of reviews. The first three and time are
// needed.
var csvColumns = []string{"platform", "external_id", "time", "place", "rating", "text", "author", "order"}

// ReadCSV reads reviews from a file with a line of column names: platform,
// external_id, time (RFC 3339, or a day of the zone), and place, rating, text,
// author, order. A fault names the line.
func ReadCSV(r io.Reader, zone *time.Location) ([]Seen, error) {
	in := csv.NewReader(r)
	in.ReuseRecord = true
	head, err := in.Read()
	if err != nil {
		return nil, fault.Invalid("review_file", "this is no CSV file with a line of column names").Because(err)
	}
	at := map[string]int{}
	for i, column := range head {
		at[strings.ToLower(strings.Trim(column, "\ufeff \t"))] = i
	}
	for _, column := range csvColumns[:3] {
		if _, found := at[column]; !found {
			return nil, fault.Invalid("review_column", "the file has no column “%s”", column).With("column", column)
		}
	}
	var list []Seen
	for line := 2; ; line++ {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil || len(list) == MaxReviews {
			return nil, fault.Invalid("review_line", "line %d cannot be read; a file has up to %d reviews", line, MaxReviews).With("line", line).With("most", MaxReviews).Because(err)
		}
		seen, err := readRecord(record, at, zone)
		if err != nil {
			return nil, fault.Invalid("review_line", "line %d cannot be read; a file has up to %d reviews", line, MaxReviews).With("line", line).With("most", MaxReviews).Because(err)
		}
		list = append(list, seen)
	}
}

func readRecord(record []string, at map[string]int, zone *time.Location) (s Seen, err error) {
	field := func(column string) string {
		if i, found := at[column]; found && i < len(record) {
			return strings.TrimSpace(record[i])
		}
		return ""
	}
	s = Seen{
		Platform: Platform(field("platform")), ExternalID: field("external_id"), Place: field("place"), Text: field("text"), Author: field("author"), Order: field("order"),
	}
	if !slices.Contains(Platforms(), s.Platform) {
		return s, fmt.Errorf("unknown platform %q", s.Platform)
	}
	if text := field("rating"); text != "" {
		if s.Rating, err = strconv.ParseInt(text, 10, 64); err != nil {
			return s, err
		}
	}
	if s.Occurred, err = time.Parse(time.RFC3339, field("time")); err != nil {
		s.Occurred, err = time.ParseInLocation(time.DateOnly, field("time"), zone)
	}
	return s, err
}

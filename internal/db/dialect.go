package db

import (
	"math"
	"regexp"
	"strings"
	"time"
)

// Dialect tells the two databases apart. Outside this package it is for
// reports and tests; queries are the same on both.
type Dialect uint8

// The databases.
const (
	SQLite Dialect = iota + 1
	Postgres
)

// String returns the database's name in lower case.
func (d Dialect) String() string {
	if d == Postgres {
		return "postgres"
	}
	return "sqlite"
}

// Never is the stored instant of what never comes. Zero is "not known" or
// "always was".
const Never = math.MaxInt64

// Micros returns the instant as it is stored: microseconds since 1970 UTC,
// fractions dropped towards the past; 0 for the zero time.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time returns the stored instant n in UTC; the zero time for 0 and for Never.
func Time(n int64) time.Time {
	if n == 0 || n == Never {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// maxParameters returns how many parameters one statement may carry.
func (d Dialect) maxParameters() int {
	if d == Postgres {
		return 65535
	}
	return 32766
}

var (
	comment  = regexp.MustCompile(`--[^\n]*`)
	sqlWords = regexp.MustCompile(`\bBIGINT\b|\bBYTEA\b|\{member\}|\{clustered\}`)
)

// statements splits a schema file into statements of this database. Each ends
// with a semicolon at the end of a line.
func (d Dialect) statements(file string) []string {
	text := sqlWords.ReplaceAllStringFunc(comment.ReplaceAllString(file, ""), d.word)
	var list []string
	for part := range strings.SplitSeq(text+"\n", ";\n") {
		if s := strings.TrimSpace(part); s != "" {
			list = append(list, s)
		}
	}
	return list
}

// word returns what a word of the schema language means here. On SQLite the
// integer id alone is the row key, so that rows are appended; on PostgreSQL the
// member leads, so that the table can be sharded by it.
func (d Dialect) word(w string) string {
	if d == Postgres {
		return map[string]string{"{member}": "member_id, ", "{clustered}": "", "BIGINT": "BIGINT", "BYTEA": "BYTEA"}[w]
	}
	return map[string]string{"{member}": "", "{clustered}": "WITHOUT ROWID", "BIGINT": "INTEGER", "BYTEA": "BLOB"}[w]
}

// Package intake reads files of members, sales and returns by declared
// settings and yields neutral records in business order: rows grouped into
// sales, amounts exact, every row that is left out counted with its reason
// and kept for the rejects. It may touch the rooms above it for their words;
// it writes nothing to the database.
package intake

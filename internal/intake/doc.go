// Package intake reads files of members, sales and returns by declared
// settings and yields neutral records in business order: rows grouped into
// sales, amounts exact, every row that is left out counted with its reason
// and kept for the rejects. Its desk keeps the files that people and programs
// leave, agrees with them on settings, and has a job give the records to flow.
// It has no tables: files and what came of them lie on a shelf. It may touch the
// rooms above it.
package intake

// Package plan sells ranks: paid memberships by the month or the year, with a
// trial, renewal, grace, leaving as easily as joining, and charges that are paid
// elsewhere. It never sees a card. It touches its own tables, holds ranks
// through tier, tags through member, and gives points through flow.
package plan

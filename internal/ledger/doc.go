// Package ledger keeps points: wallets, lots with the time in which they may be
// used, holds, debts, and every movement of points as an immutable entry from
// one bucket to another. An Account is decided upon in memory, without SQL; the
// store loads and saves accounts many at a time. It may touch fault, id, money,
// i18n, db, auth and program, and knows nothing of members or sales beyond
// their ids.
package ledger

// Package tier reckons ranks: ladders in versions, what counts towards a rank
// and until when, rising, keeping, grace and falling, ranks given by hand, and
// a history in which every change has its reason. An Account is pure and in
// memory; the store loads of it only what is due. It may touch fault, id,
// money, i18n, db, auth and program; what was bought is told to it.
package tier

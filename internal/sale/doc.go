// Package sale keeps what members bought and brought back: sales with their
// lines, the quantities returned, and each member's tally. It knows how a
// return finds the goods that it returns. It may touch fault, id, money, i18n
// and db; points and ranks are no business of it.
package sale

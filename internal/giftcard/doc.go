// Package giftcard keeps stored value: cards of money that are sold or given,
// what is charged to them and refunded, when they end, and what a campaign of
// them comes to. Entries are the balance; the balance kept on a card always
// equals their sum. It may touch auth, program and member, and takes the
// calendar from earn. Sales reach it through flow.
package giftcard

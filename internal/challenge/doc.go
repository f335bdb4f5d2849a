// Package challenge keeps what members are invited to do: so much of something
// within a period, a card of stamps, a streak. It reads what flow has
// committed, keeps of each purchase and visit what it counts for (a mark), and
// reckons progress from the marks whenever it is asked. What was reached is
// paid through flow. It may touch every room above it.
package challenge

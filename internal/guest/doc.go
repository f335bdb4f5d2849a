// Package guest is the customer's own page, the wallet: signing in by a code
// that is sent, the card with its code for the till, points, ranks, rewards,
// codes, gift cards, history, consents, and leaving. It keeps sessions and the
// hashes of codes, and touches nothing else of its own; what it changes it
// changes through flow and member, about the customer who is signed in and
// nobody else.
package guest

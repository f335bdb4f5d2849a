// Package referral rewards members who bring friends: the terms, each member's
// code and link, what became of every referral, and the guards against those
// that nobody was brought by. It stands below flow: it reads committed events
// as one of flow's readers and pays by flow's awards and promo's personal codes.
// It keeps no contact data; what could tell of a device, a card or an address is
// kept as a keyed hash.
package referral

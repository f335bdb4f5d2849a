// Package touch is where customer and company meet: touchpoints, printed cards
// with two doors (a public review, a private word), what was scanned and clicked,
// the reviews that came of it with our answers, mentions in feeds, and the
// Support Index. Both doors are open to everybody, and no review can be hidden.
// It keeps no contact data; customers are found by the orders that cards and
// reviews name. It may touch every room above it.
package touch

// Package returns takes goods back: the rules of what may come back until when,
// the door by which a customer opens an order, what is asked for with comments
// and photos, what staff decide about each item, the label, and the booking of
// what came. Goods, points and timelines it moves through flow; its clocks are
// promises, which it makes through an interface and knows nothing else of. It may
// touch every room above it.
package returns

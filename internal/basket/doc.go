// Package basket keeps the baskets that customers left before they paid: how far
// they came, what the price had grown to since it was first shown, and why they
// left, where somebody asked them. Of an unknown visitor nothing personal is
// kept. It moves no points and takes no part in a sale; that somebody came back it
// reads from the sales. It may touch every room above it.
package basket

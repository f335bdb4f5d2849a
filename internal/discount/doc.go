// Package discount tells how much of what is sold goes at a discount, and whether
// discounts have come to be taken for granted: the share of sales in which an offer
// took something off, by shop, beside the days before; members who buy at nothing
// but a discount; and offers that have run without a pause. It keeps only what a
// programme chose, and reads sales, offers and members.
package discount

// Package promo holds offers and codes: what a promotion takes off a sale, for
// whom and within which limits, in versions that never change once published;
// the pure pricing of a basket with the reason for each discount and each
// refusal; and the codes that promise an offer to somebody, with their life. It
// may touch condition, auth, program, jobs, and of sale and earn what they know
// of lines, facts and the calendar. It never asks the database while pricing.
package promo

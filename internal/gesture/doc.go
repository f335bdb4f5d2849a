// Package gesture holds what staff may do for a member once, for nothing: small
// gestures and honest advice, who may give them and how seldom, what was given,
// and what followed. It moves no points; what it must know of complaints is told
// to it, and it touches no other room's tables but to read.
package gesture

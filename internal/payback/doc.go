// Package payback reports what becomes of points: how many of those given are
// redeemed, how many expire, and what members spend in the time after a reward for
// each unit of what it cost. It keeps nothing and touches no other room's tables but
// to read.
package payback

// Package booking holds services that customers come for at a time: what is
// given where and when, the times that are free, and who is expected. It moves
// no points; of opening days it asks the calendar of cases, and it touches no
// other room's tables but to read.
package booking

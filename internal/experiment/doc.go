// Package experiment holds random assignment: the bucket that a customer is
// drawn into at first sight, and who of them is held out of a programme. It is
// pure and imports nothing of ours.
package experiment

// Package fault names the kinds of failure that a user can meet: invalid
// input, something missing, a conflict, a refusal, a busy server. Everything
// else is internal and its text is never shown. It imports nothing of ours.
package fault

// Package lesson holds what staff learn: lessons with a quiz, who must take them
// and how often anew, what they answered, and their certificates. It reads staff
// and their roles, and touches no other room's tables but to read.
package lesson

// Package sheet writes tables that people open in a spreadsheet, as CSV: no cell
// of them is ever taken for a formula. Every CSV that leaves this installation is
// written by it. It imports nothing of ours.
package sheet

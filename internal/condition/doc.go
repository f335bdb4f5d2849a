// Package condition holds conditions as data: read strictly from JSON, checked
// against a catalogue of facts, matched, explained in words, and turned into
// SQL. What the typed forms cannot say is said in CEL with a limit on its cost.
// It knows no facts of its own and imports only fault, money and i18n.
package condition

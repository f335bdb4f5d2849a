// Package standard holds what a shop promises itself to keep to, and who looks
// whether it does: standards with their criteria, audits that were announced,
// mystery visits that were not, the blind draw of who goes where, score sheets
// with photos, and what they come to. It reads shops, shifts and sales to see
// who is known where, and touches no other room's tables but to read.
package standard

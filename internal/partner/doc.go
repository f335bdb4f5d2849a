// Package partner keeps the companies of a coalition: whose shops give and take
// the programme's points, on which terms, and what is settled with them month
// by month. It reads what flow has committed and changes no points itself. It
// may touch everything above flow and flow's events.
package partner

// Package flow is the way of an event: recognise, append, decide, post,
// reckon, and leave work for others, in one transaction. It is the only room
// where rooms meet to change something; it may touch every room above it and
// knows none below. Live traffic, imports, the demo and the simulator call the
// same pure decide.
package flow

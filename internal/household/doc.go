// Package household keeps households: an owner, members who joined by a code or
// by staff, the points that they pool and pass on, and the limits of that.
// Points move through flow alone, in whose transaction this room counts and
// notes them. It may touch every room above flow, and knows nothing of other
// features.
package household

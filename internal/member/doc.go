// Package member holds people: profile, identities, consents with evidence,
// tags and attributes; it recognises, finds, merges, exports and erases them.
// It is the only room that keeps personal data of customers. It touches its
// own tables alone; points and history that a merge moves are flow's business.
package member

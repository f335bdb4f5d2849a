// Package calls holds lists of members whom staff phone because their points lie
// idle: whom a list is for by balance, taste and consent, who of them is held back
// at random, what was said and what came of it. The contact policy decides whether
// anybody may be phoned now; flow notes calls on timelines.
package calls

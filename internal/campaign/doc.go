// Package campaign holds what every campaign with a group held back has in common:
// it is a draft, is started once, chooses page by page whom it is for and draws who
// of them is held back, and is over by its day. Whom it is for, and what is done
// for them, is of the room whose campaign it is.
package campaign

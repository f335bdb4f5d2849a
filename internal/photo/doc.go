// Package photo draws the photos that strangers send anew, so that nothing of
// the file remains but the picture. It may touch fault alone.
package photo

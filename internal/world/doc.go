// Package world holds the real data that the demo and the tests run on. It
// carries UCI Online Retail in the binary and may touch every room above it;
// nothing touches it but the command.
package world

// Package id makes and prints identifiers: 63-bit integers ordered by time,
// shown outside as a prefix and Crockford base32. It imports only fault.
package id

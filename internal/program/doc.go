// Package program holds the programmes of an installation, their shops and
// their settings. A programme is the tenant boundary, and its version tells
// every process that something it may have cached has changed. It imports only
// fault, id, money, db and auth.
package program

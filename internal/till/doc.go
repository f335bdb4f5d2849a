// Package till is the screen of staff at a counter: a device that is enrolled
// once, a person who works at it by a PIN, and one field into which customers,
// goods, codes and receipts are scanned or typed. It keeps nothing of its own:
// devices, shifts and PINs are auth's, and whatever changes points goes through
// flow in the name of the person at the till.
//
// The server prices and words everything; the script, which begins in till.js,
// holds the open basket, and, without a connection, a queue of sales that are sent later. Each
// write is named by the device (receipt numbers), so that sending it again
// changes nothing.
//
// After a change to a .templ, .css or .js file run go generate ./internal/till.
package till

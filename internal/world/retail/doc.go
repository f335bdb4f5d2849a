// Package retail keeps the rows of UCI Online Retail in a compact form and
// gives them back exactly, in their order. It belongs to the world room and
// imports nothing of ours.
package retail

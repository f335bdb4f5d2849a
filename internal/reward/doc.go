// Package reward keeps what points buy: the catalogue with prices, stock and
// limits, what members redeemed, the codes by which they pick it up, and what
// was donated. It may touch auth and program, and takes the calendar from earn.
// Points are taken and given back by flow.
package reward

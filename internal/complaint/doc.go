// Package complaint holds cases: complaints, wishes and praise, with their
// clock in working hours, their messages and photos, what is given to make good,
// and the causes behind them. Points, codes and gift cards are given through
// flow, promo and giftcard; it touches no other room's tables but to read.
package complaint

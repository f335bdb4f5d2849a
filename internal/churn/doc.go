// Package churn watches for customers who leave without a word. From the days on
// which a member bought it learns how long a silence is usual for them, and notes
// who is slipping, silent or back, and whether trouble came before. It reads
// sales, cases, promises, answers and returns and changes nothing in them; it
// keeps nothing of anybody but how they buy.
package churn

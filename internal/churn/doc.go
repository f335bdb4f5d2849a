// Package churn watches for customers who leave without a word. From the days on
// which a member bought it learns how long a silence is usual for them, and notes
// who is slipping, silent or back, and whether trouble came before. It keeps the
// work of winning them back: whom staff turn to, whom by lot they do not, what
// they are told, and who bought again. It reads sales, cases, promises, answers
// and returns and changes nothing in them.
package churn

// Package money holds exact arithmetic for sums and points: minor units with
// a currency, exact rates, named roundings and exact splits. No floats.
package money

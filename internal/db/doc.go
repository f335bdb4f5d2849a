// Package db opens the database, migrates it, runs transactions and writes
// batches of rows. It is the only room that knows whether SQLite or PostgreSQL
// is beneath; every query elsewhere is one text for both. What a driver is
// like stands in driver_sqlite.go and driver_postgres.go alone. It imports
// only fault and id.
package db

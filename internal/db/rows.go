package db

import "database/sql"

// Collect reads all rows through scan, closes them and returns what scan made
// of them. It takes the two results of Query as they are.
func Collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		item, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	return list, driverFault(rows.Err())
}

// Each calls fn with every row as it comes, for readings too large to be held.
// It takes the two results of Query as they are; an error of fn ends it.
func Each[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error), fn func(T) error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		item, err := scan(rows)
		if err != nil {
			return err
		}
		if err := fn(item); err != nil {
			return err
		}
	}
	return driverFault(rows.Err())
}

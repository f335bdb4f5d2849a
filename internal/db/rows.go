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

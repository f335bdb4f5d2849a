// Package faulttest tells tests what a failure says.
package faulttest

import (
	"strings"

	"regulars/internal/fault"
)

// Places names every failure within an error with the place at which it stands, as
// "required /name, reward_points /points".
func Places(err error) string {
	var list []string
	for _, f := range fault.All(err) {
		list = append(list, strings.TrimSpace(f.Code+" "+f.Field))
	}
	return strings.Join(list, ", ")
}

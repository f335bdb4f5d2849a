package guest

import (
	"regulars/internal/db"
	"regulars/internal/web"
)

// onward are the ways to what the navigation has no place for, each there only
// where the shop has it.
func onward(v *visit, q db.Queryer) ([]web.Button, error) {
	var list []web.Button
	for _, door := range []func(*visit, db.Queryer) (*web.Button, error){
		bookDoor, challengesDoor, planDoor, householdDoor, friendsDoor, returnDoor, casesDoor,
	} {
		b, err := door(v, q)
		if err != nil {
			return nil, err
		}
		if b != nil {
			list = append(list, *b)
		}
	}
	return list, nil
}

// origin is the scheme and host by which the customer reached the pages, for
// addresses that are passed on.
func (v *visit) origin() string {
	scheme := "http"
	if v.secure() {
		scheme = "https"
	}
	return scheme + "://" + v.r.Host
}

func (v *visit) secure() bool {
	return v.r.TLS != nil || v.r.Header.Get("X-Forwarded-Proto") == "https"
}

package till

import (
	"net/http"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/web"
)

// door is what somebody sees who has not come in yet.
type door struct {
	// staff may come in by their PIN; chosen is who tried before.
	staff  []auth.Staff
	chosen id.ID
	errs   web.FormErrors
}

// show is the first screen: to enrol the device, to type a PIN, or the till.
func (t *till) show(v *visit) error {
	switch {
	case v.device.ID == 0:
		return web.Render(v.w, v.r, http.StatusOK, enrolPage(v, nil))
	case v.shift.ID == 0:
		return t.showDoor(v, http.StatusOK, door{})
	}
	return web.Render(v.w, v.r, http.StatusOK, tillPage(v))
}

func (t *till) showDoor(v *visit, status int, d door) error {
	var err error
	if d.staff, err = t.Auth.TillStaff(v.ctx(), v.programme.ID); err != nil {
		return err
	}
	return web.Render(v.w, v.r, status, doorPage(v, d))
}

// enrol makes this browser the till of a one-time code.
func (t *till) enrol(v *visit) error {
	_, token, err := t.Auth.Enrol(v.ctx(), v.field("code"), v.r.RemoteAddr)
	if err != nil {
		errs, ok := formErrors(v, err)
		if !ok {
			return err
		}
		return web.Render(v.w, v.r, http.StatusUnprocessableEntity, enrolPage(v, errs))
	}
	http.SetCookie(v.w, &http.Cookie{
		Name: deviceCookie, Value: token, Path: "/till", MaxAge: cookieLife, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: secure(v.r),
	})
	return web.Redirect(v.w, v.r, "/till")
}

// open lets somebody work at the till by their PIN.
func (t *till) open(v *visit) error {
	who, err := id.Parse(id.Staff, v.field("staff"))
	if err == nil {
		_, err = t.Auth.OpenShift(v.ctx(), v.device, who, v.field("pin"))
	}
	if err == nil {
		return web.Redirect(v.w, v.r, "/till")
	}
	errs, ok := formErrors(v, err)
	if !ok {
		return err
	}
	return t.showDoor(v, http.StatusUnprocessableEntity, door{chosen: who, errs: errs})
}

// formErrors puts what can be tried again beside its field.
func formErrors(v *visit, err error) (web.FormErrors, bool) {
	if errs, ok := web.ErrorsOf(v.Page, err); ok {
		return errs, true
	}
	f := fault.As(err)
	if f == nil {
		return nil, false
	}
	return web.FormErrors{"": v.Fault(f)}, true
}

func (t *till) lock(v *visit) error {
	if err := t.Auth.EndShift(v.ctx(), v.device); err != nil {
		return err
	}
	return web.Redirect(v.w, v.r, "/till")
}

// roll gives the device a new series of receipt numbers.
func (t *till) roll(v *visit) (any, error) {
	roll, err := t.Auth.Roll(v.ctx(), v.device)
	return map[string]int64{"device": v.device.Number, "roll": roll}, err
}

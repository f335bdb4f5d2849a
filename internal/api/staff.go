package api

import (
	"context"
	"net/http"

	"regulars/internal/auth"
	"regulars/internal/id"
)

func (s *server) addStaff() {
	read(s, operation{
		id: "list-staff", method: http.MethodGet, path: "/v1/staff", tag: tagKeys, needs: needs(auth.StaffRead),
		summary: "List who works with the programme, by name",
		text: "For the ids that owners of cases, actions and lessons are named by. Inviting, changing roles, blocking, PINs and tills are for people in the console: " +
			"no API key can carry the right to them.",
	}, func(ctx context.Context, c *call, _ *nothing) (staffList, error) {
		list, err := s.Auth.ListStaff(ctx, c.actor, c.programme())
		v := staffList{Items: make([]staffView, len(list))}
		for i := range list {
			v.Items[i] = staffOf(&list[i])
		}
		return v, err
	})
}

type staffList struct {
	Items []staffView `json:"items" nullable:"false"`
}

// staffView is somebody of the staff, as far as one programme is concerned.
type staffView struct {
	Staff    string   `json:"staff" example:"stf_01h9x3k7q2v5n"`
	Name     string   `json:"name" example:"Ola Nowak"`
	Email    string   `json:"email" example:"ola@example.com"`
	Roles    []string `json:"roles" nullable:"false" doc:"In this programme, or in every one: owner, manager, marketer, agent, till, read_only."`
	Invited  bool     `json:"invited,omitempty" doc:"They have not set a password yet."`
	Disabled bool     `json:"disabled,omitempty" doc:"They are kept from signing in."`
}

func staffOf(n *auth.Staff) staffView {
	v := staffView{Staff: n.ID.In(id.Staff), Name: n.Name, Email: n.Email, Roles: make([]string, len(n.Roles)), Invited: n.Invited, Disabled: n.Disabled}
	for i, r := range n.Roles {
		v.Roles[i] = string(r.Role)
	}
	return v
}

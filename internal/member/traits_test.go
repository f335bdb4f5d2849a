package member

import (
	"testing"

	"regulars/internal/id"
)

func TestEveryTrait(t *testing.T) {
	eachHouse(t, func(h *house) {
		enrolled := h.add(whole())
		tagged := h.add(&Member{ProgrammeID: here, Status: Known, Tags: []string{"vip"}})
		h.join("Nobody", "")
		h.add(&Member{ProgrammeID: there, Status: Known, Tags: []string{"vip"}})
		got, err := EveryTrait(h.t.Context(), h.d.Reader(), here)
		if err != nil {
			h.t.Fatal(err)
		}
		wantSame(h.t, "traits", map[id.ID]Traits{
			enrolled.ID: {Enrolled: enrolled.Enrolled, Tags: enrolled.Tags, Attributes: enrolled.Attributes, Birth: Birth{Day: enrolled.Birth.Day, Month: enrolled.Birth.Month}},
			tagged.ID:   {Tags: []string{"vip"}},
		}, got)
	})
}

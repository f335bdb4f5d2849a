package api

import (
	"context"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/id"
)

func (s *server) addCasePhotos() {
	download(s, operation{
		id: "get-case-photo", method: http.MethodGet, path: "/v1/cases/{case}/photos/{photo}", tag: tagCases, needs: needs(auth.CasesRead),
		summary: "Get a photo of a case", text: "A JPEG, drawn anew from what was sent.",
	}, "photo.jpg", func(ctx context.Context, c *call, in *casePhotoIn, out io.Writer) error {
		n, err := parseID(id.Case, "case", string(in.Case))
		if err != nil {
			return err
		}
		p, err := parseID(id.CasePhoto, "photo", string(in.Photo))
		if err != nil {
			return err
		}
		b, err := s.Complaints.Picture(ctx, c.actor, c.programme(), n, p)
		return written(out, b, err)
	})
}

type casePhotoIn struct {
	Case  caseID      `path:"case"`
	Photo casePhotoID `path:"photo"`
}

type casePhotoID string

// Schema describes it for the document.
func (casePhotoID) Schema(huma.Registry) *huma.Schema { return shown(id.CasePhoto, "The photo.") }

func photoNames(list []complaint.Photo) []string {
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = p.ID.In(id.CasePhoto)
	}
	return names
}

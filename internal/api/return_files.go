package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/photo"
)

func (s *server) addReturnFiles() {
	download(s, operation{
		id: "get-return-photo", method: http.MethodGet, path: "/v1/return-requests/{return}/photos/{photo}", tag: tagPromises, needs: needs(auth.ReturnsRead),
		summary: "Get a photo of an item", text: "A JPEG, drawn anew from what was sent.",
	}, "photo.jpg", func(ctx context.Context, c *call, in *returnPhotoIn, out io.Writer) error {
		n, err := parseID(id.Return, "return", string(in.Return))
		if err != nil {
			return err
		}
		p, err := parseID(id.ReturnPhoto, "photo", string(in.Photo))
		if err != nil {
			return err
		}
		b, err := s.Returns.Picture(ctx, c.actor, c.programme(), n, p)
		return written(out, b, err)
	})
	download(s, operation{
		id: "print-return-label", method: http.MethodGet, path: "/v1/return-requests/{return}/label.pdf", tag: tagPromises, needs: needs(auth.ReturnsRead),
		summary: "Print the label of a return that was accepted", text: "A PDF in A6, in the language asked for. It names nobody: its code is the number of the return.",
	}, "label.pdf", func(ctx context.Context, c *call, in *returnIn, out io.Writer) error {
		n, err := parseID(id.Return, "return", string(in.Return))
		if err != nil {
			return err
		}
		b, err := s.Returns.Label(ctx, c.actor, c.programme(), n, c.print)
		return written(out, b, err)
	})
}

func written(out io.Writer, b []byte, err error) error {
	if err != nil {
		return err
	}
	_, err = io.Copy(out, bytes.NewReader(b))
	return err
}

type returnPhotoIn struct {
	Return returnID      `path:"return"`
	Photo  returnPhotoID `path:"photo"`
}

type returnPhotoID string

// Schema describes it for the document.
func (returnPhotoID) Schema(huma.Registry) *huma.Schema { return shown(id.ReturnPhoto, "The photo.") }

// base64Photo is a photo within JSON.
type base64Photo string

// Schema describes it for the document.
func (base64Photo) Schema(huma.Registry) *huma.Schema {
	most := base64.StdEncoding.EncodedLen(photo.MaxUpload)
	return &huma.Schema{
		Type: huma.TypeString, ContentEncoding: "base64", MaxLength: &most,
		Description: "A JPEG or PNG in Base64 (RFC 4648, with padding).", Examples: []any{"/9j/4AAQSkZJRg=="},
	}
}

// decoded reads the photos of an item; what is no Base64 is no photo.
func decoded(list []base64Photo) ([][]byte, error) {
	var all [][]byte
	for i, text := range list {
		b, err := base64.StdEncoding.DecodeString(string(text))
		if err != nil {
			return nil, photo.Unreadable().At(fmt.Sprintf("/photos/%d", i))
		}
		all = append(all, b)
	}
	return all, nil
}

// decodedOne reads a photo that may be left out.
func decodedOne(text base64Photo) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		return nil, photo.Unreadable().At("/photo")
	}
	return b, nil
}

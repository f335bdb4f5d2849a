package api

import (
	"bytes"
	"errors"
	"mime"
	"net"
	"net/http"
	"strings"
	"time"

	"regulars/internal/fault"
)

// read returns the body of the request, of at most so many bytes.
func (c *call) read(most int64) ([]byte, error) {
	if err := checkMedia(c.r.Header); err != nil {
		return nil, err
	}
	return c.readAll(most)
}

// readAll reads a body of whatever kind.
func (c *call) readAll(most int64) ([]byte, error) {
	if c.r.ContentLength > most {
		return nil, tooLarge(most)
	}
	lift := c.hurry()
	var b bytes.Buffer
	b.Grow(int(max(c.r.ContentLength, 0)) + bytes.MinRead)
	_, err := b.ReadFrom(http.MaxBytesReader(c.w.ResponseWriter, c.r.Body, most))
	if err != nil {
		return nil, unread(err, most)
	}
	lift()
	return b.Bytes(), nil
}

// hurry lets reading end with the time that the request has, so that nobody
// holds a connection by sending slowly, and returns what lifts that once all
// is read. After a failure it stays, or the server would wait for the rest.
func (c *call) hurry() func() {
	control := http.NewResponseController(c.w.ResponseWriter)
	deadline, set := c.r.Context().Deadline()
	if !set || control.SetReadDeadline(deadline) != nil {
		return func() {}
	}
	return func() { _ = control.SetReadDeadline(time.Time{}) } // it could be set, so it can be lifted
}

// checkMedia refuses bodies that are not plain JSON.
func checkMedia(h http.Header) error {
	kind := h.Get("Content-Type")
	coding := h.Get("Content-Encoding")
	if kind == "application/json" && coding == "" {
		return nil
	}
	base, _, err := mime.ParseMediaType(kind)
	isJSON := kind == "" || err == nil && (base == "application/json" || strings.HasSuffix(base, "+json"))
	if !isJSON || coding != "" && coding != "identity" {
		return fault.Invalid("wrong_media_type", "send the body as application/json, not compressed")
	}
	return nil
}

func unread(err error, most int64) error {
	if _, is := errors.AsType[*http.MaxBytesError](err); is {
		return tooLarge(most)
	}
	if slow, is := errors.AsType[net.Error](err); is && slow.Timeout() {
		return fault.Busy("body_slow", "the body did not come in time; send it again").Because(err)
	}
	return fault.Invalid("body_cut_off", "the body was cut off; send it again").Because(err)
}

func tooLarge(most int64) error {
	return fault.Invalid("body_too_large", "the body is larger than %d bytes; send less at once", most).With("limit", most)
}

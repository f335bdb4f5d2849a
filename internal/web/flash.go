package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"

	"regulars/internal/i18n"
)

// Flash is a message shown once, on the page after the one that made it.
type Flash struct {
	Tone Tone      `json:"tone"`
	Text i18n.Text `json:"text"`
}

const (
	flashCookie = "flash"
	flashBytes  = 2048 // of a cookie; browsers keep about 4,000
)

// AddFlash leaves a message for the next page. It holds no personal data: the
// text is a key and plain figures. One that does not fit into a cookie is
// dropped.
func AddFlash(w http.ResponseWriter, r *http.Request, tone Tone, text i18n.Text) {
	raw, err := json.Marshal(append(readFlashes(r), Flash{tone, text}))
	if err != nil || len(raw) > flashBytes {
		return
	}
	setCookie(w, r, flashCookie, base64.RawURLEncoding.EncodeToString(raw), 60)
}

// takeFlashes reads the messages and takes them off, unless the request only
// fetches a part of a page.
func takeFlashes(w http.ResponseWriter, r *http.Request) []Flash {
	if IsFragment(r) {
		return nil
	}
	found := readFlashes(r)
	if len(found) > 0 {
		setCookie(w, r, flashCookie, "", -1)
	}
	return found
}

func readFlashes(r *http.Request) []Flash {
	c, err := r.Cookie(flashCookie)
	if err != nil {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return nil
	}
	var found []Flash
	if json.Unmarshal(raw, &found) != nil {
		return nil
	}
	return found
}

package console

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"regulars/internal/auth"
)

// draws sends the form of a picture; an empty file is none.
func (b *visitor) draws(t *testing.T, path string, file []byte, fields ...string) page {
	t.Helper()
	return b.sends(t, path, "image", file, fields...)
}

// sends sends a form with a file in a field; an empty file is none.
func (b *visitor) sends(t *testing.T, path, field string, file []byte, fields ...string) page {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(fields); i += 2 {
		check(t, form.WriteField(fields[i], fields[i+1]))
	}
	if len(file) > 0 {
		part, err := form.CreateFormFile(field, "mug.png")
		check(t, err)
		_, err = part.Write(file)
		check(t, err)
	}
	check(t, form.Close())
	r, err := http.NewRequest(http.MethodPost, b.w.server.URL+path, &body)
	check(t, err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return b.do(r)
}

// TestARewardIsPictured: uploaded, described, shown in list and page, exchanged
// and taken away, by who may write rewards.
func TestARewardIsPictured(t *testing.T) {
	w := newRewardShop(t)
	b := w.as(auth.Owner)
	var drawn bytes.Buffer
	check(t, png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 60, 40))))
	at := rewardAt(w.mug) + "/picture"
	b.get(rewardsAt+"/new").is(t, 200).shows(t, "Save the reward first")
	b.get(rewardAt(w.mug)+"/edit").is(t, 200).shows(t, "What it shows (English)", "Save the picture").hides(t, "Take the picture away")
	if body := b.get(rewardsAt).body; strings.Contains(body, "picture-thumb") {
		t.Error("the list keeps places for no pictures")
	}
	refused := b.draws(t, at, drawn.Bytes(), "alt/en", "").is(t, 422).shows(t, "Say in one line")
	if !strings.Contains(refused.body, `value="Blue mug from the Wedgwood pottery"`) {
		t.Error("the editor has lost the name of the reward")
	}
	b.draws(t, at, []byte("GIF89a"), "alt/en", "A mug").is(t, 422).shows(t, "no photo")
	b.draws(t, at, nil, "alt/en", "A mug").is(t, 422).shows(t, "Choose a picture first")
	shown := b.draws(t, at, drawn.Bytes(), "alt/en", "A blue mug").is(t, 200).shows(t, "The picture is saved.")
	if !strings.Contains(shown.body, `alt="A blue mug" width="60" height="40"`) || !strings.Contains(b.get(rewardsAt).body, "picture-thumb") {
		t.Error("page or list does not show the picture")
	}
	b.draws(t, at, nil, "alt/en", "A mug of blue").is(t, 200)
	b.get(rewardAt(w.mug)+"/edit").shows(t, "Take the picture away?")
	w.as(auth.Till).post(at+"/remove").is(t, http.StatusForbidden)
	b.post(at+"/remove").is(t, 200).shows(t, "The picture is gone.")
	b.get("/p/bean/audit").shows(t, "Picture of a reward set", "Picture of a reward taken away")
}

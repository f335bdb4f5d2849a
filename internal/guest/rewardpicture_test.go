package guest_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"testing"

	"regulars/internal/id"
	"regulars/internal/reward"
)

// offer publishes a reward.
func (w *town) offer(s reward.Spec) reward.Reward {
	w.t.Helper()
	s.WalletID = w.wallet.ID
	r, err := w.rewards.Create(ctx, system, w.programme.ID, s)
	check(w.t, err)
	r, err = w.rewards.Publish(ctx, system, w.programme.ID, r.ID)
	check(w.t, err)
	return r
}

// picture gives a reward a picture.
func (w *town) picture(r id.ID, width, height int, alts map[string]string) reward.Reward {
	w.t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.Set(x, y, color.RGBA{uint8(x * 255 / width), uint8(y * 255 / height), 160, 255})
		}
	}
	var b bytes.Buffer
	check(w.t, jpeg.Encode(&b, m, nil))
	kept, err := w.rewards.SetPicture(ctx, system, w.programme.ID, r, b.Bytes(), alts)
	check(w.t, err)
	return kept
}

// TestRewardsArePictured: in the customer's language, lazily and with its room
// kept; what has no picture has a calm place, and where none has one there are
// no empty places.
func TestRewardsArePictured(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		l := newLively(w)
		p := w.signedIn("anna@example.com")
		if body := p.get("/me/bean/rewards").is(200).body; strings.Contains(body, "picture") {
			t.Error("there are places for pictures, and no picture")
		}
		kept := w.picture(l.coffee.ID, 400, 300, map[string]string{"en": "A cup of <coffee>", "pl": "Filiżanka kawy"})
		body := p.get("/me/bean/rewards").is(200).body
		want := `<img class="picture picture-banner" src="` + kept.Picture.Address() + `" alt="A cup of &lt;coffee&gt;" width="400" height="300" loading="lazy" decoding="async" lang="en">`
		if !strings.Contains(body, want) || strings.Count(body, "picture-none") != 1 {
			t.Errorf("the page does not hold %s, or %d empty places", want, strings.Count(body, "picture-none"))
		}
		if !strings.Contains(p.get("/me/bean/rewards", "Cookie", "lang=pl").body, `alt="Filiżanka kawy"`) {
			t.Error("the picture is not described in Polish")
		}
	})
}

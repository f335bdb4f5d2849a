package console

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"regulars/internal/reward"
	"regulars/internal/web/webtest"
)

// TestRewardPagesInTheBrowser opens the pages of rewards on a phone and on a
// desk, in every language and both looks.
func TestRewardPagesInTheBrowser(t *testing.T) {
	w := newRewardShop(t)
	mux := http.NewServeMux()
	mux.Handle(reward.PicturePath, w.console.Rewards.Pictures())
	mux.Handle("/", w.console.Handler())
	b := browse(t, mux)
	var drawn bytes.Buffer
	check(t, png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 600, 400))))
	_, err := w.console.Rewards.SetPicture(ctx, system, w.programme.ID, w.mug.ID, drawn.Bytes(), map[string]string{"en": "A mug"})
	check(t, err)
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{
		{"phone-en", "en", "light", webtest.Phone}, {"desktop-en", "en", "light", webtest.Desktop},
		{"phone-ru", "ru", "dark", webtest.Phone}, {"desktop-pl", "pl", "dark", webtest.Desktop},
	} {
		prefer(t, b, look.lang, look.theme)
		for name, path := range map[string]string{
			"rewards": rewardsAt, "reward": rewardAt(w.mug), "reward-draft": rewardAt(w.draft), "reward-edit": rewardAt(w.mug) + "/edit",
			"redemptions": rewardsAt + "/taken?state=all", "redemption": takenAt(w.waiting) + "/details", "no-redemption": rewardsAt + "/taken?q=zzz",
		} {
			t.Run(look.name+"/"+name, func(t *testing.T) {
				b.Open(t, look.width, path)
				b.Check(t)
				b.Picture(t, look.name+"-"+name)
				if said := webtest.Script[string](t, b, `document.body.innerText`); strings.Contains(said, "console.") || strings.Contains(said, "{") {
					t.Errorf("a text is missing or unfilled on the page:\n%s", said)
				}
			})
		}
	}
}

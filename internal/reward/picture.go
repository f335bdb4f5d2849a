package reward

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/photo"
	"regulars/internal/program"
)

// PicturePath is where pictures of rewards lie; mount Pictures there.
const PicturePath = "/reward-pictures/"

const (
	// pictureSide is the longer side of a picture in pixels, pictureBytes the
	// most that it takes.
	pictureSide  = 800
	pictureBytes = 150 << 10
	maxAlt       = 150
)

// Picture is what a reward looks like. It is public to whoever has its address.
type Picture struct {
	// Hash of the JPEG is its name, so that browsers may keep it for good.
	Hash          string
	Width, Height int
	// Alts say what it shows, by language, for those who cannot see it.
	Alts map[string]string
}

// Exists reports whether there is a picture.
func (p *Picture) Exists() bool { return p.Hash != "" }

// Address is where the picture lies, from the root; empty for none.
func (p *Picture) Address() string {
	if !p.Exists() {
		return ""
	}
	return PicturePath + p.Hash + ".jpg"
}

// Alt returns what the picture shows, in the first of the languages in which
// that is said, with the language that it is really in.
func (p *Picture) Alt(languages ...string) i18n.Said { return i18n.Pick(p.Alts, languages...) }

// hashOf names a picture by its content.
func hashOf(jpeg []byte) string {
	sum := sha256.Sum256(jpeg)
	return hex.EncodeToString(sum[:16])
}

// checkAlts returns what is said of a picture, which must be said in the
// programme's first language.
func checkAlts(alts map[string]string, languages []string) (map[string]string, error) {
	kept := map[string]string{}
	for l, said := range alts {
		said = strings.TrimSpace(said)
		if _, known := i18n.ParseLang(l); !known || !line(said, maxAlt) {
			return nil, badAlt().At("/alt/" + l)
		}
		if said != "" {
			kept[l] = said
		}
	}
	if len(languages) > 0 && kept[languages[0]] == "" {
		return nil, badAlt().At("/alt/" + languages[0])
	}
	return kept, nil
}

func badAlt() *fault.Error {
	return fault.Invalid("reward_picture_alt", "say in one line of at most %d letters what the picture shows, for those who cannot see it", maxAlt).With("most", maxAlt)
}

// SetPicture gives a reward a picture, drawn anew out of a JPEG or PNG, and says
// what it shows; without an upload it says that of the picture that is there. It
// refuses what photo refuses, pointing at /image. It needs rewards.write.
func (c *Catalog) SetPicture(ctx context.Context, a auth.Actor, programme, reward id.ID, upload []byte, alts map[string]string) (Reward, error) {
	if err := a.Can(programme, auth.RewardsWrite); err != nil {
		return Reward{}, err
	}
	var drawn photo.Photo
	if len(upload) > 0 {
		var err error
		if drawn, err = photo.RedrawWithin(upload, pictureSide, pictureBytes); err != nil {
			return Reward{}, fault.At("/image", err)
		}
	}
	return c.alter(ctx, a, programme, reward, "reward.picture", func(tx *db.Tx, w *Reward) error {
		p, err := program.Load(ctx, tx, programme)
		if err != nil {
			return err
		}
		if w.Picture.Alts, err = checkAlts(alts, p.Languages); err != nil {
			return err
		}
		switch {
		case len(drawn.JPEG) > 0:
			w.Picture.Hash, w.Picture.Width, w.Picture.Height = hashOf(drawn.JPEG), drawn.Width, drawn.Height
			return upsertPicture(ctx, tx, w, drawn.JPEG, c.now())
		case !w.Picture.Exists():
			return fault.Invalid("reward_picture", "choose a picture first, as a JPEG or PNG").At("/image")
		}
		return updateAlts(ctx, tx, w)
	})
}

// RemovePicture takes the picture of a reward away, if there is one. It needs
// rewards.write.
func (c *Catalog) RemovePicture(ctx context.Context, a auth.Actor, programme, reward id.ID) (Reward, error) {
	return c.alter(ctx, a, programme, reward, "reward.picture_remove", func(tx *db.Tx, w *Reward) error {
		w.Picture = Picture{}
		return deletePicture(ctx, tx, w.ID)
	})
}

// Pictured reports whether any of the rewards has a picture.
func Pictured(rewards []Reward) bool {
	return slices.ContainsFunc(rewards, func(r Reward) bool { return r.Picture.Exists() })
}

package console

import (
	"errors"
	"io"
	"net/http"

	"regulars/internal/id"
	"regulars/internal/photo"
	"regulars/internal/web"
)

// setRewardPicture takes a picture of a reward, or other words for the one that
// it has.
func (c *Console) setRewardPicture(v *visit) error {
	upload, err := fileUpload(v, "image")
	return c.pictured(v, "console.reward.picture_saved", func(f *rewardForm) error {
		if err != nil {
			return err
		}
		alts := map[string]string{}
		for _, lang := range v.programme.Languages {
			alts[lang] = v.field("alt/" + lang)
		}
		_, err := c.Rewards.SetPicture(v.ctx(), v.actor, v.programme.ID, f.id, upload, alts)
		return err
	})
}

func (c *Console) removeRewardPicture(v *visit) error {
	return c.pictured(v, "console.reward.picture_removed", func(f *rewardForm) error {
		_, err := c.Rewards.RemovePicture(v.ctx(), v.actor, v.programme.ID, f.id)
		return err
	})
}

// pictured changes the picture of the reward of the address, and goes back to
// its page or shows what must be put right.
func (c *Console) pictured(v *visit, said string, do func(*rewardForm) error) error {
	f, err := c.rewardForm(v)
	if err != nil {
		return err
	}
	f.drawing = true
	if err := do(f); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			f.errs = errs
			return rewardEditor(f)
		})
	}
	return v.done(v.at("/rewards/"+f.id.In(id.Reward)), said)
}

// fileUpload reads the file of a field of the form; none when none was chosen.
func fileUpload(v *visit, field string) ([]byte, error) {
	err := v.r.ParseMultipartForm(formBytes)
	if errors.Is(err, http.ErrNotMultipart) {
		return nil, nil
	}
	if large := new(http.MaxBytesError); errors.As(err, &large) {
		return nil, photo.TooLarge().At("/" + field)
	}
	if err != nil {
		return nil, photo.Unreadable().At("/" + field)
	}
	defer func() { _ = v.r.MultipartForm.RemoveAll() }() // files of ours that nobody needs any more
	file, _, err := v.r.FormFile(field)
	if errors.Is(err, http.ErrMissingFile) {
		return nil, nil
	}
	if err != nil {
		return nil, photo.Unreadable().At("/" + field)
	}
	defer func() { _ = file.Close() }() // it was only read
	return io.ReadAll(file)
}

// alt is what is said of the picture in a language.
func (f *rewardForm) alt(lang string) string {
	if f.r.Method == "POST" && f.drawing {
		return f.field("alt/" + lang)
	}
	return f.kept.Picture.Alts[lang]
}

// altHelp says once what the words are for.
func (f *rewardForm) altHelp(i int) string {
	if i > 0 {
		return ""
	}
	return f.T("console.reward.picture_alt_help")
}

// pictureButtons keep the picture, or lead to taking it away.
func (f *rewardForm) pictureButtons() []web.Button {
	list := []web.Button{{Label: f.T("console.reward.picture_save")}}
	if f.kept.Picture.Exists() {
		list = append(list, web.Button{Label: f.T("console.reward.picture_remove"), Kind: web.Quiet, Opens: "unpicture"})
	}
	return list
}

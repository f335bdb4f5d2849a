package api

import (
	"context"
	"encoding/base64"
	"net/http"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/reward"
)

// pictureView is what a reward looks like.
type pictureView struct {
	Address string            `json:"address" doc:"Where the picture lies, from the root of this server, for everybody. It changes with the picture, so it may be kept for good." example:"/reward-pictures/9f86d081884c7d659a2feaa0c55ad015.jpg"`
	Width   int               `json:"width" doc:"In pixels." example:"800"`
	Height  int               `json:"height" example:"600"`
	Alt     map[string]string `json:"alt" doc:"What it shows, by language." example:"{\"en\": \"A blue mug\"}"`
}

func pictureOf(p *reward.Picture) *pictureView {
	if !p.Exists() {
		return nil
	}
	return &pictureView{p.Address(), p.Width, p.Height, p.Alts}
}

// pictureBody is a picture as it is sent.
type pictureBody struct {
	Image string            `json:"image,omitempty" doc:"A JPEG or PNG in base64. It is drawn anew and kept smaller; nothing else of the file is kept. Left out, the words of the picture that is there are written." example:"iVBORw0KGgo="`
	Alt   map[string]string `json:"alt" doc:"What it shows, by language, in one line each; needed in the programme's first language." example:"{\"en\": \"A blue mug\"}"`
}

func (s *server) addRewardPictures() {
	const path = "/v1/rewards/{reward}/picture"
	write(s, operation{
		id: "set-reward-picture", method: http.MethodPut, path: path, tag: tagRewards, needs: needs(auth.RewardsWrite), bulk: true,
		summary: "Give a reward a picture", text: "In place of the one that it has. With what it shows, for those who cannot see it.",
		example: `{"image": "iVBORw0KGgo=", "alt": {"en": "A blue mug"}}`,
	}, func(ctx context.Context, c *call, in *rewardIn, body *pictureBody) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		image, err := base64.StdEncoding.DecodeString(body.Image)
		if err != nil {
			return "", fault.Invalid("malformed_base64", "send the file in base64, with its padding").At("/image")
		}
		return rewardDone(s.Rewards.SetPicture(ctx, c.actor, c.programme(), n, image, body.Alt))
	}, s.showReward)
	write(s, operation{
		id: "remove-reward-picture", method: http.MethodDelete, path: path, tag: tagRewards, needs: needs(auth.RewardsWrite), summary: "Take the picture of a reward away",
	}, func(ctx context.Context, c *call, in *rewardIn, _ *nothing) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		return rewardDone(s.Rewards.RemovePicture(ctx, c.actor, c.programme(), n))
	}, s.showReward)
}

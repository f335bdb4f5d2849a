package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/challenge"
	"regulars/internal/fault"
	"regulars/internal/id"
)

const exampleChallenge = `{"names": {"en": "Coffee month"}, "form": "goal", "counts": "units", "lines": {"categories": ["coffee"]}, "span": "month", "steps": [{"at": 5, "reward": {"kind": "points", "points": 50}}]}`

func (s *server) addChallenges() {
	read(s, operation{
		id: "list-challenges", method: http.MethodGet, path: "/v1/challenges", tag: tagChallenges, needs: needs(auth.ChallengesRead),
		summary: "List challenges",
	}, s.listChallenges)
	read(s, operation{
		id: "get-challenge", method: http.MethodGet, path: "/v1/challenges/{challenge}", tag: tagChallenges, needs: needs(auth.ChallengesRead),
		summary: "Get a challenge",
	}, func(ctx context.Context, c *call, in *challengeIn) (challengeView, error) {
		n, err := in.id()
		if err != nil {
			return challengeView{}, err
		}
		found, err := s.Challenges.Get(ctx, c.actor, c.programme(), n)
		return s.challengeView(c, &found), err
	})
	read(s, operation{
		id: "list-challenge-results", method: http.MethodGet, path: "/v1/challenges/results", tag: tagChallenges, needs: needs(auth.ChallengesRead),
		summary: "List what became of challenges", text: "Those first that were made first; none of drafts.",
	}, s.listChallengeResults)
	read(s, operation{
		id: "list-member-challenges", method: http.MethodGet, path: "/v1/members/{member}/challenges", tag: tagChallenges,
		needs: needs(auth.ChallengesRead, auth.MembersRead), summary: "List the open challenges of a member, with their progress",
	}, s.listMemberChallenges)
	take(s, operation{
		id: "try-challenge", method: http.MethodPost, path: "/v1/challenges/try", tag: tagChallenges, needs: needs(auth.ChallengesRead, auth.MembersRead),
		summary: "Say what a challenge would have given one member in the past",
		text: "Of a challenge that is stored, or of what it shall say: give one of both. Looked at are the past 12 months, or as long a time as the challenge lasts where it is done once " +
			"between fixed dates. Limits of all members together are left out. Nothing changes.",
		example: `{"member": "mem_01h9x3k7q2v5n", "says": ` + exampleChallenge + `}`,
	}, s.tryChallenge)
	s.addChallengeVerbs()
}

type challengeTry struct {
	Member    string         `json:"member" maxLength:"40" example:"mem_01h9x3k7q2v5n"`
	Challenge string         `json:"challenge,omitempty" maxLength:"40" doc:"A stored challenge; left out when says is given." example:"chl_01h9x3k7q2v5n"`
	Says      *challengeSpec `json:"says,omitempty" doc:"What the challenge shall say."`
}

type challengeTrial struct {
	Member  string    `json:"member" example:"mem_01h9x3k7q2v5n"`
	Rewards int64     `json:"rewards" doc:"How many the member would have been given." example:"3"`
	Since   time.Time `json:"since" doc:"From where the past was looked at."`
	Until   time.Time `json:"until"`
}

func (s *server) tryChallenge(ctx context.Context, c *call, body *challengeTry) (challengeTrial, error) {
	m, err := id.Parse(id.Member, body.Member)
	if err != nil {
		return challengeTrial{}, fault.At("/member", err)
	}
	spec, err := s.tried(ctx, c, body)
	if err != nil {
		return challengeTrial{}, err
	}
	t, err := s.Challenges.Try(ctx, c.actor, c.programme(), m, spec)
	if body.Says != nil {
		err = within("/says", err)
	}
	return challengeTrial{m.In(id.Member), t.Rewards, t.Since.UTC(), t.Until.UTC()}, err
}

// tried returns what the challenge says that is to be tried.
func (s *server) tried(ctx context.Context, c *call, body *challengeTry) (challenge.Spec, error) {
	if (body.Says == nil) == (body.Challenge == "") {
		return challenge.Spec{}, fault.Invalid("challenge_to_try", "name a stored challenge, or say what one shall say; not both").At("/challenge")
	}
	if body.Says != nil {
		spec, err := body.Says.spec(c)
		return spec, within("/says", err)
	}
	n, err := id.Parse(id.Challenge, body.Challenge)
	if err != nil {
		return challenge.Spec{}, fault.At("/challenge", err)
	}
	found, err := s.Challenges.Get(ctx, c.actor, c.programme(), n)
	return found.Spec, fault.At("/challenge", err)
}

func (s *server) addChallengeVerbs() {
	write(s, operation{
		id: "create-challenge", method: http.MethodPost, path: "/v1/challenges", tag: tagChallenges, needs: needs(auth.ChallengesWrite), created: true,
		summary: "Make a challenge, as a draft", example: exampleChallenge,
	}, func(ctx context.Context, c *call, _ *nothing, body *challengeSpec) (string, error) {
		spec, err := body.spec(c)
		if err != nil {
			return "", err
		}
		return challengeDone(s.Challenges.Create(ctx, c.actor, c.programme(), spec))
	}, s.showChallenge)
	write(s, operation{
		id: "change-challenge", method: http.MethodPut, path: "/v1/challenges/{challenge}", tag: tagChallenges, needs: needs(auth.ChallengesWrite),
		summary: "Write what a challenge says", text: "Of one that was published only names and descriptions can change.", example: exampleChallenge,
	}, func(ctx context.Context, c *call, in *challengeIn, body *challengeSpec) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		spec, err := body.spec(c)
		if err != nil {
			return "", err
		}
		return challengeDone(s.Challenges.Update(ctx, c.actor, c.programme(), n, spec))
	}, s.showChallenge)
	s.addChallengeTurn("publish-challenge", "publish", "Open a challenge to members", "What happens from now on counts.", s.Challenges.Publish)
	s.addChallengeTurn("end-challenge", "end", "End a challenge now", "What was reached before is given still, also when it is told late.", s.Challenges.End)
	write(s, operation{
		id: "discard-challenge", method: http.MethodDelete, path: "/v1/challenges/{challenge}", tag: tagChallenges, needs: needs(auth.ChallengesWrite),
		summary: "Throw a draft away",
	}, func(ctx context.Context, c *call, in *challengeIn, _ *nothing) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		return string(in.Challenge), s.Challenges.Discard(ctx, c.actor, c.programme(), n)
	}, func(_ context.Context, _ *call, subject string) (discardedChallenge, error) {
		return discardedChallenge{subject}, nil
	})
	write(s, operation{
		id: "join-challenge", method: http.MethodPost, path: "/v1/challenges/{challenge}/join", tag: tagChallenges, needs: needs(auth.MembersWrite),
		summary: "Let a member join a challenge that asks for it", text: "Joining again changes nothing.", example: `{"member": "mem_01h9x3k7q2v5n"}`,
	}, s.joinChallenge, s.showJoined)
}

func (s *server) addChallengeTurn(name, verb, summary, text string, turn func(context.Context, auth.Actor, id.ID, id.ID) (challenge.Challenge, error)) {
	write(s, operation{
		id: name, method: http.MethodPost, path: "/v1/challenges/{challenge}/" + verb, tag: tagChallenges, needs: needs(auth.ChallengesPublish), summary: summary, text: text,
	}, func(ctx context.Context, c *call, in *challengeIn, _ *nothing) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		return challengeDone(turn(ctx, c.actor, c.programme(), n))
	}, s.showChallenge)
}

// challengeIn names a challenge in an address.
type challengeIn struct {
	Challenge challengeID `path:"challenge"`
}

func (in challengeIn) id() (id.ID, error) {
	return parseID(id.Challenge, "challenge", string(in.Challenge))
}

type challengeID string

// Schema describes it for the document.
func (challengeID) Schema(huma.Registry) *huma.Schema {
	return shown(id.Challenge, "The challenge.")
}

type discardedChallenge struct {
	Challenge string `json:"challenge" doc:"The challenge that is gone." example:"chl_01h9x3k7q2v5n"`
}

func challengeDone(n challenge.Challenge, err error) (string, error) {
	return n.ID.In(id.Challenge), err
}

func (s *server) showChallenge(ctx context.Context, c *call, subject string) (challengeView, error) {
	n, err := parseID(id.Challenge, "challenge", subject)
	if err != nil {
		return challengeView{}, err
	}
	found, err := s.Challenges.Get(ctx, watcher, c.programme(), n)
	return s.challengeView(c, &found), err
}

type challengeListIn struct {
	State string `query:"state" doc:"draft, published or ended; all when left out."`
}

type challengeList struct {
	Items []challengeView `json:"items" nullable:"false" doc:"Those first that were made first."`
}

func (s *server) listChallenges(ctx context.Context, c *call, in *challengeListIn) (challengeList, error) {
	v := challengeList{Items: []challengeView{}}
	if err := oneOf("state", in.State, challenge.States()); err != nil {
		return v, err
	}
	list, err := s.Challenges.List(ctx, c.actor, c.programme())
	for i := range list {
		if in.State == "" || in.State == string(list[i].StateAt(s.Now())) {
			v.Items = append(v.Items, s.challengeView(c, &list[i]))
		}
	}
	return v, err
}

type challengeResult struct {
	Challenge string `json:"challenge" example:"chl_01h9x3k7q2v5n"`
	Joined    int64  `json:"joined" doc:"Members who take part." example:"120"`
	Completed int64  `json:"completed" doc:"Members who were given something." example:"48"`
	Share     int64  `json:"share" doc:"completed of joined, in ten-thousandths." example:"4000"`
	Rewards   int64  `json:"rewards" doc:"Given, or about to be." example:"60"`
	Unfunded  int64  `json:"unfunded" doc:"Reached when the budget was used up."`
	Refused   int64  `json:"refused" doc:"Reached, and could not be given."`
	Reversed  int64  `json:"reversed" doc:"Taken back after returns."`
	Points    int64  `json:"points" example:"3000"`
	Cost      int64  `json:"cost" doc:"What the programme owes for the points, in minor units." example:"3000"`
}

type challengeResults struct {
	Items []challengeResult `json:"items" nullable:"false"`
}

func (s *server) listChallengeResults(ctx context.Context, c *call, _ *nothing) (challengeResults, error) {
	v := challengeResults{Items: []challengeResult{}}
	list, err := s.Challenges.List(ctx, c.actor, c.programme())
	if err != nil {
		return v, err
	}
	results, err := s.Challenges.Results(ctx, c.actor, c.programme())
	for i := range list {
		if r := results[list[i].ID]; r != nil {
			v.Items = append(v.Items, challengeResult{
				r.ChallengeID.In(id.Challenge), r.Joined, r.Completed, r.Share(), r.Rewards, r.Unfunded, r.Refused, r.Reversed, r.Points, r.Cost,
			})
		}
	}
	return v, err
}

type progressList struct {
	Items []progressView `json:"items" nullable:"false" doc:"Those first that were made first."`
}

func (s *server) listMemberChallenges(ctx context.Context, c *call, in *memberIn) (progressList, error) {
	v := progressList{Items: []progressView{}}
	m, err := in.Member.id()
	if err != nil {
		return v, err
	}
	list, err := s.Challenges.Of(ctx, c.actor, c.programme(), m)
	for i := range list {
		v.Items = append(v.Items, c.progress(&list[i]))
	}
	return v, err
}

type joinBody struct {
	Member string `json:"member" maxLength:"40" example:"mem_01h9x3k7q2v5n"`
}

func (s *server) joinChallenge(ctx context.Context, c *call, in *challengeIn, body *joinBody) (string, error) {
	n, err := in.id()
	if err != nil {
		return "", err
	}
	m, err := id.Parse(id.Member, body.Member)
	if err != nil {
		return "", fault.At("/member", err)
	}
	_, err = s.Challenges.Join(ctx, c.actor, c.programme(), m, n)
	return n.In(id.Challenge) + " " + m.In(id.Member), err
}

// showJoined answers with the member's progress in the challenge joined.
func (s *server) showJoined(ctx context.Context, c *call, subject string) (progressView, error) {
	which, whom, _ := strings.Cut(subject, " ")
	m, err := id.Parse(id.Member, whom)
	if err != nil {
		return progressView{}, err
	}
	list, err := s.Challenges.Of(ctx, watcher, c.programme(), m)
	for i := range list {
		if list[i].Challenge.ID.In(id.Challenge) == which {
			return c.progress(&list[i]), err
		}
	}
	return progressView{Challenge: which}, err
}

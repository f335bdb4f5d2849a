package world

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/lesson"
	"regulars/internal/program"
)

// scenes are the words that the shop writes in these weeks: standards, lessons,
// known issues, and a feed that others write.
//
//go:embed scenes
var scenes embed.FS

// scene reads what the shop writes of something.
func scene(name string, into any) error {
	raw, err := scenes.ReadFile(path.Join("scenes", name))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("reading the scene %s: %w", name, err)
	}
	return nil
}

// day is a moment of one of the days since it began.
func day(n int, after time.Duration) time.Time { return opens.AddDate(0, 0, n).Add(after) }

// places are where the shop meets its guests; real sales name none of them.
var places = []program.Shop{
	{Code: "counter", Name: "Collection point (simulated)"},
	{Code: "showroom", Name: "Showroom (simulated)"},
}

// crew is who works there. None of them can sign in: nobody sees the links that
// would let them.
var crew = []struct {
	name string
	role auth.Role
}{
	{"Alice Moss", auth.Manager}, {"Ben Carter", auth.Till}, {"Chloe Dunn", auth.Till}, {"Daniel Fox", auth.Agent}, {"Ewa Lis", auth.Till},
	{"Farid Khan", auth.Till}, {"Grace Hill", auth.Agent}, {"Hugo Marsh", auth.Till}, {"Irina Belova", auth.Till}, {"Jack Poole", auth.Till},
	{"Kate Reed", auth.Agent}, {"Liam Stone", auth.Till},
}

// hire brings the crew in, and opens the places where they work.
func (b *behaviour) hire(ctx context.Context) error {
	for _, p := range places {
		p.ProgrammeID = b.programme
		if _, err := b.d.Programmes.AddShop(ctx, actor, p); err != nil {
			return err
		}
	}
	for i, c := range crew {
		who, _, err := b.d.Auth.Invite(ctx, actor, auth.Invitation{
			Email: fmt.Sprintf("crew%d@demo.example", i+1), Name: c.name + " (" + simulated + ")", Language: "en",
			Roles: []auth.Assignment{{ProgrammeID: b.programme, Role: c.role}},
		})
		if err != nil {
			return err
		}
		b.crew = append(b.crew, who)
	}
	return nil
}

const (
	knowShare  = 80 // per cent of the questions are right at the first time
	againShare = 60 // per cent of those who fail try again, and know it then
	restAfter  = 10 // people who take the first lesson; the others have it before them
)

// teach has lessons written from the complaints, and taken by most.
func (b *behaviour) teach(ctx context.Context) error {
	random := rand.New(rand.NewPCG(seed, seed+2))
	lessons := lesson.New(lesson.Config{DB: b.d.DB, Now: b.now, Complaints: complaint.New(complaint.Config{DB: b.d.DB, Flow: b.d.Flow, Now: b.now})})
	var specs []lesson.Spec
	if err := scene("lessons.json", &specs); err != nil {
		return err
	}
	for i := range specs {
		b.clock = day(1+i, 0)
		n, err := lessons.Save(ctx, actor, b.programme, 0, 0, specs[i])
		if err == nil {
			n, err = lessons.Publish(ctx, actor, b.programme, n.ID)
		}
		if err != nil {
			return err
		}
		takers := b.crew[:restAfter]
		if i > 0 {
			takers = b.crew[:restAfter/2]
		}
		for k, who := range takers {
			if err := b.learn(ctx, lessons, n, who, day(2+i+k, time.Duration(random.IntN(8*60))*time.Minute), random); err != nil {
				return err
			}
		}
	}
	b.clock = opens
	return nil
}

// learn is one of the crew taking a lesson, some of those who fail once more.
func (b *behaviour) learn(ctx context.Context, lessons *lesson.Service, n *lesson.Lesson, who auth.Staff, at time.Time, random *rand.Rand) error {
	share := knowShare
	for range 2 {
		answers := map[string][]string{}
		for i := range n.Spec.Questions {
			q := &n.Spec.Questions[i]
			answers[q.Code] = chosen(q, random.IntN(100) < share)
		}
		b.clock = at
		made, err := lessons.Take(ctx, who.Actor(), b.programme, n.ID, n.Version, answers)
		if err != nil || made.Passed || random.IntN(100) >= againShare {
			return err
		}
		at, share = at.Add(90*time.Minute), 100
	}
	return nil
}

// chosen are the right options of a question, or else the first that is wrong.
func chosen(q *lesson.Question, right bool) (list []string) {
	for _, o := range q.Options {
		if o.Right == right {
			list = append(list, o.Code)
		}
	}
	if !right {
		return list[:1]
	}
	return list
}

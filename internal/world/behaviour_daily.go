package world

import (
	"cmp"
	"context"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/survey"
)

// How satisfaction is asked day by day: from 3 December, two days after a purchase,
// of those who left an address at it and allow questions.
var dailyAt = time.Date(2011, 12, 3, 9, 0, 0, 0, time.UTC)

const (
	dailyWait    = 2
	dailyHour    = 10
	dailyMost    = 15
	dailyAddress = 70 // per cent leave an address and allow questions
	dailyShare   = 35 // per cent of those who are asked answer
	dailyHours   = 12 // within which they do
)

// dailyScores are how many per cent of those who answer give 1, 2, 3 and 4; the
// rest give 5.
var dailyScores = [4]int{4, 7, 14, 41}

// askDaily asks it, and answers. Everybody goes by a seed of their own, so that
// nothing else comes out otherwise.
func (b *behaviour) askDaily(ctx context.Context) error {
	b.clock = dailyAt.Add(-time.Hour)
	if err := b.leaveAddresses(ctx); err != nil {
		return err
	}
	surveys := survey.New(b.d.DB, b.d.Flow, b.now)
	of, err := b.publishes(ctx, surveys, survey.CSAT)
	if err != nil {
		return err
	}
	b.clock = dailyAt
	n, err := surveys.SetStanding(ctx, actor, b.programme, of.ID, survey.StandingPlan{
		After: survey.AfterPurchase, Wait: dailyWait, Hour: dailyHour, Most: dailyMost, Rest: survey.DefaultRest, Seed: seed, Days: survey.DefaultDays,
	})
	for err == nil && n.Next.Before(AsOf) {
		b.clock = n.Next
		if err = surveys.DrawDue(ctx); err == nil {
			err = b.d.settle(ctx) // they are drawn by a job
		}
		if err == nil {
			n, err = surveys.Standing(ctx, actor, b.programme, of.ID)
		}
	}
	if err != nil {
		return err
	}
	if err := b.answerDaily(ctx, surveys, of.ID); err != nil {
		return err
	}
	b.clock = opens
	return b.d.settle(ctx) // answers get onto timelines
}

// lot is the chance of one customer in one thing.
func (b *behaviour) lot(m id.ID, thing string) *rand.Rand {
	name := fnv.New64a()
	name.Write([]byte(thing + " " + b.names[m]))
	return rand.New(rand.NewPCG(seed, name.Sum64()))
}

// leaveAddresses gives some of those who bought in December an address that leads
// nowhere, and their word that they may be asked.
func (b *behaviour) leaveAddresses(ctx context.Context) error {
	members := member.New(b.d.DB, b.now)
	seen := map[id.ID]bool{}
	for _, o := range b.orders {
		if seen[o.member] || o.at.Before(dailyAt.AddDate(0, 0, -dailyWait-1)) || b.lot(o.member, "address").IntN(100) >= dailyAddress {
			continue
		}
		seen[o.member] = true
		address, err := member.Normalise(member.Email, simulated+"-"+b.names[o.member]+"@customers.example", "GB")
		if err != nil {
			return err
		}
		if _, err := members.Update(ctx, actor, b.programme, o.member, member.Edit{Add: []member.Identity{address}}); err != nil {
			return err
		}
		said := member.Consent{Purpose: member.Surveys, Channel: member.ByEmail, Given: true, At: b.clock, Source: simulated}
		if _, err := members.SetConsents(ctx, actor, b.programme, o.member, said); err != nil {
			return err
		}
	}
	return nil
}

// answerDaily is what those who were asked do.
func (b *behaviour) answerDaily(ctx context.Context, surveys *survey.Service, of id.ID) error {
	asked, err := surveys.Invitations(ctx, actor, b.programme, of, 0, math.MaxInt32)
	if err != nil {
		return err
	}
	slices.SortFunc(asked, func(one, other survey.Invitation) int {
		return cmp.Compare(b.names[one.MemberID], b.names[other.MemberID])
	})
	p, err := program.Load(ctx, b.d.DB.Reader(), b.programme)
	if err != nil {
		return err
	}
	for _, n := range asked {
		r := b.lot(n.MemberID, "satisfaction")
		if r.IntN(100) >= dailyShare {
			continue
		}
		b.clock = n.Made.Add(time.Duration(r.IntN(dailyHours*60)) * time.Minute)
		number, k := 1, r.IntN(100)
		for _, share := range dailyScores {
			if k -= share; k < 0 {
				break
			}
			number++
		}
		secret := survey.Token(p.Salt, n.ID)
		if _, err := surveys.Answer(ctx, secret, "score", survey.Answer{Number: number}, "en"); err != nil {
			return err
		}
		if _, err := surveys.Answer(ctx, secret, "why", survey.Answer{Skipped: true}, "en"); err != nil {
			return err
		}
	}
	return nil
}

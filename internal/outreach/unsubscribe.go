package outreach

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
)

// UnsubscribePath begins the address of ours under which a consent is taken
// back; the token follows.
const UnsubscribePath = "/u/"

// A token is programme, member, purpose and channel, and a tag that only we can
// make. It does not end, as a mail may be read years later.
const (
	tokenBody = 8 + 8 + 1 + 1
	tokenTag  = 16
)

func sign(p program.Programme, m id.ID, purpose member.Purpose, ch member.Channel) string {
	body := binary.BigEndian.AppendUint64(nil, uint64(p.ID))
	body = binary.BigEndian.AppendUint64(body, uint64(m))
	body = append(body, byte(slices.Index(member.Purposes(), purpose)), byte(slices.Index(member.Channels(), ch)))
	return base64.RawURLEncoding.EncodeToString(append(body, tag(p, body)...))
}

func tag(p program.Programme, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte("unsubscribe "+p.Salt))
	mac.Write(body)
	return mac.Sum(nil)[:tokenTag]
}

// Leaving is what a token of unsubscription stands for.
type Leaving struct {
	Programme program.Programme
	MemberID  id.ID
	Purpose   member.Purpose
	Channel   member.Channel
}

// ReadUnsubscribe says what a token stands for and changes nothing; it refuses
// what is no token of ours with "unsubscribe_unknown".
func (s *Service) ReadUnsubscribe(ctx context.Context, token string) (Leaving, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	unknown := fault.Missing("unsubscribe_unknown", "this link is not complete; open it from the message again")
	if err != nil || len(raw) != tokenBody+tokenTag {
		return Leaving{}, unknown
	}
	body := raw[:tokenBody]
	purpose, ch := int(body[16]), int(body[17])
	if purpose >= len(member.Purposes()) || ch >= len(member.Channels()) {
		return Leaving{}, unknown
	}
	p, err := program.Load(ctx, s.DB.Reader(), id.ID(binary.BigEndian.Uint64(body)))
	if fault.As(err) != nil && fault.As(err).Kind == fault.KindMissing {
		return Leaving{}, unknown
	}
	if err != nil {
		return Leaving{}, err
	}
	if !hmac.Equal(raw[tokenBody:], tag(p, body)) {
		return Leaving{}, unknown
	}
	return Leaving{Programme: p, MemberID: id.ID(binary.BigEndian.Uint64(body[8:])), Purpose: member.Purposes()[purpose], Channel: member.Channels()[ch]}, nil
}

// Unsubscribe takes the consent back that a token stands for. Doing it again
// changes nothing.
func (s *Service) Unsubscribe(ctx context.Context, token string) (Leaving, error) {
	l, err := s.ReadUnsubscribe(ctx, token)
	if err != nil {
		return l, err
	}
	if gone, err := s.gone(ctx, l); gone || err != nil {
		return l, err
	}
	_, err = s.Members.SetConsents(ctx, auth.System("unsubscribe"), l.Programme.ID, l.MemberID,
		member.Consent{Purpose: l.Purpose, Channel: l.Channel, Source: "unsubscribe link"})
	if f := fault.As(err); f != nil && f.Kind != fault.KindBusy {
		return l, nil // who was erased gets nothing anyway
	}
	return l, err
}

// gone reports whether the consent was taken back already, so that a link opened
// again and again adds nothing.
func (s *Service) gone(ctx context.Context, l Leaving) (bool, error) {
	aliases, err := member.Aliases(ctx, s.DB.Reader(), l.MemberID)
	if err != nil || len(aliases) == 0 {
		return false, err
	}
	history, err := member.Consents(ctx, s.DB.Reader(), aliases)
	if err != nil || member.Allowed(history, l.Purpose, l.Channel) {
		return false, err
	}
	return slices.ContainsFunc(member.Current(history), func(c member.Consent) bool {
		return c.Purpose == l.Purpose && c.Channel == l.Channel && !c.Given
	}), nil
}

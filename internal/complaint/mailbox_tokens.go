package complaint

import (
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"
)

// tokens keeps access tokens in memory until shortly before they end, so that not
// every look asks for one.
type tokens struct {
	mu   sync.Mutex
	kept map[[sha256.Size]byte]keptToken
}

type keptToken struct {
	token string
	until time.Time
}

// grantOf tells apart by what a token is given: whoever writes another secret or
// address gets another token.
func grantOf(box *Mailbox) [sha256.Size]byte {
	var all []byte
	all = binary.AppendVarint(all, int64(box.ProgrammeID))
	for _, part := range []string{box.TokenURL, box.ClientID, box.Scope, box.clientSecret, box.refreshToken} {
		all = append(binary.AppendUvarint(all, uint64(len(part))), part...)
	}
	return sha256.Sum256(all)
}

// find returns the token of a mailbox that is good at a time; empty for none.
func (k *tokens) find(box *Mailbox, now time.Time) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if one := k.kept[grantOf(box)]; now.Before(one.until) {
		return one.token
	}
	return ""
}

// keep keeps a token for so long, and forgets those whose time is over.
func (k *tokens) keep(box *Mailbox, token string, now time.Time, lasts time.Duration) {
	if lasts <= 0 {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil {
		k.kept = map[[sha256.Size]byte]keptToken{}
	}
	for grant, one := range k.kept {
		if !now.Before(one.until) {
			delete(k.kept, grant)
		}
	}
	k.kept[grantOf(box)] = keptToken{token, now.Add(lasts)}
}

// drop forgets the token of a mailbox.
func (k *tokens) drop(box *Mailbox) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.kept, grantOf(box))
}

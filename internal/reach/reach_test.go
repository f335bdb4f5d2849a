package reach

import (
	"errors"
	"net/netip"
	"testing"
)

// TestPublic holds which addresses a feed may be read from.
func TestPublic(t *testing.T) {
	for text, want := range map[string]bool{
		"93.184.216.34": true, "2606:2800:220:1:248:1893:25c8:1946": true,
		"127.0.0.1": false, "127.9.9.9": false, "::1": false, "0.0.0.0": false, "::": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false,
		"169.254.169.254": false, "fe80::1": false, "fd00::1": false, "100.64.0.1": false, "198.18.0.1": false, "224.0.0.1": false, "255.255.255.255": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "fec0::1": false, "240.0.0.1": false, "ff02::1": false,
	} {
		if got := Public(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
}

// TestControlRefusesWhatIsNotPublic, and what is no address at all.
func TestControlRefusesWhatIsNotPublic(t *testing.T) {
	for address, private := range map[string]bool{
		"93.184.216.34:443": false, "[2606:2800:220:1:248:1893:25c8:1946]:443": false, "127.0.0.1:80": true, "[::1]:80": true, "[::ffff:10.0.0.1]:80": true, "localhost:80": true, "": true,
	} {
		if err := Control("tcp", address, nil); errors.Is(err, ErrPrivate) != private {
			t.Errorf("%s: %v", address, err)
		}
	}
}

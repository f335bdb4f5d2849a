// Package reach bounds where the server calls when somebody who only uses it has
// typed the address: somewhere in the world, and not within the network that the
// server stands in. It imports nothing of ours.
package reach

// Package journal is the append-only store of events: what happened, to whom,
// when it happened and when we learnt of it, and under which name its source
// knows it. A small table beside it decides sameness, another lists returns
// that wait for their sale. It touches its own tables alone.
//
// Bodies hold no contact data: who the customer is stands in member. What an
// integrator wrote into free attributes may still tell of a person, so Erase
// lets the caller strip it. The hash of sameness cannot be read back.
package journal

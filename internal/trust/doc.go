// Package trust shows customers what is behind a promise of honesty: a list of
// known issues in the shop's own words, figures of whole periods that are
// published and stay published, and a scorecard of the signals by which trust is
// won or lost, each with its evidence. It reads what complaints, promises,
// reviews, donations and consents came to and changes none of it; customers are
// written to through flow.ContactWanted. It may touch every room above it.
package trust

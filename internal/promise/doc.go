// Package promise keeps what customers were promised beside what came of it:
// deliveries, prices, refunds, repairs, warranties, calls back, answers. It
// tells how many were kept, warns before one breaks, follows parcels by what
// their carriers say, and publishes the figures. Points and timelines it moves
// through flow; of other features it knows nothing: what they promise they hand
// in as a flow.Pledge, and who makes good for a broken promise is a hook. It may
// touch every room above it.
package promise

// Package earn holds the rules by which members earn points: versions that
// never change once published, conditions, effects and limits, and the pure
// decision what an event earns and why. It keeps rules, what members have used
// of their limits, and budgets. It may touch condition, auth, program and
// sale, and never asks the database while deciding.
package earn

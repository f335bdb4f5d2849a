// Package stats is pure mathematics for loyalty figures: intervals of shares,
// rates and net promoter scores, what those who did not answer could change,
// weights that make a sample resemble its population, comparisons of many
// segments, drivers of satisfaction, control charts, agreement of judges, and how
// customers buy and leave. It knows no customers and no SQL. Figures are floating
// point; no money passes through here. Each formula names its source.
package stats

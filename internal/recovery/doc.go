// Package recovery asks silent customers back by campaigns. It reads of churn who
// is silent; whom a campaign is for, and who is held back at random, is fixed and
// kept when it is started, and what comes of it is measured between the two. Flow
// gives and tells what is given and told.
package recovery

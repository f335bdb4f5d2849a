// Package survey asks members and passers-by: questionnaires and their
// dialogue, samples and invitations, answers from every mode, and honest figures
// of them. The dialogue is pure, so that page, telephone and import ask the same
// instrument. It keeps its own tables; an answer gets onto the timeline through
// flow, and messages go out as contacts that are wanted.
package survey

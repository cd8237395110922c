"""Says for every thread whether it waits for an answer, and moves follow-ups accordingly; drafts and sends nothing."""

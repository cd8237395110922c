"""Commands that show what relance knows; never one that changes a follow-up."""

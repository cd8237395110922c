"""Commands that connect accounts and read them; never one that decides about a draft."""

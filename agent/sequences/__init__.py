"""Plans on their way: who is under one, which touch is next and what ends it; nothing in here drafts or sends."""

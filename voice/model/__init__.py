"""The writer with a model, and the only road to one; never trusts a word that comes back."""

"""Follow-ups, letters, plans, budgets: everything that moves through states."""

"""Everything that asks a language model: what may be asked, whether it can be, and what unclear answers mean."""

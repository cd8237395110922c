"""Plans, their touches and states, and what begins, moves or ends them."""

"""What the unclear clauses cost: the same sheets under every combination of readings, exactly."""

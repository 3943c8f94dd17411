"""Roll-up of a chi bộ's meetings to its counts and its class for a period."""

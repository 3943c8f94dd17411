"""Periods: from the meetings of a chi bộ to its counts and its class."""

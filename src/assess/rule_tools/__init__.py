"""Tools for the keepers of rules: worked cases, and differences between rule sets."""

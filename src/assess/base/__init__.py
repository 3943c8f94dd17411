"""Helpers shared by all rooms: errors, text, numbers, periods, digests, YAML with positions."""

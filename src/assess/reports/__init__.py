"""Blocks in executed notebooks, and the formats they are rendered to."""

"""Inspection: who was inspected, whom to inspect next, and how inspectors judged."""

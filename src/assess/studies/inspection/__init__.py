"""Inspection: which chi bộ were inspected, which to inspect next, and how inspectors judged."""

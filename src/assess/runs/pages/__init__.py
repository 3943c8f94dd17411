"""Jinja templates of the pages that accompany reports: index and failure pages."""

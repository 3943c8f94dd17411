"""Inspection: which chi bộ were inspected, which to inspect next, and how inspectors judged.

Offers the coverage of the year with the prerequisite of the annual class, the plan with its
reasons, the checklists and dossiers of a plan, and entries against inspectors'.
Must not know: how a workbook is drawn, reports and runs.
"""

"""Inspection: which chi bộ were inspected, which to inspect next, and how inspectors judged.

Offers the coverage of the year with the prerequisite of the annual class, the plan with its
reasons (:mod:`~assess.studies.inspection.choose`), and entries against inspectors'.
Must not know: workbooks, reports and runs.
"""

"""The annual class that a unit's file supports, and the annual list of a đảng bộ.

Offers the proposal with its conditions, the cap on the best class with its ties, and decisions
with their versions.
Must not know: the entries on a score sheet. It proposes; the competent level decides.
"""

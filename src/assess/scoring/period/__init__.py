"""Periods: from the meetings of a chi bộ to its counts and its class.

Offers the roll-up over months, the tests of a form's year rule with every value kept, and the
summary frames that reports print.
Must not know: the entries on a score sheet and the annual class of a unit.
"""

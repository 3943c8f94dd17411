"""Roll-up of a chi bộ's meetings to its counts and its class for a period.

Offers the roll-up over months, the tests of a form's year rule with every value kept, and the
summary frames that reports print.
Must not know: the entries on a score sheet and the annual class of a unit.
"""

"""Record which cases a property test reached.

A property test that never reached the case it is about tests nothing. Such tests are given
``derandomize=True``, so that the cases reached do not depend on chance.
"""

from collections import Counter

from hypothesis import event


class Reached:
    """Record the case of each example; at the end, fail for every case that was not reached."""

    def __init__(self):
        self.seen = Counter()

    def note(self, *case):
        event(" · ".join(str(part) for part in case))
        self.seen[case if len(case) > 1 else case[0]] += 1

    def must_have_seen(self, *wanted):
        missing = [case for case in wanted if not self.seen[case]]
        assert not missing, f"never reached: {missing}; reached: {dict(self.seen)}"

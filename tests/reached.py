"""What a property came to see. A property that never met what it is about is no test, however often it held.

Such properties are given ``derandomize=True``: whether a case is met is then no matter of luck from run to run.
"""

from collections import Counter

from hypothesis import event


class Reached:
    """Note the case of each example; afterwards, fail for every case that no example was."""

    def __init__(self):
        self.seen = Counter()

    def note(self, *case):
        event(" · ".join(str(part) for part in case))
        self.seen[case if len(case) > 1 else case[0]] += 1

    def must_have_seen(self, *wanted):
        missing = [case for case in wanted if not self.seen[case]]
        assert not missing, f"never reached: {missing}; reached: {dict(self.seen)}"

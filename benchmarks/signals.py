"""What signals find of planted troubles, and what they raise in clean provinces.

``python benchmarks/signals.py [SEEDS]`` writes ``docs/signals.md``: per signal the detection rate
over the units with its trouble and the false-alarm rate over the units of clean provinces, with
Wilson's 95 % intervals; for the statistical signals also the number of clean provinces in which any
was raised.
"""

from __future__ import annotations

import sys
from pathlib import Path

from assess.rules import load_rule_sets
from assess.studies.signals import LEVEL, SIGNALS

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from kit.planted_troubles import count  # noqa: E402 - from the tests' folder

PAGE = """# Signals: what they find, and what they cry over

Written by `python benchmarks/signals.py {seeds}`: {seeds} provinces of 10 units with 10 chi bộ each over a year, clean, and the same number with
troubles planted by a generator that shares no code and no threshold with the signals ([tests/kit/planted_troubles.py](../tests/kit/planted_troubles.py)).
A signal is a reason to look, never a finding. Rates with Wilson's 95 % intervals.

| signal | kind | found, of the units with its trouble | raised, of the units of clean provinces |
| --- | --- | --- | --- |
{rows}

Statistical signals were raised in {any} of {seeds} clean provinces at a false-discovery rate of {level:.0%}: {share}.
"""


def wilson(hits, n):
    """Format a share with its 95 % interval."""
    if not n:
        return "—"
    z, p = 1.959964, hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5 / (1 + z * z / n)
    return f"{p:.1%} ({max(0, middle - half):.1%} – {min(1, middle + half):.1%}; {hits} of {n})"


def main(seeds):
    """Measure and write the page."""
    rules = load_rule_sets(ROOT / "params/rules", ROOT / "params/annual")["an-phu-hd42"]
    found, planted, raised, looked, crying = count(range(seeds), rules)
    rows = "\n".join(
        f"| `{s.id}` {s.title} | {'statistical' if s.statistical else 'plain fact'} | {wilson(found[s.id], planted[s.id])} | {wilson(raised[s.id], looked[s.id])} |"
        for s in SIGNALS
    )
    page = PAGE.format(seeds=seeds, rows=rows, any=crying, level=LEVEL, share=wilson(crying, seeds))
    (ROOT / "docs/signals.md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)

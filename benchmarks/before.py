"""Time a benchmark of this checkout against the same one of an older checkout, taking turns.

``python benchmarks/before.py intake OLDER_CHECKOUT [ROUNDS]`` prints the medians and their ratio.
Both run with the Python that runs this.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
ROUNDS = 3


def once(home: Path, name: str) -> float:
    """Return what one run of a benchmark measures in a checkout."""
    paths = os.pathsep.join([str(home / "src"), str(home / "benchmarks")])
    code = f"import json, {name}; print(json.dumps({name}.run()[0].ours[0]))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": paths},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return float(json.loads(done.stdout.strip().splitlines()[-1]))


def main() -> None:
    """Run both in turn and print the medians, and how many times less today's are."""
    name, older = sys.argv[1], Path(sys.argv[2]).resolve()
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else ROUNDS
    before, now = [], []
    for _ in range(rounds):
        before.append(once(older, name))
        now.append(once(ROOT, name))
    ratio = median(before) / median(now)
    print(f"{name}: {median(before):.2f} before, {median(now):.2f} now, {ratio:.2f} ×")


if __name__ == "__main__":
    main()

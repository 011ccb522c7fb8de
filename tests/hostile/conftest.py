"""Keeps pytest out of the submissions: some bring a conftest.py or tests of their own. And shows
what they have cost the judge, where TORCHKATA_HOSTILE asks for them.
"""

import os
from pathlib import Path

collect_ignore = [path.name for path in Path(__file__).parent.iterdir() if path.is_dir()]


def pytest_terminal_summary(terminalreporter):
    passed = terminalreporter.stats.get("passed", []) if "TORCHKATA_HOSTILE" in os.environ else []
    costs = [(dict(report.user_properties).get("cost"), report.nodeid) for report in passed]
    for (mebibytes, seconds), name in sorted(cost for cost in costs if cost[0]):
        terminalreporter.write_line(f"{mebibytes:6,.0f} MiB {seconds:6.1f} s  {name[-100:]}")

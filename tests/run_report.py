#!/usr/bin/env python3
"""run_report.py JUNIT LEAST - what a run of CTest did not test, by its JUnit file: each skipped test
with its reason, and what other tests left out. Fails when fewer than LEAST tests ran, because CTest
calls any number, 0 too, "100% tests passed".
"""
import re
import sys
import xml.etree.ElementTree as ElementTree

# What tests print themselves, and what unittest does.
LEFT_OUT = re.compile(r"^skipped:? (.+)|^(\w+ .*\.\.\. skipped '.*')$", re.M)


def report(junit: str, least: int) -> str:
    """The report; ends the program if too few tests ran."""
    lines, n_run, n_skipped = [], 0, 0
    for case in ElementTree.parse(junit).getroot().iter("testcase"):
        output = case.findtext("system-out") or ""
        reasons = [first or second for first, second in LEFT_OUT.findall(output)]
        if case.get("status") == "notrun":
            n_skipped += 1
            last = output.strip().splitlines()[-1:] or ["it did not say why"]
            lines.append(f"skipped  {case.get('name')}: {'; '.join(reasons or last)}")
        else:
            n_run += 1
            lines += [f"in part  {case.get('name')}: {reason}" for reason in reasons]
    if n_run < least:
        lines.append(f"only {n_run} tests ran and {n_skipped} were skipped; {least} must run")
        sys.exit("\n".join(lines))
    return "\n".join([*lines, f"{n_run} tests ran, {n_skipped} were skipped"])


if __name__ == "__main__":
    print(report(sys.argv[1], int(sys.argv[2])))

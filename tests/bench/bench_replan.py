"""How long a day under way takes to plan again, by what changed and when; and what an explanation takes.

python tests/bench/bench_replan.py ../shared/bench/fieldday/fieldday-300-15-s7.json --seconds 1
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from solvers.explain import explain
from solvers.formats.read import read_instance
from solvers.frozen import Changes
from solvers.prices import MovePrices
from solvers.quick import Effort
from solvers.replan import replan
from solvers.solve import solve

HOURS = (8, 11)


def main() -> None:
    """Plan the day, then ask all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("day", type=Path)
    parser.add_argument("--plan-seconds", type=float, default=5.0, help="for the plan of the morning")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each search of the rest of the day")
    asked = parser.parse_args()
    problem = read_instance(asked.day).problem
    plan = solve(problem, time_limit_s=asked.plan_seconds, seed=1, in_process=True).solution
    routes, price = plan.routes, sum(problem.top_prizes.values()) // (10 * len(problem.tasks))
    changes = {
        "nothing": Changes(),
        "one vehicle away": Changes(away=frozenset({routes[0].vehicle})),
        "one late, one task cancelled": Changes(
            late={routes[1].vehicle: 2400}, cancelled=frozenset({routes[2].tasks[-1]})
        ),
        "three tasks added": Changes(added=frozenset(plan.unserved[:3])),
    }
    print(f"{problem.name}: {len(problem.tasks)} tasks, {len(problem.vehicles)} vehicles")
    print("changed, at, seconds, seconds of processor, moves")
    for what, changed in changes.items():
        for hour in HOURS:
            began, used = time.monotonic(), time.thread_time()
            prices = MovePrices(price, price, 3 * price)
            found = replan(problem, plan, hour * 3600, changed, prices, Effort(asked.seconds))
            spent = f"{time.monotonic() - began:.2f}, {time.thread_time() - used:.2f}"
            print(f"{what}, {hour}:00, {spent}, {len(found.moved)}", flush=True)
    print("explained, asked for, seconds, seconds of processor, options, untried")
    for what, task in (("served", routes[0].tasks[0]), ("unserved", next(iter(plan.unserved), ""))):
        for seconds in (0.5, 3.0) if task else ():
            began, used = time.monotonic(), time.thread_time()
            told = explain(problem, plan, task, effort=Effort(seconds))
            spent = f"{time.monotonic() - began:.2f}, {time.thread_time() - used:.2f}"
            print(f"{what}, {seconds}, {spent}, {len(told.options)}, {len(told.untried)}", flush=True)


if __name__ == "__main__":
    main()

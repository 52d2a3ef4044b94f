"""Engines measured against each other: same problem, same time, every answer judged by `solvers.evaluate`."""

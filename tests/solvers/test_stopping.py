from __future__ import annotations

import os
import pickle
import signal

from solvers.stopping import AnyOf, Signalled, Stagnation, Standing, Target

STANDING = Standing(elapsed_s=10.0, iterations=500, objective=90, better_at_s=6.0, better_at=300)


def test_stagnation_counts_from_the_last_better_plan() -> None:
    assert Stagnation(iterations=200)(STANDING)
    assert not Stagnation(iterations=201)(STANDING)
    assert Stagnation(seconds=4.0)(STANDING)
    assert not Stagnation(seconds=4.1)(STANDING)
    assert not Stagnation()(STANDING)


def test_a_target_is_reached_at_it_or_below() -> None:
    assert Target(90)(STANDING)
    assert not Target(89)(STANDING)


def test_any_of_some_rules_ends_it_and_goes_to_other_processes() -> None:
    rule = AnyOf((Target(1), Stagnation(seconds=4)))
    assert pickle.loads(pickle.dumps(rule))(STANDING)  # noqa: S301 - our own
    assert not AnyOf((Target(1),))(STANDING)


def test_a_signal_is_heard_inside_and_not_outside() -> None:
    before = signal.getsignal(signal.SIGUSR1)
    with Signalled(signal.SIGUSR1) as stop:
        assert not stop()
        os.kill(os.getpid(), signal.SIGUSR1)
        assert stop()
    assert signal.getsignal(signal.SIGUSR1) is before

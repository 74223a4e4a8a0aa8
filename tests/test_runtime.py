"""Several models' runs side by side: nothing lost, nothing out of order, nothing swallowed."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govqa.runtime import Workers

WORKERS = {threads: Workers(threads) for threads in (1, 2, 5)}


@given(st.lists(st.integers(), max_size=30), st.sampled_from(sorted(WORKERS)))
def test_results_are_in_the_order_of_the_inputs(numbers, threads):
    assert WORKERS[threads].map(lambda n: n * 2, numbers) == [n * 2 for n in numbers]


def test_inputs_run_at_the_same_time():
    both = threading.Barrier(2, timeout=10)
    assert Workers(2).map(lambda n: both.wait() >= 0, [1, 2]) == [True, True]


@pytest.mark.parametrize("threads", [1, 3])
def test_what_a_call_raises_is_raised(threads):
    with pytest.raises(ZeroDivisionError):
        Workers(threads).map(lambda n: 1 // n, [1, 0, 2])

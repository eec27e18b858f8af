"""Edges as a real button makes them, and the rings that must come of them."""

import random
import unittest
from itertools import pairwise

from doorbell.debounce import Debouncer

from bench import Figures


def rings(edges: list[tuple[bool, float]], debounce: float = 2.0, settle: float = 0.05) -> list[float]:
    debouncer = Debouncer(debounce, settle)
    return [at for active, at in edges if debouncer.edge(active, at)]


def press(at: float, held: float, rng: random.Random, bounces: int = 8) -> list[tuple[bool, float]]:
    """One press of `held` seconds whose contacts bounce for up to 5 ms when closing and when opening."""
    edges: list[tuple[bool, float]] = []
    for start, active in ((at, True), (at + held, False)):
        moments = sorted(start + rng.random() * 0.005 for _ in range(2 * rng.randrange(bounces)))
        edges.append((active, start))
        edges += [(active if i % 2 else not active, moment) for i, moment in enumerate(moments)]
    return edges


class Debounce(unittest.TestCase):
    def test_a_press_rings_at_its_first_edge(self) -> None:
        self.assertEqual(rings([(True, 5.0), (False, 5.2)]), [5.0])

    def test_bounces_do_not_ring(self) -> None:
        edges = [(True, 1.0), (False, 1.001), (True, 1.002), (False, 1.003), (True, 1.004), (False, 1.3)]
        self.assertEqual(rings(edges), [1.0])

    def test_letting_go_after_a_long_press_does_not_ring(self) -> None:
        edges = [(True, 1.0), (False, 9.0), (True, 9.001), (False, 9.002), (True, 9.010), (False, 9.011)]
        self.assertEqual(rings(edges), [1.0])

    def test_a_second_press_within_the_debounce_is_the_same_ring(self) -> None:
        self.assertEqual(rings([(True, 1.0), (False, 1.2), (True, 2.9), (False, 3.0)]), [1.0])

    def test_a_second_press_after_the_debounce_rings(self) -> None:
        self.assertEqual(rings([(True, 1.0), (False, 1.2), (True, 3.0), (False, 3.2)]), [1.0, 3.0])

    def test_a_stuck_button_rings_once_and_is_seen(self) -> None:
        debouncer = Debouncer(2.0, 0.05)
        found = [debouncer.edge(True, float(at)) for at in range(1, 3601)]
        self.assertEqual(sum(found), 1)
        self.assertEqual(debouncer.held_for(3600.0), 3599.0)
        Figures(1, 0, doubled=sum(found) - 1).say("stuck button, level read 3600 times")

    def test_a_lost_release_does_not_ring_again_but_the_next_press_does(self) -> None:
        self.assertEqual(rings([(True, 1.0), (True, 10.0), (False, 10.5), (True, 20.0)]), [1.0, 20.0])

    def test_pressed_when_the_relay_starts(self) -> None:
        self.assertEqual(rings([(True, 0.1), (False, 0.5)]), [0.1])

    def test_a_thousand_bouncing_presses_make_a_thousand_rings(self) -> None:
        for seed in range(20):
            rng = random.Random(seed)
            edges, at, expected = list[tuple[bool, float]](), 10.0, list[float]()
            for _ in range(1000):
                held = rng.choice([0.05, 0.2, 1.0, 3.0, 30.0])
                edges += press(at, held, rng)
                expected.append(at)
                at += max(held, 2.0) + 0.1 + rng.random() * 5
            self.assertEqual(rings(edges), expected, f"seed {seed}")
        Figures(1000, 0).say(f"debounce, {len(edges)} bouncing edges of 1000 presses, 20 seeds")

    def test_whatever_the_edges_two_rings_are_a_debounce_apart(self) -> None:
        for seed in range(200):
            rng = random.Random(seed)
            at, edges = 0.0, list[tuple[bool, float]]()
            for _ in range(300):
                at += rng.choice([0.0, 0.001, 0.04, 0.06, 1.0, 2.0, 5.0])
                edges.append((rng.random() < 0.5, at))
            found = rings(edges)
            gaps = [b - a for a, b in pairwise(found)]
            self.assertTrue(all(gap >= 2.0 for gap in gaps), f"seed {seed}")


if __name__ == "__main__":
    unittest.main()

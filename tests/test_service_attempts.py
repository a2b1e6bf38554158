from threading import Thread

from service.attempts import Attempts, Door, network


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_some_attempts_are_free_and_then_one_comes_to_stand_for_seconds() -> None:
    clock = Clock()
    attempts = Attempts(at_once=3, seconds=8, clock=clock)
    assert [attempts.begin("a") for _ in range(3)] == [0, 0, 0]
    assert attempts.begin("a") == 8
    clock.now += 4
    assert attempts.begin("a") == 4
    clock.now += 4
    assert attempts.begin("a") == 0
    assert attempts.begin("a") == 8


def test_one_that_was_right_does_not_count() -> None:
    attempts = Attempts(at_once=1, clock=Clock())
    for _ in range(5):
        assert attempts.begin("a") == 0
        attempts.take_back("a")
    assert attempts.begin("a") == 0
    assert attempts.begin("a") > 0


def test_one_key_does_not_hold_up_another() -> None:
    attempts = Attempts(at_once=1, clock=Clock())
    attempts.begin("a")
    assert attempts.begin("a") > 0
    assert attempts.begin("b") == 0


def test_many_at_a_time_gain_nothing() -> None:
    attempts = Attempts(at_once=10, clock=Clock())
    let_in: list[float] = []
    threads = [Thread(target=lambda: let_in.append(attempts.begin("a"))) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(let_in) == 64
    assert let_in.count(0.0) == 10


def test_memory_is_bounded() -> None:
    attempts = Attempts(most=100, clock=Clock())
    for number in range(1000):
        attempts.begin(f"host-{number}")
    assert len(attempts._level) == 100


def door(clock: Clock) -> Door:
    return Door(
        Attempts(at_once=5, seconds=6, clock=clock), Attempts(at_once=2, seconds=30, clock=clock)
    )


def test_whom_one_tries_counts_beside_where_one_is() -> None:
    at = door(Clock())
    assert [at.begin("192.0.2.1", "pat") for _ in range(2)] == [0, 0]
    assert at.begin("192.0.2.1", "pat") == 30
    assert at.begin("192.0.2.1", "kim") == 0
    assert at.begin("192.0.2.1", "kim") == 0
    assert at.begin("192.0.2.1", "ned") == 6


def test_no_stranger_locks_anybody_out() -> None:
    at = door(Clock())
    for number in range(50):
        at.begin(f"198.51.100.{number}", "pat")
        at.begin("198.51.100.1", "pat")
    assert at.begin("192.0.2.1", "pat") == 0


def test_a_network_of_ipv6_addresses_counts_as_one() -> None:
    assert network("2001:db8::1") == network("2001:db8::ffff:2%eth0")
    assert network("2001:db8::1") != network("2001:db8:0:1::1")
    assert network("::ffff:192.0.2.1") == network("192.0.2.1") != network("::ffff:192.0.2.2")
    assert network("no address") == "no address"

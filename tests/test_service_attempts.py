from service.attempts import Attempts


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_some_wrong_keys_are_free_and_then_one_comes_to_stand_for_seconds() -> None:
    clock = Clock()
    attempts = Attempts(at_once=3, seconds=8, clock=clock)
    for _ in range(3):
        assert attempts.wait("192.0.2.1") == 0
        attempts.wrong("192.0.2.1")
    assert attempts.wait("192.0.2.1") == 8
    clock.now += 4
    assert attempts.wait("192.0.2.1") == 4
    clock.now += 4
    assert attempts.wait("192.0.2.1") == 0


def test_one_address_does_not_hold_up_another() -> None:
    attempts = Attempts(at_once=1, clock=Clock())
    attempts.wrong("192.0.2.1")
    assert attempts.wait("192.0.2.1") > 0
    assert attempts.wait("192.0.2.2") == 0


def test_a_network_of_ipv6_addresses_counts_as_one() -> None:
    attempts = Attempts(at_once=1, clock=Clock())
    attempts.wrong("2001:db8::1")
    assert attempts.wait("2001:db8::ffff:2%eth0") > 0
    assert attempts.wait("2001:db8:0:1::1") == 0


def test_an_ipv4_address_is_the_same_within_ipv6() -> None:
    attempts = Attempts(at_once=1, clock=Clock())
    attempts.wrong("::ffff:192.0.2.1")
    assert attempts.wait("192.0.2.1") > 0
    assert attempts.wait("::ffff:192.0.2.2") == 0


def test_memory_is_bounded() -> None:
    attempts = Attempts(most=100, clock=Clock())
    for number in range(1000):
        attempts.wrong(f"host-{number}")
    assert len(attempts._level) == 100
    assert attempts.wait("host-999") == 0

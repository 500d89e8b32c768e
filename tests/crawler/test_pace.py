"""The pace of hosts, by a clock that the test turns."""

from crawler.pace import Pace
from crawler.rows import Row, UrlKind


def pace(delay: float = 1.0, concurrency: int = 1) -> Pace:
    return Pace(delay, concurrency, frozenset({"own"}))


def test_one_request_at_a_time_and_a_pause_between() -> None:
    hosts = pace()
    own = hosts.host("own")
    hosts.offer(own)
    assert hosts.turn(0.0) is own
    hosts.began(own, 0.0)
    assert hosts.turn(100.0) is None
    hosts.left(own, 0.2, 0.2)
    assert hosts.turn(0.9) is None
    assert hosts.seconds(0.4) == 0.6
    assert hosts.turn(1.0) is own


def test_the_pause_begins_when_a_request_goes_out() -> None:
    hosts = pace(concurrency=2)
    own = hosts.host("own")
    first, second = (Row(number, f"http://own/{number}", "own", UrlKind.PAGE) for number in (1, 2))
    hosts.began(own, 0.0, first)
    assert hosts.turn(5.0) is None  # as long as it is being connected
    hosts.sent(own, 5.0)
    assert hosts.turn(5.9) is None
    assert hosts.turn(6.0) is own
    hosts.began(own, 6.0, second)
    hosts.left(own, 6.1, 0.1, first)
    assert hosts.turn(9.0) is None
    hosts.left(own, 9.0, 0.0, second)  # it was never sent
    assert hosts.turn(9.0) is own


def test_a_slow_host_is_asked_more_slowly() -> None:
    hosts = pace()
    own = hosts.host("own")
    hosts.began(own, 0.0)
    hosts.left(own, 5.0, 5.0)
    assert hosts.turn(9.9) is None
    assert hosts.turn(10.0) is own


def test_without_a_delay_there_is_no_pause_however_slow_the_host_is() -> None:
    hosts = pace(delay=0.0)
    own = hosts.host("own")
    hosts.began(own, 0.0)
    hosts.left(own, 5.0, 5.0)
    assert hosts.turn(5.0) is own


def test_own_hosts_may_be_asked_more_at_once_others_never() -> None:
    hosts = pace(delay=0.0, concurrency=3)
    for name, limit in (("own", 3), ("other", 1)):
        host = hosts.host(name)
        hosts.offer(host)
        taken = 0
        while hosts.turn(0.0) is host:
            hosts.began(host, 0.0)
            taken += 1
        assert taken == limit


def test_a_cooling_host_does_not_hold_up_the_others() -> None:
    hosts = pace(delay=0.0)
    own, other = hosts.host("own"), hosts.host("other")
    hosts.offer(own)
    hosts.offer(other)
    hosts.rest(own, 60.0)
    assert hosts.turn(0.0) is other
    assert hosts.turn(0.0) is None
    assert hosts.turn(60.0) is own


def test_while_robots_txt_is_fetched_only_that_errand_is_run() -> None:
    hosts = pace(delay=0.0)
    own = hosts.host("own")
    own.asking = "https://own"
    hosts.offer(own)
    assert not hosts
    own.asking = None
    hosts.offer(own)
    assert hosts

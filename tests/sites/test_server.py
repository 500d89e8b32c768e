"""The recording server: what it keeps is what was on the wire."""

import gzip
import http.client
import socket

from tests.sites import magazine
from tests.sites.server import OTHER, Apart, Page, Server

HTML = ("Content-Type", "text/html")
STATE = {
    "/": Page(headers=(HTML, ("X-Odd", "  two ")), body=b"<p>home</p>"),
    "/chunked": Page(body=b"x" * 7000, chunked=True, cookie=True),
    "/packed": Page(body=b"packed " * 100, gzip=True),
    "/dated": Page(
        headers=(("ETag", '"1"'), ("Last-Modified", "Thu, 01 Mar 2018 08:00:00 GMT")), body=b"old"
    ),
    "/counter": Page(body=lambda asked: str(asked.number).encode()),
    OTHER + "/image": Page(body=b"elsewhere"),
}


def talk(port: int, request: bytes) -> bytes:
    """Everything that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_the_record_is_byte_for_byte_what_was_sent_and_received() -> None:
    first = b"GET / HTTP/1.1\r\nHost: a\r\nACCEPT:  */*\r\n\r\n"
    second = b"POST /chunked HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"
    third = b"HEAD /packed HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
    with Server(STATE) as server:
        answers = talk(server.port, first + second + third)
        assert [exchange.request for exchange in server.exchanges] == [first, second, third]
        assert b"".join(exchange.response for exchange in server.exchanges) == answers
        assert server.paths == ["/", "/chunked", "/packed"]
    home, chunked, packed = (exchange.response for exchange in server.exchanges)
    assert home.endswith(b"\r\nX-Odd:   two \r\nContent-Length: 11\r\n\r\n<p>home</p>")
    assert chunked.endswith(b"\r\n3e8\r\n" + b"x" * 1000 + b"\r\n0\r\n\r\n")
    assert b"\r\nContent-Encoding: gzip\r\n" in packed
    assert packed.endswith(b"\r\n\r\n")


def test_a_client_reads_every_framing_and_both_hosts() -> None:
    with Server(STATE) as server:
        client = http.client.HTTPConnection("127.0.0.1", server.port)
        read = {}
        for path in ("/chunked", "/packed", "/counter", "/nowhere"):
            client.request("GET", path, headers={"Accept-Encoding": "gzip"})
            answer = client.getresponse()
            read[path] = answer.status, answer.read()
        client.close()
        assert b"elsewhere" in talk(server.other_port, b"GET /image HTTP/1.0\r\n\r\n")
        assert b"404 Not Found" in talk(server.port, b"GET /image HTTP/1.0\r\n\r\n")
    assert read["/chunked"] == (200, b"x" * 7000)
    assert gzip.decompress(read["/packed"][1]) == b"packed " * 100
    assert read["/counter"] == (200, b"3")
    assert read["/nowhere"][0] == 404


def test_a_304_only_when_asked_to_be_conditional() -> None:
    same = b'GET /dated HTTP/1.0\r\nIf-None-Match: "1"\r\n\r\n'
    newer = b"GET /dated HTTP/1.0\r\nIf-Modified-Since: Thu, 01 Mar 2018 08:00:00 GMT\r\n\r\n"
    other = b'GET /dated HTTP/1.0\r\nIf-None-Match: "2"\r\n\r\n'
    with Server(STATE) as server:
        assert b" 200 OK" in talk(server.port, same)
        server.conditional = True
        answers = [talk(server.port, request)[9:12] for request in (same, newer, other)]
    assert answers == [b"304", b"304", b"200"]


def test_another_state_is_shown_at_once_on_an_open_connection() -> None:
    with Server(STATE) as server:
        client = http.client.HTTPConnection("127.0.0.1", server.port)
        client.request("GET", "/")
        assert client.getresponse().read() == b"<p>home</p>"
        server.state = {"/": Page(410)}
        client.request("GET", "/")
        assert client.getresponse().status == 410
        client.close()


def test_pages_without_number_are_made_when_they_are_asked_for() -> None:
    with Server({"/": Page(body=b"home"), "*": lambda path: Page(404, body=path.encode())}) as server:
        assert talk(server.port, b"GET / HTTP/1.0\r\n\r\n").endswith(b"home")
        assert talk(server.port, b"GET /day?of=1 HTTP/1.0\r\n\r\n").endswith(b"/day?of=1")
        assert talk(server.other_port, b"GET /day HTTP/1.0\r\n\r\n").endswith(b"//other/day")


def test_it_runs_in_a_process_of_its_own_too() -> None:
    with Apart("tests.sites.magazine:state_a") as server:
        client = http.client.HTTPConnection(server.url.removeprefix("http://"))
        client.request("GET", "/robots.txt")
        assert server.url.encode() in client.getresponse().read()
        server.show("tests.sites.magazine:state_b")
        client.request("GET", magazine.REMOVED[0].path)
        assert client.getresponse().status == 404
        client.close()

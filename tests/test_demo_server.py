"""The server of fake sites: both of its roles, its log, and the ways in which an answer does not arrive."""

from __future__ import annotations

import gzip
import http.client
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from scraper.demo import beichen, faults
from scraper.demo.server import serve

if TYPE_CHECKING:
    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.faults import Fault
    from scraper.demo.server import Server

HOST = beichen.HOST


def ask(
    server: Server, target: str, *, method: str = "GET", headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Ask over a connection of its own; names of headers come in lower case."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request(method, target, headers={"Host": HOST, **(headers or {})})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def test_it_is_a_forward_proxy_for_the_hosts_that_it_plays(world: EcmsWorld, server: Server) -> None:
    story = world.publish("bcyw", title="桥与灯")
    status, headers, body = ask(server, world.address(story.number))
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "桥与灯" in body.decode()


def test_it_is_an_origin_server_by_the_host_header(server: Server) -> None:
    assert ask(server, "/bcyw/index.shtml")[0] == 200
    assert ask(server, "/bcyw/index.shtml", headers={"Host": "elsewhere.example"})[0] == 502


def test_it_plays_several_hosts_at_once() -> None:
    one, two = beichen.empty("news.one.example"), beichen.empty("news.two.example")
    story = two.publish("bcyw", number="030041000")
    with serve(one, two) as server:
        assert ask(server, two.address(story.number))[0] == 200
        assert ask(server, two.address(story.number).replace("two", "one"))[0] == 404
        assert ask(server, "http://news.three.example/")[0] == 502


def test_a_tunnel_is_refused_with_the_reason(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(b"CONNECT news.beichen.example:443 HTTP/1.1\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: raw.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 501 ")
    assert b"opens no tunnels" in answer


def test_one_connection_serves_many_requests_and_the_log_names_it(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    for path in ("/robots.txt", "/bcyw/index.shtml", "/nothing?x=1"):
        connection.request("GET", f"http://{HOST}{path}")
        connection.getresponse().read()
    connection.close()
    ask(server, "/robots.txt")
    assert [(entry.path, entry.status) for entry in server.log] == [
        ("/robots.txt", 200),
        ("/bcyw/index.shtml", 200),
        ("/nothing?x=1", 404),
        ("/robots.txt", 200),
    ]
    assert len({entry.client for entry in server.log[:3]}) == 1
    assert server.log[3].client != server.log[0].client
    assert len(server.requests(host=HOST, path="robots")) == 2


def test_the_log_gives_the_gaps_between_requests(world: EcmsWorld) -> None:
    moments = iter([0.0, 1.0, 4.0, 4.5, 4.75, 6.0])  # each request's first and last
    with serve(world, clock=lambda: next(moments)) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        for _ in range(3):  # over one connection: each is read when the log has the end of the one before
            connection.request("GET", "/robots.txt", headers={"Host": HOST})
            connection.getresponse().read()
        connection.close()
        assert server.gaps(HOST) == [3.0, 0.25]


def test_a_head_request_gets_no_body(server: Server) -> None:
    status, headers, body = ask(server, "/robots.txt", method="HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 0


def test_chunks_and_gzip_bring_the_same_page(world: EcmsWorld, server: Server) -> None:
    path = world.path_of(world.publish("bcyw", body=()))
    plain = ask(server, path)[2]
    world.chunked, world.compress = True, True
    _, headers, packed = ask(server, path, headers={"Accept-Encoding": "gzip, br"})
    assert (headers["transfer-encoding"], headers["content-encoding"]) == ("chunked", "gzip")
    assert gzip.decompress(packed).decode()[:2000] == plain.decode()[:2000]
    assert "content-encoding" not in ask(server, path)[1]


# ── faults ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param(faults.reset(), ConnectionError, id="reset before the answer"),
        pytest.param(
            faults.reset(after=50), (ConnectionError, http.client.IncompleteRead), id="reset within"
        ),
        pytest.param(faults.short_body(50), http.client.IncompleteRead, id="short body"),
        pytest.param(faults.broken_chunks(), http.client.IncompleteRead, id="broken chunks"),
    ],
)
def test_an_answer_can_break_off(
    world: EcmsWorld, server: Server, fault: Fault, error: type[Exception] | tuple[type[Exception], ...]
) -> None:
    world.fail("index", fault)
    with pytest.raises(error):
        ask(server, "/bcyw/index.shtml")
    assert ask(server, "/robots.txt")[0] == 200


def test_a_stall_ends_when_its_event_is_set(world: EcmsWorld, server: Server) -> None:
    enough = threading.Event()
    world.fail("index", faults.stall(enough, after=20))
    failures: list[BaseException] = []

    def read() -> None:
        try:
            ask(server, "/bcyw/index.shtml")
        except http.client.IncompleteRead as error:
            failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    assert ask(server, "/robots.txt")[0] == 200  # a stalled connection holds up nobody
    assert reader.is_alive()
    enough.set()
    reader.join(timeout=60)
    assert len(failures) == 1


def test_a_server_stops_while_a_connection_stalls(world: EcmsWorld) -> None:
    world.fail("index", faults.stall(threading.Event()))
    with serve(world) as server:
        raw = socket.create_connection(("127.0.0.1", server.port))
        raw.sendall(b"GET /bcyw/index.shtml HTTP/1.1\r\nHost: news.beichen.example\r\n\r\n")
        assert ask(server, "/robots.txt")[0] == 200
    raw.close()


def test_a_drip_brings_all_of_it_in_the_end(world: EcmsWorld, server: Server) -> None:
    world.fail("robots", faults.drip(step=10, pause=0.0))
    assert ask(server, "/robots.txt")[2] == world.robots.encode()


@pytest.mark.parametrize(
    ("fault", "status", "sign"),
    [
        (faults.status(503), 503, b"503"),
        (faults.empty_body(), 200, b""),
        (faults.login_wall(), 200, "统一身份认证".encode()),
        (faults.challenge(), 200, b"location.reload"),
        (faults.soft_error(), 200, "不存在".encode()),
    ],
)
def test_an_answer_can_be_another_page(
    world: EcmsWorld, server: Server, fault: Fault, status: int, sign: bytes
) -> None:
    world.fail("index", fault)
    got, _, body = ask(server, "/bcyw/index.shtml")
    assert got == status
    assert sign in body


def test_retry_after_comes_in_both_forms(world: EcmsWorld, server: Server) -> None:
    world.fail("bcyw", faults.status(429, retry_after=7))
    world.fail("xyzs", faults.status(503, retry_after="Fri, 19 Jun 2026 01:00:00 GMT"))
    assert ask(server, "/bcyw/index.shtml")[1]["retry-after"] == "7"
    assert ask(server, "/xyzs/index.shtml")[1]["retry-after"] == "Fri, 19 Jun 2026 01:00:00 GMT"


def test_redirects_lead_anywhere_and_round_and_round(world: EcmsWorld, server: Server) -> None:
    world.fail("/bcyw/", faults.redirect("http://10.0.0.1{path}"))
    world.fail("/xyzs/", faults.redirect("file:///etc/passwd", code=301))
    world.fail("/mtbc/", faults.redirect_loop())
    assert ask(server, "/bcyw/index.shtml")[1]["location"] == "http://10.0.0.1/bcyw/index.shtml"
    assert ask(server, "/xyzs/index.shtml")[:2][1]["location"] == "file:///etc/passwd"
    assert ask(server, "/mtbc/index.shtml")[1]["location"] == f"http://{HOST}/mtbc/index.shtml?step=1"
    assert ask(server, "/mtbc/index.shtml?step=1")[1]["location"] == f"http://{HOST}/mtbc/index.shtml?step=2"


def test_a_bomb_is_small_on_the_wire(world: EcmsWorld, server: Server) -> None:
    world.fail("index", faults.gzip_bomb(3_000_000))
    _, headers, body = ask(server, "/bcyw/index.shtml")
    assert headers["content-encoding"] == "gzip"
    assert len(body) < 10_000
    assert len(gzip.decompress(body)) == 3_000_000


def test_a_fault_can_heal_after_the_first_requests(world: EcmsWorld, server: Server) -> None:
    world.fail("index", faults.status(502), first=2)
    assert [ask(server, "/bcyw/index.shtml")[0] for _ in range(3)] == [502, 502, 200]
    assert ask(server, "/xyzs/index.shtml")[0] == 502  # each address counts for itself


def test_faults_at_a_share_are_the_same_in_every_run() -> None:
    def struck(seed: int) -> list[int]:
        world = beichen.empty().fail("", faults.status(500), share=0.2, seed=seed)
        with serve(world) as server:
            return [ask(server, f"/pic/{number}.jpg")[0] for number in range(60)]

    assert struck(1) == struck(1) != struck(2)
    assert 4 <= struck(1).count(500) <= 22


def test_something_can_happen_after_so_many_requests(world: EcmsWorld, server: Server) -> None:
    seen: list[int] = []

    def look() -> None:
        seen.append(len(server.log))

    world.after(2, look)
    for _ in range(4):
        ask(server, "/robots.txt")
    assert seen == [2]


def test_a_site_can_publish_while_it_is_read(world: EcmsWorld, server: Server) -> None:
    world.after(2, lambda: world.publish("bcyw"), again=True)
    for _ in range(7):
        ask(server, "/robots.txt")
    assert len(world.lists["bcyw"]) == 3


def test_one_transient_fault_in_five_heals_when_one_asks_again(world: EcmsWorld, server: Server) -> None:
    world.fail("", faults.transient(), share=0.2)
    failed = 0
    for number in range(40):
        try:
            failed += ask(server, f"/pic/{number}.jpg")[0] != 200
        except (OSError, http.client.HTTPException):
            failed += 1
    assert 3 <= failed <= 16
    world.heal()
    assert ask(server, "/robots.txt")[0] == 200


def test_a_page_can_be_cut_or_be_something_else(world: EcmsWorld, server: Server) -> None:
    world.fail("bcyw", faults.cut(500))
    world.fail("xyzs", faults.other_body(b"Rar!\x1a\x07", "text/html"))
    assert len(ask(server, "/bcyw/index.shtml")[2]) == 500
    assert ask(server, "/xyzs/index.shtml")[2].startswith(b"Rar!")

"""The example of a proxy, before a real server: who the client is, what it is told, and what it does not see."""

import getpass
import json
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from live import Live, served
from needed import DEPLOY, need

TEXT = (DEPLOY / "nginx.conf").read_text("utf-8")
NAME = "mandates.example.org"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
MAIN = """
daemon off;
user {user};
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/main.log;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    access_log {folder}/access.log;
    {server}
}}
"""


@dataclass(frozen=True)
class Proxied:
    """A server and the proxy before it."""

    live: Live
    port: int
    folder: Path
    trusted: ssl.SSLContext

    def client(self, address: str) -> httpx.Client:
        """A client that comes from an address of this machine, to the name the proxy has."""
        transport = httpx.HTTPTransport(local_address=address, verify=self.trusted)
        return httpx.Client(
            transport=transport,
            base_url=f"https://127.0.0.1:{self.port}",
            headers={"Host": NAME},
            timeout=60,
        )

    def logged(self) -> dict[str, object]:
        """The last line of the endpoint's log."""
        time.sleep(0.1)
        lines = [line for line in self.live.written().splitlines() if line.startswith("{")]
        found: dict[str, object] = json.loads(lines[-1])
        return found


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    """The example as it stands, but for its addresses and files."""
    need("nginx", "openssl")
    folder = tmp_path_factory.mktemp("proxy")
    options = (
        "--proxy",
        "127.0.0.1",
        "--timeout",
        "1",
        "--budget",
        "1.5",
        "--connections-per-client",
        "3",
        "--metrics",
    )
    port = 20_000 + time.monotonic_ns() % 20_000
    with served(folder, *options) as live:
        text = TEXT
        for old, new in {
            "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
            "/etc/ssl/private/": f"{folder}/",
            "/etc/ssl/": f"{folder}/",
            "/var/log/nginx/": f"{folder}/",
            "127.0.0.1:8000": f"127.0.0.1:{live.port}",
        }.items():
            assert old in text
            text = text.replace(old, new)
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=getpass.getuser(), server=text), "utf-8")
        trusted = certified(folder)
        folder.chmod(0o755)
        command = [shutil.which("nginx") or "", "-p", str(folder), "-e", str(folder / "main.log"), "-c", "nginx.conf"]
        with subprocess.Popen(command, stderr=subprocess.PIPE) as proxy:
            try:
                running = Proxied(live, port, folder, trusted)
                wait_for(running, proxy)
                yield running
            finally:
                proxy.terminate()


def certified(folder: Path) -> ssl.SSLContext:
    """A certificate of the proxy's name, trusted by nobody else."""
    key, certificate = folder / f"{NAME}.key", folder / f"{NAME}.pem"
    subject = ("-subj", f"/CN={NAME}", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2", "-nodes")
    made = ("req", "-x509", "-newkey", "rsa:2048", "-keyout", str(key), "-out", str(certificate), *subject)
    subprocess.run([shutil.which("openssl") or "", *made], check=True, capture_output=True)
    return ssl.create_default_context(cafile=str(certificate))


def wait_for(running: Proxied, proxy: "subprocess.Popen[bytes]") -> None:
    """Wait until the proxy answers."""
    until = time.monotonic() + 20
    with running.client("127.0.0.1") as client:
        while True:
            try:
                assert client.get("/healthz").status_code == 200
            except httpx.ConnectError:
                assert proxy.poll() is None, (running.folder / "main.log").read_text("utf-8")
                assert time.monotonic() < until
                time.sleep(0.05)
            else:
                return


def test_the_client_is_the_one_the_proxy_sees_and_the_address_the_one_it_has(proxied: Proxied) -> None:
    with proxied.client("127.0.5.1") as client:
        response = client.get("/sparql", headers={"X-Forwarded-For": "198.51.100.1", "Accept": "text/turtle"})
    assert f"<https://{NAME}/sparql>" in response.text
    assert proxied.logged()["client"] == "127.0.5.0/24"


def test_a_limit_is_told_by_the_endpoint_and_not_by_the_proxy(proxied: Proxied) -> None:
    with proxied.client("127.0.6.1") as client:
        told = client.get("/sparql", params={"query": ENDLESS})
        assert (told.status_code, told.json()["limit"]) == (503, "time")
        told = client.get("/sparql", params={"query": f"{ENDLESS} # again"})
        assert (told.status_code, told.json()["limit"]) == (503, "time")
        for spoofed in ("198.51.100.2", "127.0.0.1", "198.51.100.2, 127.0.0.1"):
            told = client.get("/sparql", params={"query": "ASK {}"}, headers={"X-Forwarded-For": spoofed})
            assert (told.status_code, told.json()["limit"]) == (429, "budget")
    with proxied.client("127.0.7.1") as other:
        assert other.get("/sparql", params={"query": "ASK {}"}).status_code == 200


def test_a_client_that_leaves_the_proxy_stops_its_query(proxied: Proxied) -> None:
    with proxied.client("127.0.8.1") as client, pytest.raises(httpx.ReadTimeout):
        client.get("/sparql", params={"query": f"{ENDLESS} # leaves"}, timeout=0.3)
    time.sleep(0.3)
    assert (proxied.logged()["outcome"], proxied.logged()["client"]) == ("left", "127.0.8.0/24")


def test_long_queries_pass_and_larger_bodies_than_the_endpoint_takes_do_not(proxied: Proxied) -> None:
    padded = "ASK {} #" + "x" * 15_000
    with proxied.client("127.0.9.1") as client:
        assert client.get("/sparql", params={"query": padded}).json()["boolean"] is True
        assert client.post("/sparql", data={"query": padded}).json()["boolean"] is True
        assert client.post("/sparql", content="x" * 140_000).status_code == 413


def test_what_is_the_operators_is_not_seen_from_outside(proxied: Proxied) -> None:
    with proxied.client("127.0.9.2") as client:
        found = {path: client.get(path).status_code for path in ("/metrics", "/readyz", "/healthz", "/")}
    assert found == {"/metrics": 404, "/readyz": 404, "/healthz": 200, "/": 200}
    assert proxied.live.client.get("/metrics").status_code == 200


def test_the_proxy_keeps_no_query(proxied: Proxied) -> None:
    with proxied.client("127.0.9.3") as client:
        client.get("/sparql", params={"query": "ASK { ?s ?p 'of interest to me' }"})
        client.get("/sparql", params={"query": "ASK { ?s ?p 'of interest to me'"})
    kept = "".join(path.read_text("utf-8") for path in proxied.folder.glob("*.log"))
    assert "interest" not in kept
    assert (proxied.folder / "access.log").read_text("utf-8") == ""

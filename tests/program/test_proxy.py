"""Proxies, and TLS with a certificate of our own."""

import http.client
import shutil
import socket
import subprocess
import threading
from http.server import BaseHTTPRequestHandler

import pytest
from conftest import FAKE_SERVER
from echo_server import EchoServer
from json_handler import ServerOfMany

EXAM = ("--dataset", "exam", "--limit", 2, "--retries", 0)
NOBODY = "http://127.0.0.1:9"


class Proxy(ServerOfMany):
    """Forwards whatever it is asked to one port of this machine."""

    def __init__(self, port):
        self.target, self.asked = port, []
        super().__init__(("127.0.0.1", 0), ProxyHandler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        self.shutdown()
        self.server_close()


class ProxyHandler(BaseHTTPRequestHandler):
    disable_nagle_algorithm = True  # as in json_handler.py

    def log_message(self, *_):
        pass

    def do_POST(self):
        self.server.asked.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        link = http.client.HTTPConnection("127.0.0.1", self.server.target, timeout=20)
        link.request("POST", "/" + self.path.split("/", 3)[3], body, dict(self.headers))
        answer = link.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        link.close()

    def do_GET(self):
        self.server.asked.append(self.path)
        self.send_error(403)

    def do_CONNECT(self):
        self.server.asked.append(self.path)
        with socket.create_connection(("127.0.0.1", self.server.target)) as there:
            self.send_response(200)
            self.end_headers()
            ways = [(self.connection, there), (there, self.connection)]
            pumps = [threading.Thread(target=pump, args=way, daemon=True) for way in ways]
            for each in pumps:
                each.start()
            for each in pumps:
                each.join()


def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    try:
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


@pytest.fixture
def echo():
    with EchoServer(errors=False) as server:
        yield server


@pytest.fixture
def start_proxy():
    running = []

    def start(port):
        running.append(Proxy(port))
        return running[-1]

    yield start
    for proxy in running:
        proxy.stop()


@pytest.fixture
def tls_echo(tmp_path):
    """A server of https://localhost and https://model.test, and its authority's file."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl program")
    make = lambda *words: subprocess.run(  # noqa: E731
        ["openssl", *words], cwd=tmp_path, check=True, capture_output=True)
    fresh = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    make("req", "-x509", *fresh, "-keyout", "ca.key", "-out", "ca.pem", "-days", "9",
         "-subj", "/CN=test authority")
    make("req", *fresh, "-keyout", "one.key", "-out", "one.csr", "-subj", "/CN=model")
    (tmp_path / "names").write_text(
        "subjectAltName=DNS:localhost,DNS:model.test,IP:127.0.0.1\n")
    make("x509", "-req", "-in", "one.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
         "-CAcreateserial", "-days", "9", "-extfile", "names", "-out", "one.pem")
    server = EchoServer(errors=False).over_tls(tmp_path / "one.pem", tmp_path / "one.key")
    with server:
        yield server, tmp_path / "ca.pem"


def run(work, url, **environment):
    return work.run("run", "openai-compatible/m", "--base-url", url, *EXAM, **environment)


def test_a_proxy_is_asked_for_another_machine(work, echo, start_proxy):
    proxy = start_proxy(echo.port)

    done = run(work, "http://model.test", http_proxy=proxy.url)

    assert done.returncode == 0, done.stderr
    who, *questions = proxy.asked  # first who answers there
    assert who == "http://model.test/v1/models"
    assert questions == ["http://model.test/v1/chat/completions"] * 2


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("variable", ["http_proxy", "all_proxy", "ALL_PROXY"])
def test_this_machine_is_asked_without_a_proxy(work, echo, host, variable):

    done = run(work, f"http://{host}:{echo.port}", **{variable: NOBODY})

    assert done.returncode == 0, done.stderr


def test_a_server_of_the_run_s_own_is_asked_without_a_proxy(work):
    done = work.run("run", "openai-compatible/m", *EXAM, "--serve",
                    f"{FAKE_SERVER} --port {{port}} --answer B", "--serve-wait", 20,
                    http_proxy=NOBODY)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("variable", ["no_proxy", "NO_PROXY"])
def test_what_no_proxy_names_is_asked_without_one(work, echo, start_proxy, variable):
    proxy = start_proxy(echo.port)

    done = run(work, "http://model.test", http_proxy=proxy.url, **{variable: ".test"})

    assert done.returncode != 0
    assert proxy.asked == []


def test_a_certificate_of_a_trusted_authority_is_taken(work, tls_echo):
    server, authority = tls_echo

    done = run(work, f"https://localhost:{server.port}", SSL_CERT_FILE=authority)

    assert done.returncode == 0, done.stderr
    assert len(server.paths()) == 2


def test_a_certificate_of_an_unknown_authority_ends_the_run(work, tls_echo):
    server, _ = tls_echo

    done = run(work, f"https://localhost:{server.port}")

    assert done.returncode == 4
    assert "TLS" in done.stderr
    assert server.paths() == []


def test_a_proxy_carries_tls_through(work, tls_echo, start_proxy):
    server, authority = tls_echo
    proxy = start_proxy(server.port)

    done = run(work, "https://model.test", https_proxy=proxy.url, SSL_CERT_FILE=authority)

    assert done.returncode == 0, done.stderr
    assert set(proxy.asked) == {"model.test:443"}
    assert len(server.paths()) == 2

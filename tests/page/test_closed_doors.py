"""What the page's server lets through, and what it says to the rest."""

import socket

import httpx
import pytest


def test_every_response_carries_the_security_headers(page):
    for path in ("/", "/config", "/missing", "/gradio_api/upload"):
        headers = httpx.get(page + path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer", path


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:7860"}, 200),
        ({"Host": "192.168.1.9:7860"}, 200),
        ({"Host": "attacker.example"}, 400),
        ({"Host": "attacker.example:7860"}, 400),
        ({"Host": "127.0.0.1.attacker.example"}, 400),
        ({"Host": "[::1"}, 400),
        ({"Origin": "http://attacker.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "localhost:7860", "Origin": "http://localhost:7860"}, 200),
        ({"Host": "localhost:7860", "Origin": "http://localhost:7861"}, 403),
        ({"Host": "LOCALHOST"}, 200),
        ({"Host": "[::1]:7860"}, 200),
        ({"Host": "localhost."}, 400),
        ({"Host": "localhost@attacker.example"}, 400),
        ({"Host": "user@127.0.0.1.attacker.example"}, 400),
        ({"Host": "0x7f.0.0.1.attacker.example"}, 400),
        ({"Host": ""}, 400),
        ({"Host": "localhost:7860", "Origin": "https://localhost:7860"}, 200),
        ({"Host": "localhost:7860", "Origin": "http://localhost:7860.attacker.example"}, 403),
        ({"Host": "localhost:7860", "Origin": "http://[::1"}, 403),
        ({"Host": "localhost:7860", "Origin": ""}, 403),
        ({"Host": "attacker.example", "Origin": "http://attacker.example"}, 400),
        ({"X-Forwarded-Host": "attacker.example"}, 200),
    ],
)
def test_foreign_hosts_and_origins_are_refused(page, headers, status):
    answer = httpx.get(f"{page}/config", headers=headers)
    assert answer.status_code == status
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "upload", "upload_progress", "file=/etc/passwd", "file/etc/passwd", "file=http://attacker.example/",
        "proxy=http://attacker.example/", "stream/a", "deep_link", "component_server", "runs", "run-history/connect",
    ],
)  # fmt: skip
def test_doors_that_the_page_does_not_use_are_closed(page, path):
    assert httpx.get(f"{page}/gradio_api/{path}").status_code == 404
    assert httpx.post(f"{page}/gradio_api/{path}", content=b"x").status_code == 404


TRAVERSALS = [
    f"{door}{way}"
    for door in ("/gradio_api/file=", "/audio/", "/static/", "/assets/", "/theme/", "/")
    for way in (
        "../../../../etc/passwd",
        "..%2f..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "..%5c..%5c..%5cetc%5cpasswd",
        "....//....//....//etc/passwd",
        "%252e%252e%252f%252e%252e%252fetc%252fpasswd",
        "/etc/passwd",
        "file:///etc/passwd",
        "..%00/etc/passwd",
    )
] + [
    "/file=/etc/passwd", "/file/etc/passwd", "/gradio_api/file/etc/passwd", "/GRADIO_API/file=/etc/passwd",
    "//gradio_api/file=/etc/passwd", "/gradio_api//file=/etc/passwd", "/gradio_api/./file=/etc/passwd",
    "/gradio_api/%66ile=/etc/passwd", "/gradio_api/file%3D/etc/passwd", "/proxy=http://127.0.0.1:1/",
    "/gradio_api/proxy=http://127.0.0.1:1/", "/gradio_api/stream/../../etc/passwd",
]  # fmt: skip


@pytest.mark.parametrize("path", TRAVERSALS)
def test_no_path_leads_to_a_file_of_this_machine(page, path):
    """Sent as it stands: a client would tidy such paths up."""
    host, _, port = page.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.split()[1] in {b"400", b"403", b"404", b"405"}
    assert b"root:" not in answer


@pytest.mark.parametrize("path", ["/monitoring", "/docs", "/redoc", "/openapi.json"])
def test_metadata_is_closed(page, path):
    assert httpx.get(page + path).status_code == 404


def test_a_large_body_is_refused(page):
    answer = httpx.post(f"{page}/gradio_api/call/ask", content=b"x" * 300_000)
    assert answer.status_code == 413


def test_a_large_body_without_a_length_is_cut_off(page):
    def chunks():
        for _ in range(30):
            yield b'"' + b"x" * 10_000

    answer = httpx.post(f"{page}/gradio_api/call/ask", content=chunks(), headers={"content-type": "application/json"})
    assert answer.status_code >= 400


def test_nothing_tells_paths_of_this_machine(page, bundled_store):
    for path in ("/", "/config", "/gradio_api/info"):
        text = httpx.get(page + path).text
        assert str(bundled_store) not in text, path
        assert "site-packages" not in text, path

"""What the other side may do to us: nothing."""

import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from registry.partners.webhooks.sending import MOST_READ, send

pytestmark = pytest.mark.once


def test_sends_what_it_is_given(receiver):
    answer = send(receiver.url, b'{"a":1}', {"X-Eigen": "ja"})
    ((headers, body),) = receiver.received
    assert (answer.status, answer.is_taken, answer.error) == (204, True, "")
    assert (body, headers["X-Eigen"], headers["Host"]) == (b'{"a":1}', "ja", receiver.url.split("/")[2])


def test_does_not_follow_a_redirect(receiver):
    receiver.answer = lambda handler: handler.reply(307, Location=receiver.url + "/verder")
    answer = send(receiver.url, b"{}", {})
    assert (answer.status, answer.is_taken, len(receiver.received)) == (307, False, 1)
    assert "verwijst door (307)" in answer.error


@pytest.mark.parametrize("status", [400, 404, 410, 500, 503])
def test_says_what_the_receiver_answered(receiver, status):
    receiver.answer = lambda handler: handler.reply(status, b"nee")
    answer = send(receiver.url, b"{}", {})
    assert (answer.status, answer.text) == (status, "nee")
    assert answer.error == f"De ontvanger antwoordde met {status}."


def test_reads_no_more_than_it_needs(receiver):
    sent = []

    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        while len(sent) < 10_000:
            handler.wfile.write(b"x" * 65_536)
            sent.append(1)

    receiver.answer = endless
    answer = send(receiver.url, b"{}", {})
    assert (answer.status, len(answer.text)) == (200, MOST_READ)
    assert len(sent) < 10_000


def _silent(handler):
    time.sleep(3)


def _a_byte_at_a_time(handler):
    for byte in b"HTTP/1.1 200 OK\r\nX-Lang: " + b"x" * 100:
        handler.wfile.write(bytes([byte]))
        time.sleep(0.1)


@pytest.mark.parametrize("answer", [_silent, _a_byte_at_a_time])
def test_waits_no_longer_than_it_says(receiver, answer):
    receiver.answer = answer
    began = time.monotonic()
    found = send(receiver.url, b"{}", {}, seconds=0.5)
    assert time.monotonic() - began < 1.5
    assert (found.status, found.error) == (None, "De ontvanger gaf niet op tijd antwoord.")


def test_a_name_server_that_does_not_answer_is_not_waited_for(settings, monkeypatch):
    woken = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: woken.wait(5) and [])
    found = send("https://haak.voorbeeld.nl/", b"{}", {}, seconds=0.3)
    woken.set()
    assert found.error == "De ontvanger gaf niet op tijd antwoord."


def test_nobody_there(receiver):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found = send(f"http://127.0.0.1:{free.getsockname()[1]}/", b"{}", {})
    assert found.error == "Geen verbinding met de ontvanger (ConnectionRefusedError)."


def test_what_is_no_http_is_no_answer(receiver):
    receiver.answer = lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH\r\n\r\n")
    assert send(receiver.url, b"{}", {}).error == "Geen verbinding met de ontvanger (BadStatusLine)."


def test_a_name_is_looked_up_once(receiver, settings, monkeypatch):
    """DNS rebinding: a name that is public when it is checked and private when it is connected to."""
    settings.WEBHOOKS_MAY_REACH_PRIVATE = False
    asked = []
    connected = []

    def look_up(host, port, **kwargs):
        asked.append(host)
        address = "8.8.8.8" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    class Socket(socket.socket):
        def connect(self, address):
            connected.append(address)
            raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "socket", Socket)
    found = send("https://haak.voorbeeld.nl:8443/", b"{}", {})
    assert (asked, connected) == (["haak.voorbeeld.nl"], [("8.8.8.8", 8443)])
    assert found.error == "Geen verbinding met de ontvanger (ConnectionRefusedError)."


def _certificate(folder, name):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return file


@pytest.mark.parametrize(
    ("named", "is_trusted", "error"),
    [
        ("localhost", True, ""),
        ("localhost", False, "Het certificaat van de ontvanger klopt niet."),
        ("iemand-anders.nl", True, "Het certificaat van de ontvanger klopt niet."),
    ],
)
def test_the_certificate_must_be_that_of_the_name(receiver, tmp_path, monkeypatch, named, is_trusted, error):
    file = _certificate(tmp_path, named)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    receiver.socket = context.wrap_socket(receiver.socket, server_side=True)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    found = send(f"https://localhost:{receiver.server_port}/", b"{}", {})
    assert (found.error, found.is_taken) == (error, not error)

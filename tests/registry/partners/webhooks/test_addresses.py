import contextlib
import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.foundation.errors import Refused
from registry.partners.webhooks import addresses
from registry.partners.webhooks.sending import send

pytestmark = pytest.mark.once

PUBLIC = ["8.8.8.8", "2a00:1450:400e:80e::200e", "64:ff9b::808:808", "::ffff:8.8.8.8", "2002:808:808::1"]
PRIVATE = [
    "0.0.0.0",  # noqa: S104  nothing is bound here
    "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254",
    "172.16.0.1", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "203.0.113.9", "224.0.0.1",
    "239.1.1.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fe80::1%1", "fec0::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "100::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_on_the_open_internet_is_public(address):
    assert addresses.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_inside_a_network_is_not(address):
    assert not addresses.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_with_one_private_address_among_public_ones_is_refused(address, monkeypatch):
    found = [(socket.AF_INET, 1, 6, "", ("8.8.8.8", 443)), (socket.AF_INET, 1, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    with pytest.raises(Refused, match="open internet"):
        addresses.resolve(addresses.read("https://haak.voorbeeld.nl/"))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "haak",
        "http://voorbeeld.nl/",
        "ftp://voorbeeld.nl/",
        "file:///etc/passwd",
        "https://",
        "https:///pad",
        "https://naam:geheim@voorbeeld.nl/",
        "https://naam@voorbeeld.nl/",
        "https://@voorbeeld.nl/",
        "https://voorbeeld.nl:22/",
        "https://voorbeeld.nl:99999/",
        "https://voorbeeld.nl:x/",
        "https://voorbeeld.nl:0/",
        "https://voorbeeld.nl/#deel",
        "https://voorbeeld.nl\\@127.0.0.1/",
        "https://voor beeld.nl/",
        "https://voorbeeld.nl/\r\nX: y",
        "https://vóórbeeld.nl/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://[::1",
    ],
)
def test_a_web_address_that_we_would_never_send_to_is_refused(url):
    with pytest.raises(Refused):
        addresses.read(url)


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f.1", "017700000001", "127.1", "0"])
def test_another_way_to_write_this_machine_is_refused_when_it_is_looked_up(host):
    answer = send(f"https://{host}/", b"{}", {})
    assert (answer.status, answer.error) == (
        None,
        "Dit adres ligt niet op het open internet. Daar sturen wij niets heen.",
    )


def test_a_good_address_is_read():
    assert addresses.read("https://haak.voorbeeld.nl:8443/pad?x=1") == addresses.Target(
        True, "haak.voorbeeld.nl", 8443, "/pad?x=1"
    )
    assert addresses.read("https://haak.voorbeeld.nl").authority == "haak.voorbeeld.nl"
    assert addresses.read("https://[2a00:1450:400e::1]:8443/").authority == "[2a00:1450:400e::1]:8443"


@given(st.text())
def test_any_text_is_a_web_address_or_is_refused(text):
    for url in (text, f"https://{text}"):
        with contextlib.suppress(Refused):
            addresses.read(url)

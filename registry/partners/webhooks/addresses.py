"""Which addresses a webhook may go to: those on the open internet, never one inside our own network.

Who may enter a web address must not be able to make our server ask something of a neighbour (SSRF). A name is
looked up once; every address that it has must be allowed, and one of those is what is connected to, so that a
name that changes in between (DNS rebinding) changes nothing.
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from registry.foundation.errors import Refused

PORTS = {443, 8443}
UNICAST = ipaddress.ip_network("2000::/3")
NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True)
class Target:
    is_secure: bool
    host: str
    port: int
    path: str

    @property
    def authority(self):
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_secure else 80) else f"{host}:{self.port}"


def read(url):
    """The parts of a web address. Raises Refused when we would not send there whoever answers."""
    private = settings.WEBHOOKS_MAY_REACH_PRIVATE
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise Refused(_("Schrijf het webadres zonder spaties en bijzondere letters."))
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Refused(_("Dit is geen geldig webadres.")) from None
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise Refused(_("Begin het webadres met https://."))
    if not host:
        raise Refused(_("Dit is geen geldig webadres."))
    if "@" in parts.netloc:
        raise Refused(_("Zet geen naam of wachtwoord in het webadres."))
    if parts.fragment:
        raise Refused(_("Laat weg wat na het teken # staat."))
    is_secure = parts.scheme == "https"
    port = (443 if is_secure else 80) if port is None else port
    if port not in PORTS and not private:
        raise Refused(_("Gebruik poort 443 of 8443."))
    target = Target(is_secure, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return target
    _require_allowed(literal)
    return target


def resolve(target):
    """The (family, socket address) pairs behind it, all allowed. Raises Refused, or OSError without any."""
    try:
        endpoints = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except UnicodeError:  # a name with an empty or an endless part
        raise Refused(_("Dit is geen geldig webadres.")) from None
    for _family, _type, _protocol, _name, address in endpoints:
        _require_allowed(ipaddress.ip_address(address[0]))
    return [(family, address) for family, _type, _protocol, _name, address in endpoints]


def _require_allowed(address):
    if not settings.WEBHOOKS_MAY_REACH_PRIVATE and not is_public(address):
        raise Refused(_("Dit adres ligt niet op het open internet. Daar sturen wij niets heen."))


def is_public(address):
    """Whether anybody on the internet could reach it, and means the same machine as we do."""
    if address.version == 6:
        if address in NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        inner = address.ipv4_mapped or address.sixtofour
        if inner:
            return is_public(inner)
        if address.teredo or address not in UNICAST:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved

"""The way to a tracker through a company's own network: its CA certificates, its proxy, and what they refuse."""

import re
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from adapters.errors import AccessDenied, Temporary, TrackerError, Unreadable
from adapters.secrets import read_secret

_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")
"""http.client's words for a proxy that answers CONNECT with anything but 200."""
_REASON = re.compile(r"\] (?:certificate verify failed: )?([^()\[\]]+)")
"""What follows the name of the error in OpenSSL's text, up to the line in its source."""


class NetworkSettings(Protocol):
    """What a connection's settings say of the network."""

    @property
    def ca_bundle(self) -> str | None:
        """File with the CA certificates to trust."""
        ...

    @property
    def proxy(self) -> str | None:
        """Address without credentials."""
        ...

    @property
    def proxy_env(self) -> str | None:
        """Variable that holds the address, with credentials where it has any."""
        ...


@dataclass(frozen=True, slots=True)
class Network:
    """What goes with every request. Without a proxy of its own a request goes as the environment says."""

    ca_bundle: str | None = None
    proxy: str | None = field(default=None, repr=False)

    @property
    def proxies(self) -> dict[str, str] | None:
        """As requests wants them."""
        return {"http": self.proxy, "https": self.proxy} if self.proxy else None

    @property
    def verify(self) -> bool | str:
        """As requests wants it."""
        return self.ca_bundle or True


def network_of(name: str, settings: NetworkSettings) -> Network:
    """Raises AccessDenied with what to set, where the variable or the file that the settings name is not there."""
    proxy = settings.proxy
    if settings.proxy_env is not None:
        proxy = read_secret(env=settings.proxy_env, file=None)
        if proxy is None:
            raise AccessDenied(f"no proxy address: set the environment variable {settings.proxy_env}", tracker=name)
        if not is_a_proxy(proxy):
            raise AccessDenied(f"{settings.proxy_env} holds no address as http://NAME:PASSWORD@HOST:PORT", tracker=name)
    if settings.ca_bundle and not Path(settings.ca_bundle).is_file():
        raise AccessDenied(f"ca_bundle names {settings.ca_bundle}, and there is no such file", tracker=name)
    if settings.ca_bundle and not _holds_certificates(settings.ca_bundle):
        raise AccessDenied(f"{settings.ca_bundle}, which ca_bundle names, holds no CA certificates", tracker=name)
    return Network(ca_bundle=settings.ca_bundle, proxy=proxy)


def _holds_certificates(file: str) -> bool:
    try:
        return bool(ssl.create_default_context(cafile=file).cert_store_stats()["x509"])
    except OSError:  # ssl's own error is one
        return False


def is_a_proxy(url: str) -> bool:
    """Whether it is an address that requests can be sent through."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def proxy_without_credentials(url: str | None) -> str | None:
    """`url`, as a setting may hold it. Raises ValueError, in words, for anything else."""
    if url is None:
        return None
    if not is_a_proxy(url):
        raise ValueError("expected http://HOST:PORT")
    if urlsplit(url).username is not None or urlsplit(url).password is not None:
        raise ValueError("a name and a password must not stand here: put the address into a variable, proxy_env")
    return url


def no_tls(error: Exception, network: Network, *, whom: str, tracker: str) -> TrackerError:
    """What an SSLError of requests means, in OpenSSL's own words, and what to set."""
    reason = _REASON.search(str(error))
    why = f" ({reason[1].strip()})" if reason else ""
    if "certificate verify failed" not in str(error):
        return Unreadable(f"no TLS connection to {whom} could be made{why}: is the address right?", tracker=tracker)
    advice = "set ca_bundle to a file with the CA certificates of your company"
    if network.ca_bundle:
        advice = f"ca_bundle names {network.ca_bundle}: does it hold the CA that signed this certificate?"
    return Unreadable(f"the TLS certificate of {whom} was not accepted{why}: {advice}", tracker=tracker)


def refused_by_proxy(error: Exception, network: Network, *, whom: str, tracker: str) -> TrackerError:
    """What a ProxyError of requests means: nothing has reached the tracker. Names the proxy, never its password."""
    where = _named(error, network)
    answered = _TUNNEL.search(str(error))
    status = int(answered[1]) if answered else 0
    if status == 407:
        return AccessDenied(
            f"{where} wants a name and a password (407), and {whom} was not asked: put its address with both into a "
            "variable, and name that in proxy_env",
            tracker=tracker,
        )
    if 400 <= status < 500:
        return AccessDenied(f"{where} does not let this machine through to {whom} ({status})", tracker=tracker)
    why = f"answered {status}" if status else "could not be reached"
    return Temporary(f"{where} {why}, and {whom} was not asked: check proxy", tracker=tracker, surely_not_applied=True)


def _named(error: Exception, network: Network) -> str:
    """The proxy's address without what signs in to it; of the environment's where the config names none."""
    from requests.utils import get_environ_proxies, select_proxy  # with the adapter that sent the request

    address, whose = network.proxy, "the proxy"
    if address is None:
        url = getattr(getattr(error, "request", None), "url", None) or ""
        address, whose = select_proxy(url, get_environ_proxies(url)), "the proxy of the environment (HTTPS_PROXY),"
    try:
        parts = urlsplit(address or "")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return whose
    return f"{whose} {parts.scheme}://{parts.hostname}{port}" if parts.hostname else whose

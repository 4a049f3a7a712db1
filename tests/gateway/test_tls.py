"""HTTPS, where there is a certificate."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import NamedTuple

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from gateway.app import serve
from gateway.auth import COOKIE
from headrace.home import Home
from headrace.up import Plan, up
from schemas.base import now
from schemas.errors import Misconfigured
from schemas.settings import Settings
from streams.embedded import free_port
from streams.store import Store
from tests.build import until


class Certificate(NamedTuple):
    """A certificate and its key, as files."""

    cert: Path
    key: Path


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """One for 127.0.0.1, signed by itself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = Certificate(tmp_path / "cert.pem", tmp_path / "key.pem")
    files.cert.write_bytes(made.public_bytes(Encoding.PEM))
    files.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


@pytest.fixture
async def url(
    certificate: Certificate, store: Store, redis_url: str, postgres_url: str, settings: Settings, tmp_path: Path
) -> AsyncIterator[str]:
    """A gateway that speaks HTTPS."""
    port, stop = free_port(), asyncio.Event()
    own = settings.model_copy(
        update={"tls_cert": certificate.cert, "tls_key": certificate.key, "port": port, "data": tmp_path}
    )
    serving = asyncio.create_task(serve(redis_url, postgres_url, own, stop))

    async def answers() -> bool:
        with suppress(OSError):
            (await asyncio.open_connection("127.0.0.1", port))[1].close()
            return True
        return serving.done()

    await until(answers)
    yield f"https://127.0.0.1:{port}"
    stop.set()
    await serving


async def test_cookies_and_pages_stay_on_https(url: str, certificate: Certificate, settings: Settings) -> None:
    context = ssl.create_default_context(cafile=certificate.cert)
    assert settings.api_key
    connector, jar = aiohttp.TCPConnector(ssl=context), aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(url, connector=connector, cookie_jar=jar) as session:
        body = {"key": settings.api_key.get_secret_value()}
        async with session.post("/api/session", json=body, headers={"Origin": url}) as response:
            assert response.status == 204
            assert response.cookies[COOKIE]["secure"] is True
            assert "max-age" in response.headers["Strict-Transport-Security"]
        async with session.ws_connect("/ws/sync") as ws:
            assert not ws.closed


@pytest.mark.parametrize("lacks", ["tls_cert", "tls_key"])
async def test_half_a_certificate(
    certificate: Certificate, store: Store, redis_url: str, postgres_url: str, settings: Settings, lacks: str
) -> None:
    both = {"tls_cert": certificate.cert, "tls_key": certificate.key, "port": free_port()}
    with pytest.raises(Misconfigured, match="needs its key"):
        await serve(redis_url, postgres_url, settings.model_copy(update={**both, lacks: None}), asyncio.Event())
    certificate.key.write_text("none")
    with pytest.raises(Misconfigured, match="cannot use the certificate"):
        await serve(redis_url, postgres_url, settings.model_copy(update=both), asyncio.Event())


async def test_up_must_know_the_address_of_its_certificate(
    certificate: Certificate, settings: Settings, tmp_path: Path
) -> None:
    own = settings.model_copy(update={"tls_cert": certificate.cert, "tls_key": certificate.key})
    plan = Plan(Home(tmp_path), own, [], "key")
    with pytest.raises(Misconfigured, match="made for an address"):
        await up(plan, asyncio.Event(), lambda *_: None)
    named = own.model_copy(update={"url": "https://headrace.example:8000"})
    assert plan._replace(settings=named).url == "https://headrace.example:8000"

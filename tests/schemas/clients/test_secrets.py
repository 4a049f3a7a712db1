"""What is a secret is found out, and what people write every day is none."""

import random
import string

import pytest

from schemas.clients.secrets import masked, secrets
from schemas.clients.unified import Permission, Rule, Server

DICE = random.Random(7)


def _made(alphabet: str, length: int) -> str:
    return "".join(DICE.choices(alphabet, k=length))


ALNUM = string.ascii_letters + string.digits

SECRET = [
    ("A", f"sk-{_made(ALNUM, 40)}"),
    ("A", f"sk-ant-{_made(ALNUM, 40)}"),
    ("Authorization", f"Bearer ghp_{_made(ALNUM, 36)}"),
    ("A", f"github_pat_{_made(ALNUM, 40)}"),
    ("A", f"glpat-{_made(ALNUM, 20)}"),
    ("A", f"AKIA{_made(string.ascii_uppercase + string.digits, 16)}"),
    ("A", f"AIza{_made(ALNUM, 35)}"),
    ("A", f"xoxb-{_made(string.digits, 12)}-{_made(ALNUM, 20)}"),
    ("A", f"hf_{_made(string.ascii_letters, 34)}"),
    ("A", "postgresql://me:hunter2@db.example.com/x"),
    ("A", f"-----BEGIN {'RSA '}PRIVATE KEY-----\nMII"),
    ("API_KEY", "correcthorse"),
    ("DB_PASSWORD", "hunter2hunter2"),
    ("X-Auth-Token", "abcdefgh"),
    ("SOME", _made(ALNUM, 40)),
]
NONE = [
    ("API_KEY", "${API_KEY}"),
    ("Authorization", "Bearer ${TOKEN}"),
    ("API_KEY", ""),
    ("API_KEY", "<your key>"),
    ("API_KEY", "xxxxxxxxxxxx"),
    ("API_KEY", "your-api-key-here"),
    ("TOKEN_FILE", "/run/secrets/token"),
    ("KEY", "~/.ssh/id_ed25519"),
    ("MAX_TOKENS", "100000"),
    ("PATH", "/usr/local/bin:/usr/bin:/home/someone/.local/share/applications/tools2"),
    ("NODE_OPTIONS", "--max-old-space-size=4096 --experimental-vm-modules"),
    ("URL", "https://docs.example.com/mcp?library=react-router-dom-v6"),
    ("PACKAGE", "@modelcontextprotocol/server-filesystem@2025.8.21"),
    ("DSN", "postgresql://localhost:5432/app"),
    ("LOG", "development-environment-number-2"),
    ("MODE", "authorization_code"),
    ("DATE", "2026-11-22T10:00:00Z"),
]


@pytest.mark.parametrize(("name", "said"), SECRET)
def test_secrets(name: str, said: str) -> None:
    env = secrets(Server(transport="stdio", command="npx", env={name: said}))
    headers = secrets(Server(transport="http", url="https://x", headers={name: said}))
    assert [one.field for one in (*env, *headers)] == [f"env.{name}", f"headers.{name}"]
    assert said not in repr(env)


@pytest.mark.parametrize(("name", "said"), NONE)
def test_no_secrets(name: str, said: str) -> None:
    assert not secrets(Server(transport="stdio", command="npx", env={name: said}))
    assert not secrets(Server(transport="http", url="https://x", headers={name: said}))


@pytest.mark.parametrize(
    ("args", "field"),
    [
        (("--token", "abcdefgh12"), "args.1"),
        (("-y", "db", "--api-key=abcdefgh12"), "args.2"),
        (("-e", f"ghp_{_made(ALNUM, 36)}"), "args.1"),
        (("--token", "${TOKEN}"), None),
        (("-y", "@scope/some-package-name@1.2.3"), None),
        (("--from", "git+https://github.com/owner/repository", "run-server"), None),
    ],
)
def test_arguments(args: tuple[str, ...], field: str | None) -> None:
    found = secrets(Server(transport="stdio", command="npx", args=args))
    assert [one.field for one in found] == ([field] if field else [])


def test_a_password_in_an_address() -> None:
    assert secrets(Server(transport="http", url="https://me:pass1234@x.example/mcp"))[0].field == "url"


def test_in_what_people_write_only_tokens_are_secrets() -> None:
    token = f"sk-{_made(ALNUM, 40)}"
    assert [one.field for one in secrets(Rule(body=f"Use {token}\n"))] == ["body"]
    assert not secrets(Rule(body="API_KEY=correcthorsebattery and 9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c\n"))
    assert not secrets(Permission(answer="allow"))


def test_what_is_told_of_ends_where_a_token_begins() -> None:
    key = f"-----BEGIN {'RSA '}PRIVATE KEY-----"
    assert masked(f"one {key} MII and ghp_{_made(ALNUM, 36)}") == "one ***"
    assert masked(f"glpat-{_made(ALNUM, 20)} {key}") == "***"
    for _, said in NONE:
        assert masked(said) == said

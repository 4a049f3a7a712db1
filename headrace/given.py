"""The settings as they were given, and what is wrong with them in the words of whoever gave them."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError

from schemas.errors import Misconfigured
from schemas.settings import Settings

_SCHEMES = {
    "redis_url": ({"redis", "rediss", "unix"}, "redis://:password@host:6379/0"),
    "postgres_url": ({"postgres", "postgresql"}, "postgresql://user:password@host:5432/database"),
}


def read_settings(given: Mapping[str, object]) -> Settings:
    """The settings: from the environment, overridden by what was given on the command line.

    Raises:
        Misconfigured: one is wrong; it says which, and what it is for.
    """
    try:
        settings = Settings(**given)  # type: ignore[arg-type] # pydantic checks them
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = str(first["loc"][0]).removeprefix("HEADRACE_").lower()
        name = f"--{field}" if field in given else f"HEADRACE_{field.upper()}"
        complaint = first["msg"].replace("Input should", "it should", 1)
        about = Settings.model_fields[field].description or ""
        raise Misconfigured(f"{name} is wrong: {complaint}", f"{name}: {about}") from None
    for name, url in (("redis_url", settings.redis_url), ("postgres_url", settings.postgres_url)):
        if url is not None:
            _check_address(name, url)
    return settings


def _check_address(name: str, url: SecretStr) -> None:
    """Refuse now what a client would trip over later. The address holds a password: it is not repeated."""
    schemes, example = _SCHEMES[name]
    try:
        parts = urlsplit(url.get_secret_value())
        is_well = parts.scheme in schemes and (name == "postgres_url" or parts.port != 0)
    except ValueError:  # the port is no number
        is_well = False
    if not is_well:
        raise Misconfigured(f"HEADRACE_{name.upper()} is not such an address", f"it looks like {example}")

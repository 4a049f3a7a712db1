"""`headrace watch install`: the watcher as a systemd user unit."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from platformdirs import user_config_path
from pydantic import SecretStr

from headrace.home import Home
from headrace.remote import Server
from headrace.watching import Trees, needed, watcher_name
from headrace.words import out, plain
from schemas.errors import Misconfigured
from schemas.settings import Settings

_UNIT = """\
[Unit]
Description=Headrace watcher of {trees}
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=notify
ExecStart={command}
EnvironmentFile=-{environment}
Restart=on-failure
RestartSec=5
TimeoutStartSec=infinity
WatchdogSec=300
Nice=5
NoNewPrivileges=true

[Install]
WantedBy=default.target
"""


def install(settings: Settings, trees: Trees, server: str | None, data: Path | None, *, only_print: bool) -> None:
    """Write the unit and start it, or print it."""
    named = trees.roots(settings)
    roots = needed(named)
    home = Home.of(data, settings)
    Server.find(server or named.server, data, settings)
    variables = home.path / "watch.env"
    command = [_program(), "watch", "run", *(str(path.resolve()) for path in trees.paths), "--data", str(home.path)]
    command += ["--server", server] if server else []
    command += ["--config", str(trees.config.expanduser().resolve())] if trees.config else []
    command += ["--gitignore"] if trees.gitignore else []
    unit = _UNIT.format(
        trees=_specifier_free(", ".join(str(root.path.resolve()) for root in roots)),
        command=" ".join(map(_quoted, command)),
        environment=_specifier_free(str(variables)),
    )
    if only_print:
        out.out(unit, end="")
        return
    home.make()
    _keep_settings(variables, settings)
    _enable(f"headrace-watch-{watcher_name(roots).rpartition('-')[2]}.service", unit)


def _program() -> str:
    return str(Path(sys.argv[0]).absolute()) if Path(sys.argv[0]).name == "headrace" else shutil.which("headrace") or ""


def _keep_settings(file: Path, settings: Settings) -> None:
    """The service must know what this shell knows: the key and the other settings. Nobody else may read them."""
    values = {name: getattr(settings, name) for name in settings.model_fields_set}
    plain = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value for name, value in values.items()
    }
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.writelines(f"HEADRACE_{name.upper()}={_escaped(str(value))}\n" for name, value in sorted(plain.items()))


def _enable(name: str, unit: str) -> None:
    folder = user_config_path() / "systemd" / "user"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(unit, encoding="utf-8", errors="surrogateescape")
    _systemctl("daemon-reload")
    _systemctl("enable", "--now", name)
    out.print(f"installed {plain(folder / name)}")
    out.print(f"  see     systemctl --user status {name}  ·  headrace watch status")
    out.print("  stay    loginctl enable-linger   [dim](it then runs while you are logged out, too)[/]")
    out.print(f"  remove  systemctl --user disable --now {name}")


def _systemctl(*arguments: str) -> None:
    remedy = "print the unit with --print, and give it to what starts services here"
    try:
        command = ["systemctl", "--user", *arguments]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)  # noqa: S603 - ours
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Misconfigured(f"systemd cannot be asked: {error}", remedy) from error
    if done.returncode:
        raise Misconfigured(f"systemctl {arguments[0]}: {done.stderr.strip()}", remedy)


def _quoted(word: str) -> str:
    """A word of ExecStart, as `systemd.service(5)` reads it."""
    return _specifier_free(_escaped(word)).replace("$", "$$")


def _escaped(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _specifier_free(text: str) -> str:
    return text.replace("%", "%%")

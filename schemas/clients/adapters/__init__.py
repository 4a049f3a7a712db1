"""One module for each client. To add a client is to add its module, and a line here."""

from schemas.clients.adapter import Client
from schemas.clients.adapters import (
    agents,
    claude,
    cline,
    codex,
    continue_dev,
    copilot,
    cursor,
    gemini,
    kiro,
    opencode,
    qwen,
    roo,
    rovodev,
    vscode,
    windsurf,
    zed,
)

CLIENTS: tuple[Client, ...] = (
    agents.CLIENT,
    claude.CLIENT,
    codex.CLIENT,
    qwen.CLIENT,
    rovodev.CLIENT,
    gemini.CLIENT,
    cursor.CLIENT,
    vscode.CLIENT,
    copilot.CLIENT,
    opencode.CLIENT,
    windsurf.CLIENT,
    cline.CLIENT,
    roo.CLIENT,
    zed.CLIENT,
    kiro.CLIENT,
    continue_dev.CLIENT,
)

BY_NAME = {client.name: client for client in CLIENTS}

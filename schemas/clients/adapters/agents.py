"""AGENTS.md: no client, but the instructions that most of them read."""

from schemas.clients.adapter import Client
from schemas.clients.instructions import AGENTS_MD, Instructions

MOST = 32768
"""Bytes that Codex CLI reads of its instructions, unless it is told otherwise."""

CLIENT = Client(
    "agents",
    "AGENTS.md",
    (Instructions("project", (AGENTS_MD.path,), most=MOST),),
    lends=(AGENTS_MD,),
    shared=True,
)

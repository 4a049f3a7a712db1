"""Proofs that somebody asked for: each a process of its own, so that no request waits for it."""

import asyncio
import sys
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Literal

import orjson

from schemas.base import Instant, Model, Uuid, new_id, now
from schemas.errors import Overtaken

KEPT = 20
"""Proofs that are remembered."""

Kind = Literal["replay", "audit"]


class Proof(Model):
    """One of them. `report` is what the command of that name prints with `--json`, once it has ended."""

    id: Uuid
    kind: Kind
    asked_by: str
    asked_at: Instant
    state: Literal["running", "holds", "broken", "failed"] = "running"
    ended_at: Instant | None = None
    report: dict[str, Any] | None = None
    error: str | None = None


class Proofs:
    """Runs one at a time: each takes what a core can give. `stand` is another word whenever one begins or ends."""

    def __init__(self, variables: dict[str, str], stir: Callable[[], None]) -> None:
        """`variables` say where the servers are; `stir` lets viewers hear that something has changed."""
        self.stand = new_id()
        self._variables = variables
        self._stir = stir
        self._proofs: OrderedDict[str, Proof] = OrderedDict()
        self._running: asyncio.Task[None] | None = None

    @property
    def all(self) -> list[Proof]:
        """The newest first."""
        return list(reversed(self._proofs.values()))

    def get(self, id_: str) -> Proof | None:
        """One of them."""
        return self._proofs.get(id_)

    def begin(self, kind: Kind, arguments: Sequence[str], who: str) -> Proof:
        """Start one. Raises Overtaken while another runs."""
        if self._running is not None and not self._running.done():
            raise Overtaken("a proof is under way", "wait for it: GET /api/replay says how it does")
        proof = Proof(id=new_id(), kind=kind, asked_by=who, asked_at=now())
        self._keep(proof)
        self._running = asyncio.create_task(self._run(proof, arguments), name=f"{kind} {proof.id}")
        return proof

    def _keep(self, proof: Proof) -> None:
        self._proofs[proof.id] = proof
        while len(self._proofs) > KEPT:
            self._proofs.popitem(last=False)
        self.stand = new_id()
        self._stir()

    async def _run(self, proof: Proof, arguments: Sequence[str]) -> None:
        command = [sys.executable, "-m", "headrace", *arguments, "--json"]
        process = await asyncio.create_subprocess_exec(
            *command, env=self._variables, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        try:
            printed, complained = await process.communicate()
        except asyncio.CancelledError:
            process.kill()
            raise
        self._keep(proof.model_copy(update=_ended(process.returncode, printed, complained)))

    async def stop(self) -> None:
        """End what runs."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])


def _ended(code: int | None, printed: bytes, complained: bytes) -> dict[str, Any]:
    try:
        report: dict[str, Any] = orjson.loads(printed)
    except ValueError:
        words = complained.decode(errors="replace").strip().splitlines()
        return {"state": "failed", "ended_at": now(), "error": words[0] if words else f"it ended with {code}"}
    return {"state": "broken" if code else "holds", "ended_at": now(), "report": report}

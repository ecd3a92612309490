"""A mail server for the kill suite: keeps what it accepts, and gives trouble to some."""

import asyncio
import re
import time
from typing import Any

# What the mail server does to every hundredth recipient, by the last two digits of the number.
TROUBLES = {
    50: "poison",  # always refused for the time being
    20: "slow",  # accepted after SLOW_SECONDS
    30: "busy",  # refused for the time being, once
    40: "refused",  # refused for good
    60: "hanging",  # never answered at the first attempt
}
SLOW_SECONDS, HANGING_SECONDS = 5, 60
NEVER = {"poison", "refused"}  # what no attempt of a run gets through


class Sink:
    """Keeps who was sent which message when; gives trouble to some recipients (TROUBLES)."""

    def __init__(self) -> None:
        self.accepted: list[tuple[str, str, float]] = []
        self.troubled: set[str] = set()

    def is_first(self, address: str) -> bool:
        if address in self.troubled:
            return False
        self.troubled.add(address)
        return True

    async def handle_RCPT(  # noqa: N802 (named by aiosmtpd)
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        trouble = trouble_of(address)
        if trouble == "refused":
            return "550 No such mailbox"
        if trouble == "poison" or (trouble == "busy" and self.is_first(address)):
            return "451 Try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        found = re.search(rb"^Message-ID:\s*(\S+)", envelope.content, re.MULTILINE | re.IGNORECASE)
        assert found
        trouble = trouble_of(envelope.rcpt_tos[0])
        if trouble == "hanging" and self.is_first(envelope.rcpt_tos[0]):
            await asyncio.sleep(HANGING_SECONDS)
            return "421 Nobody waited"
        if trouble == "slow":
            await asyncio.sleep(SLOW_SECONDS)
        self.accepted.append((envelope.rcpt_tos[0], found[1].decode(), time.time()))
        return "250 OK"


def trouble_of(address: str) -> str:
    """What the server does to a recipient; `reader` when it does what it should."""
    return address.partition("-")[0]

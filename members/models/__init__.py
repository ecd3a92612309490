"""States, their dated status and legal facts, bodies of the organisation, and presidencies."""

from members.models.bodies import Body, BodyCitation
from members.models.presidencies import Presidency, PresidencyCitation
from members.models.states import (
    Membership,
    MembershipCitation,
    Milestone,
    MilestoneCitation,
    State,
    StateCitation,
)

__all__ = [
    "Body",
    "BodyCitation",
    "Membership",
    "MembershipCitation",
    "Milestone",
    "MilestoneCitation",
    "Presidency",
    "PresidencyCitation",
    "State",
    "StateCitation",
]

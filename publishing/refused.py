"""What a curator is told when a rule of the database refuses a change."""

from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

REFUSALS = {
    "membership_periods_do_not_overlap": gettext_lazy(
        "Another status of this state holds in this period."
    ),
    "presidency_terms_do_not_overlap": gettext_lazy(
        "This term overlaps the term of another presidency."
    ),
    "passage_matches_text": gettext_lazy("The quote is not what stands in the stored text."),
    "assessment_append_only": gettext_lazy(
        "A published assessment is never changed: add a later one that corrects it."
    ),
    "evidence_append_only": gettext_lazy(
        "The evidence of a published assessment is never changed."
    ),
    "lineage_forward_in_time": gettext_lazy(
        "The later priority must belong to a later presidency."
    ),
}


def diagnosis(error: DatabaseError) -> Any:
    """What PostgreSQL says of an error; None if it did not answer at all."""
    return getattr(error.__cause__, "diag", None)


def is_rule(error: DatabaseError) -> bool:
    """True for the breach of a rule (SQLSTATE classes 22 and 23), not for an outage."""
    return str(getattr(error.__cause__, "pgcode", ""))[:2] in {"22", "23"}


def refusal(error: DatabaseError) -> str:
    """The refusal in the reader's language; a rule without words of ours is named."""
    said = diagnosis(error)
    name = getattr(said, "constraint_name", None) or ""
    if name.endswith("_has_source"):
        return _("At least one source must be cited.")
    if name in REFUSALS:
        return str(REFUSALS[name])
    words = getattr(said, "message_primary", None) or str(error)
    return _("The database refused this: %(said)s (%(rule)s)") % {"said": words, "rule": name}

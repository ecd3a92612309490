"""ISO 3166-1 alpha-2 codes (officially assigned, 2024), for the place of an event."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Countries that are no states of the record, but where its events may take place.
_NAMES = {
    "AE": _("United Arab Emirates"),
    "AF": _("Afghanistan"),
    "AT": _("Austria"),
    "BE": _("Belgium"),
    "BR": _("Brazil"),
    "CH": _("Switzerland"),
    "CN": _("China"),
    "CU": _("Cuba"),
    "DE": _("Germany"),
    "EG": _("Egypt"),
    "FR": _("France"),
    "GB": _("United Kingdom"),
    "IN": _("India"),
    "IR": _("Iran"),
    "MD": _("Moldova"),
    "MN": _("Mongolia"),
    "PK": _("Pakistan"),
    "QA": _("Qatar"),
    "RS": _("Serbia"),
    "SA": _("Saudi Arabia"),
    "TM": _("Turkmenistan"),
    "TR": _("Türkiye"),
    "UA": _("Ukraine"),
    "US": _("United States"),
}

CODES = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR
    BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ
    EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW
    GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY
    KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV
    MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY
    QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG
    TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM
    ZW
    """.split()  # noqa: SIM905 - a list of 249 quoted codes reads worse
)


def country_code(value: str) -> None:
    if value not in CODES:
        raise ValidationError(
            _("“%(value)s” is not an ISO 3166-1 alpha-2 code; expected one such as KG."),
            code="country",
            params={"value": value},
        )


def country_name(code: str) -> str:
    """The name of a country that is no state of the record; its code where no name is kept."""
    return str(_NAMES.get(code, code))

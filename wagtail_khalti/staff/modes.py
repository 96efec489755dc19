"""Live and test payments are never shown together, so that no total mixes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils.translation import gettext as _

from wagtail_khalti.conf import Mode, configuration

MODES = (Mode.LIVE, Mode.SANDBOX, Mode.SIMULATOR)
"""In the order in which one chooses between them: real money first."""

MODE_CHOICES = [(mode.value, mode.label) for mode in MODES]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeChoice:
    """A link to the same page in one of the modes."""

    label: str
    url: str
    is_shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeBar:
    """What ``mode.html`` says on each of our pages, once: which mode it is, and whether money moves."""

    label: str
    note: str
    badge: str
    choices: tuple[ModeChoice, ...] = ()
    """Where other modes can be looked at from here."""

    @property
    def is_calm(self) -> bool:
        return self.badge == "live"


def mode_bar(mode: Mode | str, url_of: Callable[[str], str] | None = None) -> ModeBar:
    mode = Mode(mode)
    choices = tuple(
        ModeChoice(label=str(other.label), url=url_of(other.value), is_shown=other == mode) for other in MODES if url_of
    )
    if mode == Mode.LIVE:
        return ModeBar(label=str(mode.label), note=_("Real money."), badge="live", choices=choices)
    return ModeBar(label=str(mode.label), note=_("No money moves."), badge="test", choices=choices)


def not_set_up() -> ModeBar:
    return ModeBar(label=_("Not set up"), note=_("Visitors can't pay."), badge="none")


def default_mode() -> Mode:
    """Live, unless every account is one for tests: real money comes first, whichever site it comes to."""
    try:
        modes = [merchant.mode for merchant in configuration().merchants.values()]
    except ImproperlyConfigured:
        return Mode.LIVE
    return Mode.LIVE if Mode.LIVE in modes or not modes else modes[0]


def mode_of(request: HttpRequest) -> Mode:
    """The mode in the query string, or the default one."""
    try:
        return Mode(request.GET.get("mode", ""))
    except ValueError:
        return default_mode()

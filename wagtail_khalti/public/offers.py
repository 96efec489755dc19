"""What a block offers, signed: a link that stays true in a page cache and can't keep an old price alive.

An offer names the page (or snippet) and the block in it; name and price are read from what is published when the
visitor comes. Where the owner of a block can't be known, the offer carries its terms instead, for a day. Where the
request isn't known either, it may be a preview, and nothing is offered: the price of a draft is nobody's to sign.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Protocol, runtime_checkable

from django.apps import apps
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.blocks import Block
from wagtail.models import Site

from wagtail_khalti.exceptions import OfferTampered, OfferUnavailable
from wagtail_khalti.models.sources import Source
from wagtail_khalti.money import Paisa
from wagtail_khalti.pricing import FixedPrice
from wagtail_khalti.public.block_paths import block_at, path_of

logger = logging.getLogger(__name__)

REMEDY = "Use {% include_block %}, and give each StructBlock around it a template."

TERMS_TTL = timedelta(days=1)  # how long a page cache may keep an offer whose price can't be read again

PLACE, TERMS = "p", "t"
# The number grows when what is signed changes its shape: offers in page caches then end kindly, not in an error.
PLACE_SALT, TERMS_SALT = "wagtail_khalti.offer.place.2", "wagtail_khalti.offer.terms.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What can be bought, and what is asked of the visitor."""

    name: str
    unit_price: Paisa
    max_quantity: int = 1
    asks: tuple[str, ...] = ()
    """Of ``name``, ``email`` and ``phone``."""

    thank_you_page: str = ""
    """Primary key of the page for afterwards."""

    @property
    def price(self) -> FixedPrice:
        """All that calculates an amount asks this, so that another kind of price is chosen here."""
        return FixedPrice(name=self.name, unit_price=self.unit_price, max_quantity=self.max_quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An offer as it stands right now."""

    token: str
    terms: Terms
    language: str
    """That of the page it stood on."""

    site: int | None
    """Primary key of the site that it stood on. Signed, since whom the visitor pays is not theirs to choose."""

    owner: models.Model | None = None
    block_path: str = ""

    @property
    def source(self) -> Source:
        """Where on the site a payment of it begins."""
        return Source(
            owner=self.owner,
            block_path=self.block_path,
            offer=self.token,
            thank_you_page=self.terms.thank_you_page,
        )


@runtime_checkable
class Offering(Protocol):
    """A block that offers something, such as ``KhaltiCheckoutBlock``."""

    def terms(self, value: Any) -> Terms: ...


def sign_offer(block: Block, terms: Terms, value: Any, *, context: Mapping[str, Any]) -> str:
    """The offer of this block, for the address of its checkout page. Makes no query.

    Raises ``OfferUnavailable`` where neither the owner nor the request is known.
    """
    language, site = get_language() or "", _site(context)
    for owner in _owners(context):
        path = path_of(value, owner, block=block)
        if path is not None and owner.pk is not None:
            place = [owner._meta.label_lower, str(owner.pk), path, language, site]
            return f"{PLACE}.{signing.Signer(salt=PLACE_SALT).sign_object(place, compress=True)}"
    if context.get("request") is None:
        logger.warning("A block can't be bought: it was rendered without the context of a template. %s", REMEDY)
        raise OfferUnavailable("Neither its owner nor the request is known, so this may be a preview")
    signed = signing.TimestampSigner(salt=TERMS_SALT).sign_object([asdict(terms), language, site], compress=True)
    return f"{TERMS}.{signed}"


def open_offer(token: str) -> Offer:
    """What the offer stands for now. Raises ``OfferTampered`` or ``OfferUnavailable``."""
    kind, _dot, signed = token.partition(".")
    try:
        if kind == PLACE:
            return _at_place(token, *signing.Signer(salt=PLACE_SALT).unsign_object(signed))
        if kind == TERMS:
            return _with_terms(
                token, *signing.TimestampSigner(salt=TERMS_SALT).unsign_object(signed, max_age=TERMS_TTL)
            )
    except signing.SignatureExpired as error:
        raise OfferUnavailable("The time of this offer is over") from error
    except signing.BadSignature as error:
        raise OfferTampered("This site did not sign such an offer") from error
    raise OfferTampered("This site makes no such offers")


def _site(context: Mapping[str, Any]) -> int | None:
    """Of the page that is being shown. Wagtail has found it for the page already."""
    request = context.get("request")
    site = Site.find_for_request(request) if isinstance(request, HttpRequest) else None
    return None if site is None else int(site.pk)


def _owners(context: Mapping[str, Any]) -> Iterator[models.Model]:
    """Whatever in the template context could hold the block: the page, a snippet."""
    # Not isinstance(): that would wake lazy values, and with the CSRF token or the user the page gets a cookie.
    return (value for value in context.values() if issubclass(type(value), models.Model))


def _at_place(token: str, label: str, pk: str, path: str, language: str, site: int | None) -> Offer:
    owner = None
    try:
        owner = _published(label, pk)
        terms = _terms_at(owner, path)
    except OfferUnavailable as error:
        error.owner, error.language, error.site = owner, language, site
        raise
    return Offer(token=token, terms=terms, language=language, site=site, owner=owner, block_path=path)


def _terms_at(owner: models.Model, path: str) -> Terms:
    bound = block_at(owner, path)
    if bound is None or not isinstance(bound.block, Offering):
        raise OfferUnavailable("The block is gone from the published content")
    return bound.block.terms(bound.value)


def _published(label: str, pk: str) -> models.Model:
    try:
        owner: models.Model = apps.get_model(label)._default_manager.get(pk=pk)
    except (LookupError, ValueError, ValidationError, models.ObjectDoesNotExist) as error:
        raise OfferUnavailable("What held the block is gone") from error
    if not getattr(owner, "live", True) or _has_expired(owner):
        raise OfferUnavailable("What holds the block is not published")
    return owner


def _has_expired(owner: models.Model) -> bool:
    """Also where ``publish_scheduled`` has not come by yet to unpublish it."""
    expire_at = getattr(owner, "expire_at", None)
    return expire_at is not None and expire_at <= timezone.now()


def _with_terms(token: str, terms: dict[str, Any], language: str, site: int | None) -> Offer:
    return Offer(token=token, terms=Terms(**{**terms, "asks": tuple(terms["asks"])}), language=language, site=site)

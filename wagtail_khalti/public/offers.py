"""Offers: signed links to what a block sells, safe to cache because they don't contain the price.

An offer names the page (or snippet) and the block in it. Name and price are read from the published content when the
link is opened. If the owner of the block is unknown, the offer contains its terms instead and is valid for a day. If
the request is unknown too, it may be a preview, and no offer is signed: a draft's price must not be sold.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from wagtail.blocks import Block
from wagtail.models import Site

from wagtail_khalti.exceptions import OfferTampered, OfferUnavailable
from wagtail_khalti.models.sources import Source
from wagtail_khalti.pricing import is_registered
from wagtail_khalti.public.block_paths import block_at, path_of
from wagtail_khalti.public.sites import may_have_own_merchant, settings_of, site_of
from wagtail_khalti.public.terms import Offering, Terms

logger = logging.getLogger(__name__)

REMEDY = "Use {% include_block %}, and give each StructBlock around it a template."

PLACEHOLDER = "TOKEN"  # stands for it in an address; tokens need no escaping

TERMS_TTL = timedelta(days=1)  # of an offer that contains its price

BY_BLOCK, BY_TERMS = "p", "t"
# Increase the number when the signed data changes, so that cached offers become invalid instead of raising errors.
BLOCK_SALT, TERMS_SALT = "wagtail_khalti.offer.block.1", "wagtail_khalti.offer.terms.6"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An opened offer with its current terms."""

    token: str
    terms: Terms
    language: str
    """Language of the page with the block."""

    site: int | None
    """Primary key of the site with the block. Signed, since it decides which Khalti account is paid."""

    owner: models.Model | None = None
    block_path: str = ""

    @property
    def source(self) -> Source:
        """Page and block that the payment belongs to."""
        return Source(
            owner=self.owner,
            block_path=self.block_path,
            offer=self.token,
            thank_you_page=self.terms.thank_you_page,
        )


def sign_offer(block: Block, terms: Terms, value: Any, *, context: Mapping[str, Any]) -> str:
    """The token of the checkout page's address. Makes no query.

    Raises ``OfferUnavailable`` if the owner is unknown, and the request is unknown, too, or units are to be counted, or
    the owner may say who is paid, or the price is of a kind that isn't registered.
    """
    if token := sign_place(block, value, context=context):
        return token
    if terms.limit.units is not None:
        logger.warning("A block can't be sold because its units can't be counted without its page. %s", REMEDY)
        raise OfferUnavailable("Units can't be counted, because the page or snippet with the block is unknown")
    if context.get("request") is None:
        logger.warning("A block can't be sold because it was rendered without a template context. %s", REMEDY)
        raise OfferUnavailable("Neither the owner nor the request is known, so this may be a preview")
    if may_have_own_merchant(_owners(context)):
        logger.warning("A block can't be sold because the page that says who is paid is unknown. %s", REMEDY)
        raise OfferUnavailable("Another Khalti account than that of the site may be the one to be paid")
    if not is_registered(terms.price):
        name = type(terms.price).__qualname__
        logger.warning("A block can't be sold: its price %s is not registered. Use @register_price.", name)
        raise OfferUnavailable(f"An offer can't contain a {name}, which is not registered")
    content = [terms.as_json(), get_language() or "", _site(context)]
    signed = signing.TimestampSigner(salt=TERMS_SALT).sign_object(content, compress=True)
    return f"{BY_TERMS}.{signed}"


def sign_place(block: Block, value: Any, *, context: Mapping[str, Any]) -> str:
    """The same, but only for a block in a page or snippet that is known; otherwise empty."""
    place = place_of(value, block=block, context=context)
    if place is None:
        return ""
    owner, path = place
    reference = [owner._meta.label_lower, str(owner.pk), path, get_language() or "", _site(context)]
    # Not compressed: that rarely makes it shorter, and a page may have many blocks.
    return f"{BY_BLOCK}.{signing.Signer(salt=BLOCK_SALT).sign_object(reference)}"


def place_of(value: Any, *, block: Block, context: Mapping[str, Any]) -> tuple[models.Model, str] | None:
    """The page or snippet that holds this value, and the content path in it; None if that is unknown. No query."""
    for owner in _owners(context):
        path = path_of(value, owner, block=block)
        if path is not None and owner.pk is not None:
            return owner, path
    return None


def is_in_preview(context: Mapping[str, Any]) -> bool:
    """Whether a block is rendered in a page preview or in the block picker, where nothing can be bought."""
    return bool(getattr(context.get("request"), "is_preview", False)) or "block_def" in context


def checkout_path(token: str) -> str:
    """The address of the checkout page of an offer, without the host."""
    around = _around_token(get_script_prefix(), get_urlconf() or settings.ROOT_URLCONF, get_language())
    return around.replace(PLACEHOLDER, token)


@lru_cache(maxsize=256)  # a page may have many blocks, and reverse() takes as long as the rest of an offer
def _around_token(script_prefix: str, urlconf: str, language: str | None) -> str:
    return reverse("wagtail_khalti:checkout", args=[PLACEHOLDER])


def owner_of(value: Any, *, block: Block, context: Mapping[str, Any]) -> models.Model | None:
    """The page or snippet that holds this value."""
    place = place_of(value, block=block, context=context)
    return place and place[0]


def open_offer(token: str) -> Offer:
    """The offer with its current terms. Raises ``OfferTampered`` or ``OfferUnavailable``."""
    offer = _opened(token)
    return replace(offer, terms=with_vat_rate(offer.terms, owner=offer.owner, site=offer.site))


def with_vat_rate(terms: Terms, *, owner: models.Model | None, site: int | None) -> Terms:
    """With the rate of the site that is paid. Reads its settings only if the price has VAT."""
    if not terms.price.vat.needs_rate:
        return terms
    rate = settings_of(site_of(owner, site)).vat_rate
    return replace(terms, price=terms.price.with_vat_rate(rate))


def _opened(token: str) -> Offer:
    kind, _dot, signed = token.partition(".")
    try:
        if kind == BY_BLOCK:
            return _offer_of_block(token, *signing.Signer(salt=BLOCK_SALT).unsign_object(signed))
        if kind == BY_TERMS:
            return _offer_with_terms(
                token, *signing.TimestampSigner(salt=TERMS_SALT).unsign_object(signed, max_age=TERMS_TTL)
            )
    except signing.SignatureExpired as error:
        raise OfferUnavailable("The offer has expired") from error
    except signing.BadSignature as error:
        raise OfferTampered("The signature is invalid") from error
    raise OfferTampered("Unknown kind of offer")


def _site(context: Mapping[str, Any]) -> int | None:
    """The site of the current page. Makes no query: Wagtail has stored it on the request."""
    request = context.get("request")
    site = Site.find_for_request(request) if isinstance(request, HttpRequest) else None
    return None if site is None else int(site.pk)


def _owners(context: Mapping[str, Any]) -> Iterator[models.Model]:
    """All model instances in the template context: the page, or a snippet."""
    # Not isinstance(), which evaluates lazy values: with the CSRF token or the user the page would set a cookie.
    return (value for value in context.values() if issubclass(type(value), models.Model))


def _offer_of_block(token: str, label: str, pk: str, path: str, language: str, site: int | None) -> Offer:
    owner = None
    try:
        owner = _published(label, pk)
        with translation.override(language or translation.get_language()):  # a block may have texts of its own
            terms = _terms_at(owner, path)
    except OfferUnavailable as error:
        error.owner, error.language, error.site = owner, language, site
        raise
    return Offer(token=token, terms=terms, language=language, site=site, owner=owner, block_path=path)


def _terms_at(owner: models.Model, path: str) -> Terms:
    bound = block_at(owner, path)
    if bound is None or not isinstance(bound.block, Offering):
        raise OfferUnavailable("The block is no longer in the published content")
    return bound.block.terms(bound.value)


def _published(label: str, pk: str) -> models.Model:
    try:
        owner: models.Model = apps.get_model(label)._default_manager.get(pk=pk)
    except (LookupError, ValueError, ValidationError, models.ObjectDoesNotExist) as error:
        raise OfferUnavailable("The page or snippet with the block no longer exists") from error
    if not getattr(owner, "live", True) or _has_expired(owner):
        raise OfferUnavailable("The page or snippet with the block is not published")
    return owner


def _has_expired(owner: models.Model) -> bool:
    """Also before ``publish_scheduled`` unpublishes it."""
    expire_at = getattr(owner, "expire_at", None)
    return expire_at is not None and expire_at <= timezone.now()


def _offer_with_terms(token: str, terms: dict[str, Any], language: str, site: int | None) -> Offer:
    try:
        opened = Terms.from_json(terms)
    except (KeyError, TypeError, ValueError) as error:
        raise OfferUnavailable("The site's code can't read these terms any more") from error
    return Offer(token=token, terms=opened, language=language, site=site)

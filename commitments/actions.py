"""Load an edition of the Declaration from a file's data."""

from collections.abc import Mapping
from typing import Any

from commitments.models import (
    Commitment,
    Edition,
    Indicator,
    LevelDescription,
    Rating,
    SupportOffer,
)
from declaration.actions import RefusedError, action

TEXT_FIELDS = (
    "title",
    "region",
    "heading",
    "introduction_heading",
    "introduction",
    "drafted_by",
    "statement_heading",
    "statement_intro",
    "meaning_heading",
    "meaning_intro",
)
COMMITMENT_FIELDS = ("title", "statement", "indicators_heading")


class BrokenEditionError(RefusedError):
    """The data are not those of a whole edition; the message says what is missing, and where."""


@action
def load_edition(*, data: Mapping[str, Any]) -> Edition:
    """Store the edition that the data describe, and return it.

    `data` has the shape of fixtures/essex_data_declaration.yaml. An edition that has not been
    published is replaced as a whole; of a published one nothing may differ. Raises
    BrokenEditionError for data that are not whole, RefusedError for a published edition whose
    text would change.
    """
    _check(data)
    edition = Edition.objects.select_for_update().filter(slug=data["slug"]).first()
    if edition is not None and edition.is_published:
        return _unchanged(edition, data)
    if edition is not None:
        _empty(edition)
    return _store(data)


def describe(edition: Edition) -> dict[str, Any]:
    """The edition as data, in the shape that `load_edition` takes."""
    commitments = edition.commitments.prefetch_related("indicators__levels").order_by("number")
    offers = edition.support_offers.prefetch_related("indicators__commitment").order_by("slug")
    return {
        "slug": edition.slug,
        **{name: getattr(edition, name) for name in TEXT_FIELDS},
        "commitments": [_describe_commitment(commitment) for commitment in commitments],
        "support_offers": [_describe_offer(offer) for offer in offers],
    }


def _describe_offer(offer: SupportOffer) -> dict[str, Any]:
    codes = sorted(indicator.code for indicator in offer.indicators.all())
    fields = {name: getattr(offer, name) for name in ("slug", "name", "description", "url")}
    return fields | {"indicators": codes}


def _describe_commitment(commitment: Commitment) -> dict[str, Any]:
    return {
        "number": commitment.number,
        **{name: getattr(commitment, name) for name in COMMITMENT_FIELDS},
        "indicators": [
            {
                "number": indicator.number,
                "title": indicator.title,
                "text": indicator.text,
                "levels": [
                    {
                        "rating": level.rating,
                        "description": level.description,
                        "next_step": level.next_step,
                    }
                    for level in indicator.levels.all()
                ],
            }
            for indicator in commitment.indicators.all()
        ],
    }


def _check(data: Mapping[str, Any]) -> None:
    missing = [name for name in ("slug", *TEXT_FIELDS, "commitments") if not data.get(name)]
    if missing:
        raise BrokenEditionError(f"The edition says nothing for: {', '.join(missing)}.")
    for commitment in data["commitments"]:
        _check_commitment(commitment)


def _check_commitment(commitment: Mapping[str, Any]) -> None:
    number = commitment.get("number", "without a number")
    missing = [name for name in (*COMMITMENT_FIELDS, "indicators") if not commitment.get(name)]
    if missing:
        raise BrokenEditionError(f"Commitment {number} says nothing for: {', '.join(missing)}.")
    for indicator in commitment["indicators"]:
        code = f"{number}.{indicator.get('number', '?')}"
        if not indicator.get("title") or not indicator.get("text"):
            raise BrokenEditionError(f"Indicator {code} needs a title and a text.")
        ratings = [level.get("rating") for level in indicator.get("levels", [])]
        if ratings != Rating.values:
            raise BrokenEditionError(f"Indicator {code} must describe the levels 0 to 4, in order.")
        if not all(level.get("description") for level in indicator["levels"]):
            raise BrokenEditionError(f"Indicator {code} has a level without a description.")


def _unchanged(edition: Edition, data: Mapping[str, Any]) -> Edition:
    now, wanted = describe(edition), dict(data)
    wanted["support_offers"] = _sorted_offers(data)
    differing = [name for name in now if now[name] != wanted.get(name)]
    if differing:
        raise RefusedError(
            f"“{edition.title}” is published and frozen, but the file differs in: "
            f"{', '.join(differing)}. Give a new text a slug of its own: it is a new edition."
        )
    return edition


def _sorted_offers(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    offers = sorted(data.get("support_offers", []), key=lambda offer: str(offer["slug"]))
    return [offer | {"indicators": sorted(offer["indicators"])} for offer in offers]


def _empty(edition: Edition) -> None:
    SupportOffer.objects.filter(edition=edition).delete()
    LevelDescription.objects.filter(indicator__commitment__edition=edition).delete()
    Indicator.objects.filter(commitment__edition=edition).delete()
    Commitment.objects.filter(edition=edition).delete()
    edition.delete()


def _store(data: Mapping[str, Any]) -> Edition:
    edition = Edition(slug=data["slug"], **{name: data[name] for name in TEXT_FIELDS})
    edition.full_clean()
    edition.save()
    by_code: dict[str, Indicator] = {}
    for item in data["commitments"]:
        by_code |= _store_commitment(edition, item)
    for item in data.get("support_offers", []):
        _store_offer(edition, item, by_code)
    return edition


def _store_commitment(edition: Edition, item: Mapping[str, Any]) -> dict[str, Indicator]:
    fields = {name: item[name] for name in COMMITMENT_FIELDS}
    commitment = Commitment.objects.create(edition=edition, number=item["number"], **fields)
    indicators = Indicator.objects.bulk_create(
        Indicator(
            commitment=commitment, number=entry["number"], title=entry["title"], text=entry["text"]
        )
        for entry in item["indicators"]
    )
    LevelDescription.objects.bulk_create(
        LevelDescription(indicator=indicator, **level)
        for indicator, entry in zip(indicators, item["indicators"], strict=True)
        for level in entry["levels"]
    )
    return {indicator.code: indicator for indicator in indicators}


def _store_offer(
    edition: Edition, item: Mapping[str, Any], by_code: Mapping[str, Indicator]
) -> None:
    unknown = [code for code in item["indicators"] if code not in by_code]
    if unknown:
        raise BrokenEditionError(f"“{item['name']}” serves unknown indicators: {unknown}.")
    fields = {name: item[name] for name in ("slug", "name", "description", "url")}
    offer = SupportOffer.objects.create(edition=edition, **fields)
    offer.indicators.set([by_code[code] for code in item["indicators"]])

"""Whether what a report was made from has changed since, and what a bundle lacks: expressions.

They are for rows of reports that are annotated with `read_at`, when the report was read.
"""

from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from assessments.models import Answer, Assessment, Evidence, Improvement, Review, SupportRequest
from assessments.verbs import Verb
from progress.models import Report
from signatories.models import Certificate, Event, Signature

Kind, State = Report.Kind, Report.State
SINCE = OuterRef("read_at")
EVIDENCE = (
    Verb.EVIDENCE_CHANGED,
    Verb.EVIDENCE_REMOVED,
    Verb.FILES_ADDED,
    Verb.FILE_REPLACED,
    Verb.FILE_REMOVED,
)
# What a report says of a request for support; not what was written about it.
SUPPORT = (
    Verb.SUPPORT_ASKED,
    Verb.SUPPORT_WITHDRAWN,
    Verb.SUPPORT_TAKEN,
    Verb.SUPPORT_GIVEN_BACK,
    Verb.SUPPORT_DONE,
    Verb.SUPPORT_DECLINED,
    Verb.SUPPORT_REOPENED,
)


# --- Changes -----------------------------------------------------------------------------------


def has_changed() -> Case:
    """Whether the report would say something else now; never where it says what is released."""
    changed = Q(signed_at__gt=SINCE) | Q(recorded_at__gt=SINCE) | Q(withdrawn_at__gt=SINCE)
    signatures = Signature.objects.filter(changed, edition=OuterRef("edition"))
    whose = {"partner": OuterRef("partner")}
    of_one = [*_assessed(**whose), _supported(**whose), _planned(**whose)]
    of_all = [*_assessed(), _supported()]
    return Case(
        When(release__isnull=False, then=False),
        When(kind=Kind.PARTNER, then=_any(*of_one)),
        When(kind=Kind.SYSTEM, then=_any(*of_all)),
        When(kind=Kind.ALL, then=_any(*of_all, _planned())),
        default=_any(signatures),
    )


def _any(*sets: QuerySet[Any]) -> Q:
    found = Q()
    for rows in sets:
        found |= Q(Exists(rows.order_by()))
    return found


def _assessed(**whose: OuterRef) -> list[QuerySet[Any]]:
    """What was answered, proved, moved on and decided since, by a partner or by all."""
    there: dict[str, OuterRef] = {"round": OuterRef("round"), **whose}
    theirs = {f"assessment__{name}": value for name, value in there.items()}
    moved = Q(moved_at__gt=SINCE) | Q(_told(Assessment, EVIDENCE))
    return [
        Assessment.objects.filter(moved, **there),
        Answer.objects.filter(updated_at__gt=SINCE, **theirs),
        Review.objects.filter(at__gt=SINCE, **theirs),
        Evidence.objects.filter(
            added_at__gt=SINCE, **{f"answer__{name}": value for name, value in theirs.items()}
        ),
    ]


def _supported(**whose: OuterRef) -> QuerySet[Any]:
    """The requests for support that were made, taken on or ended since."""
    told = _told(SupportRequest, SUPPORT)
    return SupportRequest.objects.filter(told, **_in_edition(), **whose)


def _planned(**whose: OuterRef) -> QuerySet[Any]:
    """The improvements that were added or changed since."""
    changed = Q(added_at__gt=SINCE) | Q(updated_at__gt=SINCE)
    return Improvement.objects.filter(changed, **_in_edition(), **whose)


def _in_edition() -> dict[str, OuterRef]:
    return {"indicator__commitment__edition": OuterRef("round__edition")}


def _told(kind: type[Model], verbs: tuple[Verb, ...]) -> Exists:
    """Whether the timeline of a row of that kind has one of the verbs since."""
    events = Event.objects.filter(
        subject_kind=kind._meta.label_lower,
        subject_id=OuterRef("pk"),
        verb__in=[verb.value for verb in verbs],
        at__gt=OuterRef(SINCE),
    )
    return Exists(events.order_by())


# --- What is missing ---------------------------------------------------------------------------


def missing() -> Case:
    """How many documents a bundle that is ready lacks; None for what is no bundle."""
    return Case(
        When(kind=Kind.ALL, state=State.DONE, then=_count(_children(), _is_late())),
        When(kind=Kind.CERTIFICATES, state=State.DONE, then=_count(_certificates(), _is_late())),
        output_field=IntegerField(null=True),
    )


def of() -> Case:
    """How many documents belong into a bundle that is ready; None for what is no bundle."""
    return Case(
        When(kind=Kind.ALL, state=State.DONE, then=_count(_children())),
        When(kind=Kind.CERTIFICATES, state=State.DONE, then=_count(_certificates())),
        output_field=IntegerField(null=True),
    )


def _is_late() -> Q:
    return ~Q(state=State.DONE) | Q(finished_at__gt=OuterRef("finished_at"))


def _children() -> QuerySet[Any]:
    return Report.objects.filter(parent=OuterRef("pk"))


def _certificates() -> QuerySet[Any]:
    """Those of the signatures that stood when it was asked for, as `bundle.members_of` has them."""
    asked = OuterRef("queued_at")
    given = Certificate.objects.alias(
        given=Coalesce(F("signature__recorded_at"), F("signature__signed_at"))
    )
    stood = Q(signature__withdrawn_at__isnull=True) | Q(signature__withdrawn_at__gt=asked)
    return given.filter(stood, signature__edition=OuterRef("edition"), given__lte=asked)


def _count(rows: QuerySet[Any], which: Q | None = None) -> Coalesce:
    some = rows.filter(which) if which is not None else rows
    counted = some.order_by().annotate(one=Value(1)).values("one").annotate(many=Count("pk"))
    return Coalesce(Subquery(counted.values("many")), 0)

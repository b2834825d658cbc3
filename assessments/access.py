"""Who may see and do what with assessments: fetch what a person may have, or refuse.

Each fetch also brings the person's role at the partner and notes whose page it is, for the bar
above it, so that a page needs no query for either.
"""

from functools import reduce
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import Http404

from assessments.models import (
    Answer,
    Assessment,
    Document,
    Draft,
    Evidence,
    EvidenceFile,
    GoodPractice,
    Improvement,
    Release,
    Round,
    SheetUpload,
    SupportRequest,
)
from signatories.access import (
    Request,
    Role,
    has_role,
    note_organisation,
    require_ecda,
    with_other_partners,
)
from signatories.models import Membership, Partner, User


def assessment_or_404(request: Request, pk: int) -> tuple[Assessment, Role | None]:
    """The assessment and the person's role at its partner; 404 for another partner's."""
    visible = Assessment.objects.visible_to(request.user).filter(pk=pk)
    people = ("sent_by", "submitted_by", "reviewer", "snapshot__accepted_by")
    related = visible.select_related("round__edition", "partner", *people)
    return _only(related.defer("snapshot__content"), request, "partner")


def answer_or_404(request: Request, pk: int) -> tuple[Answer, Role | None]:
    """The answer and the person's role at its partner; 404 for another partner's."""
    visible = Answer.objects.visible_to(request.user).filter(pk=pk)
    related = visible.select_related(
        "assessment__round", "assessment__partner", "indicator__commitment", "updated_by"
    )
    return _only(related, request, "assessment__partner")


def evidence_or_404(request: Request, pk: int) -> tuple[Evidence, Role | None]:
    """The link and the person's role at its partner; 404 for another partner's."""
    visible = Answer.objects.visible_to(request.user)
    related = Evidence.objects.filter(pk=pk, answer__in=visible).select_related(
        "answer__assessment__round",
        "answer__assessment__partner",
        "answer__indicator__commitment",
        "answer__updated_by",
    )
    return _only(related, request, "answer__assessment__partner")


def improvement_or_404(request: Request, pk: int) -> tuple[Improvement, Role | None]:
    """The improvement and the person's role at its partner; 404 for another partner's."""
    visible = Improvement.objects.visible_to(request.user).filter(pk=pk)
    related = visible.select_related("partner", "indicator__commitment", "added_by", "updated_by")
    return _only(related, request, "partner")


def draft_or_404(request: Request, pk: int) -> tuple[Draft, bool]:
    """The person's own draft, whatever their role is by now, and whether they see its answer."""
    seen = Answer.objects.visible_to(request.user).filter(pk=OuterRef("answer"))
    mine = Draft.objects.visible_to(request.user).filter(pk=pk).annotate(sees=Exists(seen))
    related = mine.select_related(
        "answer__assessment__round",
        "answer__assessment__partner",
        "answer__indicator__commitment",
    )
    path = "answer__assessment__partner"
    draft = with_other_partners(related, request.user, path).first()
    if draft is None:
        raise Http404("No such page.")
    if draft.sees:
        partner = draft.answer.assessment.partner
        note_organisation(request, partner, has_others=draft.has_others)
    return draft, draft.sees


def file_or_404(person: User, code: str) -> EvidenceFile:
    """A revision of a file, for its partner's people and ecda; 404 once it is removed."""
    visible = Answer.objects.visible_to(person)
    found = _files(code).filter(evidence__answer__in=visible).first()
    if found is None:
        raise Http404("No such file.")
    return found


def public_file(code: str) -> EvidenceFile | None:
    """The file with this code, when it is the last revision and its partner shows it to all."""
    later = EvidenceFile.objects.filter(
        evidence=OuterRef("evidence"), number__gt=OuterRef("number")
    )
    return _files(code).filter(~Exists(later), evidence__public=True).first()


def _files(code: str) -> QuerySet[EvidenceFile]:
    there = EvidenceFile.objects.filter(code=code, evidence__removed_at__isnull=True)
    return there.select_related(
        "evidence__answer__assessment__partner", "evidence__answer__indicator__commitment"
    )


def upload_or_404(request: Request, pk: int) -> tuple[SheetUpload, Role | None]:
    """The person's own upload and their role at its partner; 404 for everybody else's."""
    visible = SheetUpload.objects.visible_to(request.user).filter(pk=pk)
    related = visible.select_related("assessment__round", "assessment__partner")
    return _only(related, request, "assessment__partner")


def support_or_404(request: Request, pk: int) -> tuple[SupportRequest, Role | None]:
    """The request for support and the person's role at its partner; 404 for another partner's."""
    visible = SupportRequest.objects.visible_to(request.user).filter(pk=pk)
    related = visible.knowing_owner().select_related(
        "partner", "indicator__commitment", "offer", "owner", "asked_by", "ended_by"
    )
    return _only(related, request, "partner")


def practice_or_404(request: Request, slug: str) -> tuple[GoodPractice, Role | None]:
    """The good practice, published or not, to ecda and its partner’s members; 404 for others."""
    mine = Partner.objects.visible_to(request.user)
    found = GoodPractice.objects.filter(slug=slug, partner__in=mine)
    related = found.select_related(
        "partner__succeeded_by",
        "indicator__commitment",
        "offered_by",
        "edited_by",
        "published_by",
    )
    return _only(related, request, "partner")


def published_practice(slug: str) -> GoodPractice | None:
    """The good practice with this address, when everybody can read it."""
    found = GoodPractice.objects.published().filter(slug=slug)
    return found.select_related("partner__succeeded_by", "indicator__commitment").first()


def round_or_404(slug: str) -> Round:
    """The round of that slug; every signed-in person may know of it once it has opened."""
    return _round(Round.objects.opened(), slug)


def any_round_or_404(request: Request, slug: str) -> Round:
    """The round of that slug, planned ones too, for ecda; 403 for everybody else."""
    require_ecda(request)
    return _round(Round.objects.all(), slug)


def release_or_404(request: Request, slug: str, number: int) -> Release:
    """A round's release of that number, for ecda; 403 for everybody else."""
    require_ecda(request)
    found = Release.objects.filter(round__slug=slug, number=number, sealed=True)
    release = found.select_related("round__edition", "released_by").first()
    if release is None:
        raise Http404("No such release.")
    return release


def _round(rounds: QuerySet[Round], slug: str) -> Round:
    people = ("edition", "planned_by", "opened_by", "closed_by")
    found = rounds.select_related(*people).filter(slug=slug).first()
    if found is None:
        raise Http404("No such round.")
    return found


def document_or_404(request: Request, code: str) -> Document:
    """The document: questions for everybody signed in, answers as the assessment's pages are."""
    visible = Document.objects.visible_to(request.user).filter(code=code)
    related = visible.select_related("round", "assessment__partner", "requested_by")
    found = with_other_partners(related, request.user, "assessment__partner").first()
    if found is None:
        raise Http404("No such document.")
    if found.assessment is not None:
        note_organisation(request, found.assessment.partner, has_others=found.has_others)
    document: Document = found
    return document


def require_at_least(role: Role | None, least: Role) -> Role:
    """The role; 403 when it is not at least the one needed."""
    if role is None or not has_role(role, least):
        raise PermissionDenied(f"This needs the role {least.label.lower()} at the partner.")
    return role


def is_reviewer(user: User, role: Role | None) -> bool:
    """Whether the person may review: ecda's staff, but never a partner they belong to."""
    return user.is_ecda and role is None


def require_reviewer(user: User, role: Role | None) -> User:
    """The person; 403 when they do not work for ecda or belong to the partner."""
    if not is_reviewer(user, role):
        raise PermissionDenied("ecda’s staff review, and nobody reviews a partner they belong to.")
    return user


def _only(found: QuerySet[Any], request: Request, path: str) -> tuple[Any, Role | None]:
    """The one row with the person's role at the partner that the path leads to, or 404."""
    user = request.user
    roles = Membership.objects.current().filter(person=user, partner=OuterRef(path))
    rows = with_other_partners(found, user, path)
    row = rows.annotate(own_role=Subquery(roles.values("role")[:1])).first()
    if row is None:
        raise Http404("No such page.")
    partner: Partner = reduce(getattr, path.split("__"), row)
    note_organisation(request, partner, has_others=row.has_others)
    return row, Role(row.own_role) if row.own_role else None

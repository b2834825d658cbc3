"""Begin an assessment from what the partner said before: copied, and to be reviewed by people."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db.models.functions import Upper

from assessments import workflow
from assessments.actions import moves
from assessments.actions.opening import ClosedToWritingError, closed_by_trigger
from assessments.dashboards import carryable, rounds_in_words, source_of
from assessments.models import Answer, Assessment, Evidence, EvidenceFile, Round
from assessments.models.evidence import new_code
from assessments.verbs import NOTICES, Verb
from assessments.workflow import State
from commitments.models import Indicator
from declaration.actions import RefusedError, action
from declaration.jobs import ring
from signatories.actions.events import record
from signatories.models import User

# What is said again; who saved it, and whether it is completed, is not.
WORDS = ("rating", "not_applicable", "reason", "narrative", "willing_to_share")
# Not whether the public sees it: leads say so of each round.
EVIDENCE = ("title", "url", "dated_on", "note", "added_at", "added_by_id")
FILE = ("name", "size", "media_type", "sha256", "uploaded_at", "uploaded_by_id")


@action
def carry_forward(*, assessment: Assessment, by: User) -> int:
    """Copy the partner's earlier answers into those nobody has touched; how many were copied.

    Each is the latest that was completed in an earlier round, of the same indicator or of the one
    it continues, with the evidence it has now. None counts until somebody saves it. Twice is once.
    ClosedToWritingError when the assessment is not a draft of an open round.
    """
    found = _open_draft(assessment)
    with closed_by_trigger():
        copied = _copy_words(found)
        _copy_evidence(copied)
    if copied:
        record(
            verb=Verb.CARRIED_FORWARD,
            by=by,
            partner=found.partner,
            subject=found,
            note=_in_words(list(copied.values())),
            notices=NOTICES,
        )
    return len(copied)


def carry_into(opened: Round, assessments: Sequence[Assessment]) -> Mapping[int, str]:
    """Make the answers of new assessments of a round, begun from earlier ones as above.

    Returns what was brought forward in words, by the assessment's id; more partners take no more
    queries. Call it inside the action that made the assessments.
    """
    indicators = list(
        Indicator.objects.filter(commitment__edition=opened.edition_id).annotate(key=Upper("title"))
    )
    sources = _latest(opened, assessments, indicators)
    answers, copied = [], {}
    found: dict[int, list[Answer]] = defaultdict(list)
    for assessment in assessments:
        for indicator in indicators:
            answer = Answer(assessment=assessment, indicator=indicator)
            answers.append(answer)
            source = sources.get((assessment.partner_id, vars(indicator)["key"]))
            if source is not None:
                _say_again(answer, source)
                found[assessment.pk].append(source)
    for answer in Answer.objects.bulk_create(answers):
        if answer.carried_from is not None:
            copied[answer] = answer.carried_from
    if copied:
        _copy_evidence(copied)
    return {pk: _in_words(of) for pk, of in found.items()}


def _latest(
    opened: Round, assessments: Sequence[Assessment], indicators: Sequence[Indicator]
) -> Mapping[tuple[int, str], Answer]:
    """The latest completed earlier answer by partner and by the indicator's title in capitals."""
    completed = Answer.objects.filter(
        assessment__partner__in=[assessment.partner_id for assessment in assessments],
        assessment__round__opens_on__lt=opened.opens_on,
        completed=True,
        updated_at__isnull=False,
    ).annotate(key=Upper("indicator__title"))
    titles = {vars(indicator)["key"] for indicator in indicators}
    found = completed.filter(key__in=titles).order_by("assessment__round__opens_on", "pk")
    # A later one takes the place of an earlier one.
    latest = {
        (partner, key): pk
        for partner, key, pk in found.values_list("assessment__partner", "key", "pk")
    }
    sources = Answer.objects.select_related("assessment__round").in_bulk(latest.values())
    return {place: sources[pk] for place, pk in latest.items()}


def _say_again(answer: Answer, source: Answer) -> None:
    for name in WORDS:
        setattr(answer, name, getattr(source, name))
    answer.carried_from = source


def _in_words(sources: Sequence[Answer]) -> str:
    """How many answers were brought forward, and of which rounds."""
    rounds = [source.assessment.round for source in sources]
    names = [each.name for each in sorted(rounds, key=lambda each: each.opens_on)]
    words = rounds_in_words(names)
    return f"{len(sources)} of {words}"


def _open_draft(assessment: Assessment) -> Assessment:
    found = Assessment.objects.select_related("round", "partner").get(pk=assessment.pk)
    try:
        moves.refuse_when_closed(found)
    except RefusedError as error:
        raise ClosedToWritingError(str(error)) from error
    if found.status != State.DRAFT:
        raise ClosedToWritingError(
            "You cannot bring forward earlier answers now, because the assessment is "
            f"“{found.get_state_display()}”. {workflow.whose_turn(found.status)}"
        )
    return found


def _copy_words(assessment: Assessment) -> Mapping[Answer, Answer]:
    """Fill the untouched answers; returns each with the earlier one it was copied from.

    Their rows are locked: whoever saves one of them meanwhile is found to have touched it.
    """
    empty = list(carryable(assessment).select_for_update(of=("self",)))
    sources = Answer.objects.select_related("assessment__round").in_bulk(
        [source_of(answer) for answer in empty]
    )
    copied = {answer: sources[source_of(answer)] for answer in empty}
    for answer, source in copied.items():
        _say_again(answer, source)
        answer.version += 1
    Answer.objects.bulk_update(copied, [*WORDS, "carried_from", "version"])
    return copied


def _copy_evidence(copied: Mapping[Answer, Answer]) -> None:
    """Let the copies stand on the same links and files, leaving out what is there already.

    What the virus scanner refused stays behind.
    """
    sources = list(copied.values())
    found = Evidence.objects.current().filter(answer__in=sources)
    newest = _newest_files(found)
    by_answer: dict[int, list[Evidence]] = defaultdict(list)
    for evidence in found:
        if not evidence.is_file or evidence.pk in newest:
            by_answer[evidence.answer_id].append(evidence)
    there = {
        (evidence.answer_id, evidence.newest["sha256"] if evidence.newest else evidence.url)
        for evidence in Evidence.objects.current().filter(answer__in=copied).with_file()
    }
    pairs = [
        (evidence, Evidence(answer=answer, **_same(evidence, EVIDENCE)))
        for answer, source in copied.items()
        for evidence in by_answer[source.pk]
        if (answer.pk, evidence.url or newest[evidence.pk].sha256) not in there
    ]
    Evidence.objects.bulk_create(copy for _, copy in pairs)
    _copy_files([(newest[old.pk], copy) for old, copy in pairs if old.is_file])


def _newest_files(evidence: Iterable[Evidence]) -> Mapping[int, EvidenceFile]:
    """The last revision of each file, by the evidence's id, unless it was refused."""
    files = EvidenceFile.objects.filter(evidence__in=evidence)
    newest = files.order_by("evidence_id", "-number").distinct("evidence_id")
    refused = EvidenceFile.Verdict.INFECTED
    return {file.evidence_id: file for file in newest if file.verdict != refused}


def _copy_files(pairs: Sequence[tuple[EvidenceFile, Evidence]]) -> None:
    """Make a first revision of each on the same stored file; what was not scanned yet is again."""
    copies = []
    for old, evidence in pairs:
        code = new_code()
        copy = EvidenceFile(
            evidence=evidence,
            code=code,
            key=f"evidence-{code}",
            file=old.file.name,
            **_same(old, FILE),
        )
        if old.state == EvidenceFile.State.DONE:
            ended = ("state", "verdict", "percent", "started_at", "finished_at")
            for name, value in _same(old, ended).items():
                setattr(copy, name, value)
        copies.append(copy)
    EvidenceFile.objects.bulk_create(copies)
    for copy in copies:
        if copy.is_waiting:
            ring(copy)


def _same(row: object, names: Iterable[str]) -> dict[str, object]:
    return {name: getattr(row, name) for name in names}

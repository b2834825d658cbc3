"""Write a letter to people of several partners: one e-mail for each of them."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models.functions import Now

from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.actions.messages import ring
from signatories.emails import letter_email, new_message_id
from signatories.models import Letter, Message, User
from signatories.verbs import Verb

# How many letters one person sends in an hour, each to as many people as it is for.
PER_HOUR = 20
BATCH = 500


@action
def write_letter(
    *, key: str, subject: str, body: str, chosen: str, people: Iterable[User], by: User
) -> Letter:
    """Send the same words to each of the people whose account is open, and keep them as sent.

    `key` comes with the form, so that pressing twice sends once; `chosen` says in words whom the
    letter is for. RefusedError for a letter without words, for one that says something else or to
    others than what was sent with the form before, when nobody is left, and after `PER_HOUR`
    letters in an hour.
    """
    # One letter of a person at a time: the second press finds the first one's.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if sent := Letter.objects.filter(key=key).first():
        return _same(sent, subject, body, chosen, people, by)
    wanted = {person.pk for person in people}
    readers = list(User.objects.filter(pk__in=wanted, is_active=True).order_by("pk"))
    _refuse(subject, body, readers, by)
    letter = Letter.objects.create(key=key, by=by, **_as_kept(subject, body, chosen))
    ring(Message.objects.bulk_create([_to(letter, each) for each in readers], batch_size=BATCH))
    record(verb=Verb.LETTER_SENT, by=by, subject=letter, note=chosen)
    return letter


def says(letter: Letter, *, subject: str, body: str, chosen: str, people: Iterable[User]) -> bool:
    """Whether a letter that was sent says these very words, to these very people.

    Those whose account was closed, then or since, make no difference.
    """
    kept = _as_kept(subject, body, chosen)
    if any(getattr(letter, name) != words for name, words in kept.items()):
        return False
    given = {person.pk: person.is_active for person in people}
    wrote_to = set(letter.messages.values_list("person_id", flat=True))
    return wrote_to <= given.keys() and all(pk in wrote_to for pk, open_ in given.items() if open_)


def _as_kept(subject: str, body: str, chosen: str) -> dict[str, str]:
    return {"subject": " ".join(subject.split()), "body": body.strip(), "chosen": chosen[:300]}


def _same(
    sent: Letter, subject: str, body: str, chosen: str, people: Iterable[User], by: User
) -> Letter:
    if sent.by_id != by.pk:
        raise RefusedError("Somebody else has sent a letter with this form. Write it again.")
    if not says(sent, subject=subject, body=body, chosen=chosen, people=people):
        raise RefusedError(
            "A letter was sent with this form already, and this one is different. "
            "Check it again, then send it."
        )
    return sent


def _refuse(subject: str, body: str, readers: list[User], by: User) -> None:
    if not subject.strip():
        raise RefusedError("Enter a subject for the letter.")
    if not body.strip():
        raise RefusedError("Enter what the letter says.")
    if not readers:
        raise RefusedError(
            "Nobody is left to write to. Choose again whom the letter is for, then send it."
        )
    written = Letter.objects.filter(by=by, at__gt=Now() - timedelta(hours=1))
    if written.count() >= PER_HOUR:
        raise RefusedError(
            f"You have sent {PER_HOUR} letters in the last hour, which is as many as one person "
            "may. Wait an hour, or ask a colleague to send it."
        )


def _to(letter: Letter, person: User) -> Message:
    written = letter_email(letter, person)
    return Message(
        key=f"letter-{letter.pk}-{person.pk}",
        kind=Message.Kind.LETTER,
        letter=letter,
        person=person,
        to=person.email,
        subject=written.subject,
        body=written.body,
        html=written.html,
        message_id=new_message_id(),
    )

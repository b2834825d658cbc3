"""The sessions of one person: ended everywhere at once."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone


def end_sessions(person_pk: int) -> int:
    """Sign the person out wherever they are signed in; return how many sessions that were.

    What a session holds can only be read one by one: for what happens seldom.
    """
    live = Session.objects.filter(expire_date__gt=timezone.now()).iterator()
    theirs = [each.pk for each in live if each.get_decoded().get(SESSION_KEY) == str(person_pk)]
    return Session.objects.filter(pk__in=theirs).delete()[0]

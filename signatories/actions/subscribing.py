"""Choose which e-mails to get besides the essential ones."""

from declaration.actions import action
from signatories.actions.events import record
from signatories.models import User
from signatories.verbs import Verb

BY_LINK = "with the link in an e-mail"


@action
def choose_emails(*, person: User, reminders: bool, news: bool, by: User, how: str = "") -> User:
    """Turn reminders and news on or off; nothing is noted where that changes nothing.

    `how` says in words how it was chosen, where that was not on the person's own page.
    """
    locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if (locked.gets_reminders, locked.gets_news) == (reminders, news):
        return locked
    locked.gets_reminders, locked.gets_news = reminders, news
    locked.save(update_fields=["gets_reminders", "gets_news"])
    note = f"reminders {_word(reminders)}, news {_word(news)}"
    note = f"{note}, {how}" if how else note
    record(verb=Verb.SUBSCRIPTION_CHANGED, by=by, subject=locked, note=note)
    return locked


@action
def unsubscribe(*, person: User, by: User) -> User:
    """Turn off all but the essential, for whoever has the link from the person's e-mail."""
    return choose_emails(person=person, reminders=False, news=False, by=by, how=BY_LINK)


def _word(on: bool) -> str:
    return "on" if on else "off"

"""Session gone, CSRF cookie rotated, role removed, two tabs, all while typing: nothing lost (F10).

The negative control, the same without the keeper, is in tests/assessments/test_rescued_words.py.
"""

import json
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from random import Random
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request

import pytest

from progress.management.demo import PASSWORD
from tests.assessments.posting import Fields
from tests.servers import Portal
from tests.visitor import Answered, Visitor

EMAIL = "contributor@braintree.example"
SITTINGS = 4
PIECES = (
    *(
        "We share data with the police. ",
        "\n",
        "é",
        "ŵ",
        "👨‍👩‍👧‍👦",
        "🏴󠁧󠁢󠁷󠁬󠁳󠁿",
        "نشارك ",
        "\u202e",
        "\u200f",
    ),
    *("<b>&amp;</b>", "{{ 7*7 }}", "{% x %}", "'); --", "\\u0000", "%s", "\u200b", '"', "\t", "  "),
)
Form = dict[str, list[str]]


class Writer(Visitor):
    """Somebody who has several indicators open, each in a tab of its own."""

    def __init__(self, base: str) -> None:
        super().__init__(base)
        handlers: list[object] = vars(self._opener)["handlers"]
        found = next(one for one in handlers if isinstance(one, HTTPCookieProcessor))
        self.cookies: CookieJar = found.cookiejar

    def open(self, answer: int) -> Form:
        """The indicator's form as a browser holds it."""
        reader = Fields("answer-form")
        reader.feed(self.get(f"/answers/{answer}/").text)
        assert reader.fields, f"no form at answer {answer}"
        return reader.fields

    def send(self, path: str, form: Form) -> Answered:
        """Send the form as it is, with whatever token it has."""
        data = urlencode(form, doseq=True).encode()
        return self._send(Request(self._url(path), data=data, headers={"Referer": self.base}))

    def sign_in_again(self) -> None:
        """As after a redirect to the sign-in page."""
        self.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})


class Tab:
    """One opened form with something typed in it."""

    def __init__(self, writer: Writer, answer: int, text: str) -> None:
        self.writer, self.answer, self.text = writer, answer, text
        self.form = writer.open(answer) | {"narrative": [text]}

    def save(self) -> Answered:
        """Press the Save button."""
        return self.writer.send(f"/answers/{self.answer}/save", self.form | {"next": ["return"]})

    def autosave(self) -> tuple[int, dict[str, object]]:
        """What the script sends by itself, and what it is told."""
        answered = self.writer.send(f"/answers/{self.answer}/draft", self.form)
        return answered.status, json.loads(answered.text)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The demonstration behind a real web server."""
    with Portal(tmp_path_factory.mktemp("portal"), "lost", demo=True) as portal:
        portal.start_web()
        yield portal


@pytest.fixture
def writer(served: Portal) -> Writer:
    """A contributor, signed in, with nothing typed yet."""
    served.query("DELETE FROM assessments_draft RETURNING id")
    served.query("DELETE FROM cache RETURNING cache_key")
    writer = Writer(served.url)
    writer.sign_in(EMAIL)
    return writer


def answers(portal: Portal) -> list[int]:
    """The thirteen answers that the contributor may write."""
    rows = portal.query(
        "SELECT w.id FROM assessments_answer w"
        " JOIN assessments_assessment a ON a.id = w.assessment_id"
        " JOIN signatories_partner p ON p.id = a.partner_id"
        " JOIN assessments_round r ON r.id = a.round_id"
        " WHERE p.slug = 'braintree-district-council' AND a.state = 'draft'"
        " ORDER BY r.opens_on DESC, w.id LIMIT 13"
    )
    return [int(str(row[0])) for row in rows]


def texts(many: int, seed: int) -> list[str]:
    """Half-typed answers of every kind of letter, some of them long."""
    random = Random(seed)
    return ["".join(random.choices(PIECES, k=random.choice([1, 40, 400]))) for _ in range(many)]


def lost(typed: str, found: str) -> int:
    """How many characters of what was typed are not where they were."""
    same = sum(a == b for a, b in zip(typed, found, strict=False))
    return len(typed) - same + max(0, len(found) - len(typed))


def type_everywhere(portal: Portal, writer: Writer, seed: int) -> list[Tab]:
    found = answers(portal)
    assert len(found) == 13
    typed = zip(found, texts(13, seed), strict=True)
    return [Tab(writer, answer, text) for answer, text in typed]


def in_the_form(tab: Tab) -> str:
    [text] = tab.writer.open(tab.answer)["narrative"]
    return text


def report(what: str, tabs: list[Tab], read: Callable[[Tab], str]) -> None:
    """Print and check that no character is missing."""
    missing = sum(lost(tab.text, read(tab)) for tab in tabs)
    count = sum(len(tab.text) for tab in tabs)
    print(f"{what}: {len(tabs)} forms of {count} characters: {missing} characters lost")
    assert missing == 0


def test_a_session_deleted_while_typing_loses_no_character(served: Portal, writer: Writer) -> None:
    for sitting in range(SITTINGS):
        tabs = type_everywhere(served, writer, sitting)
        served.query("DELETE FROM django_session RETURNING session_key")
        for tab in tabs:
            answered = tab.save()
            assert "/accounts/login/?next=" in answered.url
        writer.sign_in_again()
        report("session deleted", tabs, in_the_form)


def test_a_csrf_cookie_rotated_while_typing_loses_no_character(
    served: Portal, writer: Writer
) -> None:
    for sitting in range(SITTINGS):
        tabs = type_everywhere(served, writer, 10 + sitting)
        for cookie in writer.cookies:
            if cookie.name == "csrftoken":
                cookie.value = secrets.token_hex(16)
        for tab in tabs:
            answered = tab.save()
            assert answered.url.endswith(f"/answers/{tab.answer}/")
            assert "kept but not saved yet" in answered.text
        report("CSRF cookie rotated", tabs, in_the_form)


def test_a_role_removed_while_typing_loses_no_character(served: Portal, writer: Writer) -> None:
    mine = f"person_id = (SELECT id FROM signatories_user WHERE email = '{EMAIL}')"
    for sitting in range(SITTINGS):
        tabs = type_everywhere(served, writer, 20 + sitting)
        ended = f"UPDATE signatories_membership SET ended_at = now() WHERE {mine} RETURNING id"
        [[membership]] = served.query(ended)
        shown = {tab: tab.save() for tab in tabs}
        for tab, answered in shown.items():
            assert answered.status == 404
            assert lost(tab.text, copied(answered)) == 0
        report("role removed", tabs, to_copy)
        back = "UPDATE signatories_membership SET ended_at = NULL"
        served.query(f"{back} WHERE id = {membership} RETURNING id")


class Copied(Fields):
    """The narrative of a page that shows what was typed, to be copied out."""

    def __init__(self) -> None:
        super().__init__("")
        self.label = self.text = ""
        self.part = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_typed = ("class", "app-typed") in attrs
        self.part = tag if tag == "dt" or is_typed else self.part
        self.label = "" if tag == "dt" else self.label

    def handle_data(self, data: str) -> None:
        if self.part == "dt":
            self.label += data
        if self.part == "span" and self.label == "Narrative":
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        self.part = "" if tag == self.part else self.part


def copied(page: Answered) -> str:
    """What the page shows as the narrative."""
    reader = Copied()
    reader.feed(page.text)
    return reader.text


def to_copy(tab: Tab) -> str:
    """The narrative on the page that the indicator leads to by now."""
    page = tab.writer.get(f"/answers/{tab.answer}/")
    assert "/drafts/" in page.url
    return copied(page)


def test_two_tabs_that_keep_at_once_lose_no_character(served: Portal, writer: Writer) -> None:
    """One of them is kept; the other is told, still has its words, and saves them."""
    kept, saved = [], []
    with ThreadPoolExecutor(2) as pool:
        for place, answer in enumerate(answers(served) * 2):
            tabs = [Tab(writer, answer, text) for text in texts(2, 30 + place)]
            told = list(pool.map(Tab.autosave, tabs))
            assert sorted(status for status, _ in told) == [200, 409], told
            winner, loser = sorted(tabs, key=lambda tab: told[tabs.index(tab)][0])
            assert told[tabs.index(loser)][1]["problem"] == "other-tab"
            assert loser.save().status == 200
            assert in_the_form(winner) == winner.text
            kept.append((winner, in_the_form(winner)))
            saved.append((loser, stored(served, answer)))
            served.query("DELETE FROM assessments_draft RETURNING id")
    missing = sum(lost(tab.text, found) for tab, found in kept + saved)
    print(f"two tabs: {len(kept)} pairs, {missing} characters lost")
    assert missing == 0


def stored(portal: Portal, answer: int) -> str:
    [[narrative]] = portal.query(f"SELECT narrative FROM assessments_answer WHERE id = {answer}")
    return str(narrative)

"""Two people at the same indicators over real HTTP: nothing is silently lost (F8, F9)."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from tests.assessments.posting import Fields
from tests.servers import Portal
from tests.visitor import Visitor

RACES = 300
PEOPLE = ("contributor@braintree.example", "lead@braintree.example")


class Staying(HTTPRedirectHandler):
    """Says where it would be sent, and stays."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        """Follow nothing."""


class Typist(Visitor):
    """Somebody who opens an indicator's form, types and saves."""

    def form(self, answer: int) -> dict[str, list[str]]:
        """The form as the person's browser holds it."""
        reader = Fields("answer-form")
        reader.feed(self.get(f"/answers/{answer}/").text)
        return reader.fields

    def save(self, answer: int, form: dict[str, list[str]], narrative: str) -> tuple[int, str]:
        """Send the form with this narrative; the status of the answer itself, and its page."""
        data = urlencode(form | {"narrative": [narrative]}, doseq=True).encode()
        handlers: list[object] = self._opener.handlers  # type: ignore[attr-defined]  # not in the stubs
        [cookies] = [one for one in handlers if isinstance(one, HTTPCookieProcessor)]
        request = Request(
            f"{self.base}/answers/{answer}/save", data=data, headers={"Referer": self.base}
        )
        try:
            with build_opener(cookies, Staying).open(request, timeout=30) as response:
                return response.status, response.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()


def braintree(portal: Portal) -> list[int]:
    """The answers of the demonstration's Braintree, which is still answering."""
    rows = portal.query(
        "SELECT w.id FROM assessments_answer w"
        " JOIN assessments_assessment a ON a.id = w.assessment_id"
        " JOIN signatories_partner p ON p.id = a.partner_id"
        " WHERE p.slug = 'braintree-district-council' AND a.state = 'draft' ORDER BY w.id"
    )
    return [int(str(row[0])) for row in rows]


def narrative(portal: Portal, answer: int) -> str:
    [row] = portal.query(f"SELECT narrative FROM assessments_answer WHERE id = {answer}")
    return str(row[0])


def signed_in(portal: Portal) -> tuple[Typist, Typist]:
    first, second = (Typist(portal.url) for _ in PEOPLE)
    for typist, email in zip((first, second), PEOPLE, strict=True):
        typist.sign_in(email)
    return first, second


def at_once(
    pool: ThreadPoolExecutor, *works: Callable[[], tuple[int, str]]
) -> list[tuple[int, str]]:
    """Do the works from the same moment."""
    start = threading.Barrier(len(works), timeout=20)

    def run(work: Callable[[], tuple[int, str]]) -> tuple[int, str]:
        start.wait()
        return work()

    return list(pool.map(run, works))


def test_of_two_saves_of_one_answer_one_wins_and_the_other_sees_both_texts(portal: Portal) -> None:
    answer = braintree(portal)[0]
    people = signed_in(portal)
    lost = 0
    with ThreadPoolExecutor(2) as pool:
        form = [person.form(answer) for person in people]
        for number in range(RACES):
            texts = [f"The text of person {place} in race {number}" for place in (1, 2)]
            version = portal.query(f"SELECT version FROM assessments_answer WHERE id = {answer}")
            for one in form:
                one["version"] = [str(version[0][0])]
            results = at_once(
                pool,
                lambda texts=texts: people[0].save(answer, form[0], texts[0]),  # type: ignore[misc]  # bound now
                lambda texts=texts: people[1].save(answer, form[1], texts[1]),  # type: ignore[misc]  # bound now
            )
            statuses = [status for status, _ in results]
            assert sorted(statuses) == [302, 409], (number, statuses)
            kept, typed = texts[statuses.index(302)], texts[statuses.index(409)]
            page = results[statuses.index(409)][1]
            lost += narrative(portal, answer) != kept or kept not in page or typed not in page
    print(f"\n{RACES} races over HTTP on one answer: {RACES} winners, {lost} silent overwrites")
    assert lost == 0


def test_saves_of_different_answers_are_both_kept(portal: Portal) -> None:
    first, second = braintree(portal)[:2]
    people = signed_in(portal)
    lost = 0
    with ThreadPoolExecutor(2) as pool:
        forms = [people[0].form(first), people[1].form(second)]
        for number in range(RACES):
            for form in forms:
                form["version"] = [str(int(form["version"][0]) + (number > 0))]
            results = at_once(
                pool,
                lambda number=number: people[0].save(first, forms[0], f"first {number}"),  # type: ignore[misc]  # bound now
                lambda number=number: people[1].save(second, forms[1], f"second {number}"),  # type: ignore[misc]  # bound now
            )
            assert [status for status, _ in results] == [302, 302]
            lost += narrative(portal, first) != f"first {number}"
            lost += narrative(portal, second) != f"second {number}"
    print(f"\n{RACES} races over HTTP on different answers: {lost} lost")
    assert lost == 0


def test_two_tabs_write_each_into_its_own_answer(portal: Portal) -> None:
    """The id is in the URL: whichever was opened last, each text lands where it was typed."""
    person, _ = signed_in(portal)
    answers = braintree(portal)
    forms = {answer: person.form(answer) for answer in answers}
    for answer in reversed(answers):
        assert person.save(answer, forms[answer], f"typed in {answer}")[0] == 302
    kept = [narrative(portal, answer) for answer in answers]
    assert kept == [f"typed in {answer}" for answer in answers]
    print(f"\n{len(answers)} tabs of one person: {len(answers)} texts in the right place")

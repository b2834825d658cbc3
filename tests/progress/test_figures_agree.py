"""One round's figures are the same on every page, in every file, in the API and in the PDF."""

import csv
import io
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from statistics import median_low
from typing import Any, NamedTuple

import pytest
from django.test import Client
from openpyxl import load_workbook

from assessments.models import Round
from commitments.models import Edition, Indicator
from declaration import pdf
from progress import reports
from progress.management.scale import Region, Size
from progress.models import Report
from signatories.models import User

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
CODE = re.compile(r"^(\d\.\d)\b")
OF = re.compile(r"\b(\d+) of (\d+)\b")
MEDIAN = re.compile(r"^([0-4]) [A-Z]")
LEVELS = ("not_started", "exploring", "developing", "established", "leading")


class Sum(NamedTuple):
    """What one indicator adds up to, however a page or a file says it."""

    counts: tuple[int, ...]
    rated: int
    of: int
    median: int | None


Sums = Mapping[str, Sum]


class Rows(HTMLParser):
    """The cells of every table's rows, each as one text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"} and self.rows:
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.rows[-1][-1] = " ".join([*self.rows[-1][-1].split(), *data.split()])


def on_page(client: Client, address: str) -> Sums:
    """What the page's tables say of each indicator."""
    response = client.get(address)
    assert response.status_code == 200, address
    return dict(_said(Rows(response.content.decode()).rows))


def _said(rows: Iterable[list[str]]) -> Iterator[tuple[str, Sum]]:
    """The rows that begin with an indicator and have five counts, a median and "n of m"."""
    for label, *cells in filter(None, rows):
        code, counts = CODE.match(label), [int(cell) for cell in cells if cell.isdecimal()]
        of = next(filter(None, map(OF.search, cells)), None)
        if code and of and len(counts) >= 5:
            median = next(filter(None, map(MEDIAN.match, cells)), None)
            said = (int(of[1]), int(of[2]), int(median[1]) if median else None)
            yield code[1], Sum(tuple(counts[:5]), *said)


def in_file(client: Client, address: str) -> Sums:
    """What a CSV file with a row for each indicator says."""
    return dict(_summed(table(client, address)))


def table(client: Client, address: str) -> list[dict[str, Any]]:
    response = client.get(address)
    assert response.status_code == 200, address
    content = b"".join(response) if response.streaming else response.content
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def _summed(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Sum]]:
    for row in rows:
        counts = tuple(int(row[level]) for level in LEVELS)
        median = row["median"]
        of = (int(row["rated"]), int(row["of"]))
        yield row["indicator"], Sum(counts, *of, None if median in {"", None} else int(median))


def added_up(rows: Iterable[Mapping[str, Any]]) -> Sums:
    """What a table of partners and their ratings adds up to, counted here."""
    answers: dict[str, list[str]] = {}
    for row in rows:
        for name, value in row.items():
            if name.startswith("rating_"):
                code = name.removeprefix("rating_").replace("_", ".")
                answers.setdefault(code, []).append(str(value if value is not None else ""))
    return {code: _counted(found) for code, found in answers.items()}


def _counted(answers: list[str]) -> Sum:
    ratings = [int(each) for each in answers if each.isdecimal()]
    found = Counter(ratings)
    median = median_low(ratings) if ratings else None
    return Sum(tuple(found[level] for level in range(5)), len(ratings), len(answers), median)


def workbook(client: Client, address: str) -> list[dict[str, Any]]:
    """The rows of a workbook's first sheet; the second one has the notes."""
    file = io.BytesIO(b"".join(client.get(address)))
    book = load_workbook(file, read_only=True)
    assert book.sheetnames[1] == "Notes"
    header, *rows = book.worksheets[0].iter_rows(values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def in_document(report: Report, folder: Path) -> Sums:
    """What the PDF of the system report says, as its text."""
    file = folder / "report.pdf"
    file.write_bytes(pdf.render(reports.write(reports.read(report))))
    command = ["pdftotext", "-layout", str(file), "-"]
    text = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return dict(_said(re.split(r"\s{2,}", line.strip()) for line in text.splitlines()))


@pytest.fixture
def released(edition: Edition, staff: User, settings: Any) -> Round:
    """The round of sixteen partners that was released last."""
    settings.DEMO = True
    for _ in Region(edition, staff).make(Size(partners=16, rounds=2)):
        pass
    return Round.objects.opened().latest_first()[1]


def test_every_source_says_the_same(
    released: Round, edition: Edition, staff: User, client_of: ClientOf, tmp_path: Path
) -> None:
    ecda, anybody, slug = client_of(staff), Client(), released.slug
    system = Report.objects.create(key="s", kind="system", round=released, requested_by=staff)
    numbers = [each.number for each in edition.commitments.order_by("number")]
    of_commitments = [f"/figures/{slug}/commitments/{number}" for number in numbers]
    open_data = f"/data/{slug}/release-1/results.csv"
    api = anybody.get(f"/api/v1/releases/{slug}/1/results").json()["results"]
    found: dict[str, Sums] = {
        "heatmap": on_page(ecda, f"/heatmap/?round={slug}"),
        "heatmap.csv": added_up(table(ecda, f"/heatmap.csv?round={slug}")),
        "heatmap.xlsx": added_up(workbook(ecda, f"/heatmap.xlsx?round={slug}")),
        "indicators.csv": in_file(ecda, f"/heatmap/indicators.csv?round={slug}"),
        "indicators.xlsx": dict(_summed(workbook(ecda, f"/heatmap/indicators.xlsx?round={slug}"))),
        "commitments": _all(on_page(ecda, f"{each}/") for each in of_commitments),
        "commitments' files": _all(
            dict(_summed(row for row in table(ecda, f"{each}/figures.csv") if row["round"] == slug))
            for each in of_commitments
        ),
        "indicators": on_page_of_indicators(ecda, slug, found_codes(edition)),
        "public page": on_page(anybody, f"/progress/?round={slug}"),
        "open data": in_file(anybody, open_data),
        "API": dict(_summed(api)),
        "PDF": in_document(system, tmp_path),
    }
    expected = found["heatmap.csv"]
    assert len(expected) == 13
    assert sum(each.rated for each in expected.values()) > 150
    assert {name: sums for name, sums in found.items() if sums != expected} == {}


def found_codes(edition: Edition) -> list[str]:
    return [each.code for each in Indicator.objects.of(edition)]


def on_page_of_indicators(client: Client, slug: str, codes: Iterable[str]) -> Sums:
    """What each indicator's page says of itself in the round, beside its other rounds."""
    found = {}
    for code in codes:
        page = Rows(client.get(f"/figures/{slug}/indicators/{code}/").content.decode())
        found[code] = next(
            said for row in page.rows for _, said in _said([[code, *row[1:]]]) if slug in row[0]
        )
    return found


def _all(found: Iterable[Sums]) -> Sums:
    return {code: said for sums in found for code, said in sums.items()}

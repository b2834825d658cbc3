"""Charts: what is drawn, and what is said of it."""

from urllib.parse import unquote
from xml.etree import ElementTree as ET

from assessments.scoring import roll_up
from progress.charts import distribution


def drawn(*ratings: int | None) -> tuple[ET.Element, str]:
    chart = distribution(roll_up((rating, False) for rating in ratings))
    head, _, svg = chart.src.partition(",")
    assert head == "data:image/svg+xml"
    return ET.fromstring(unquote(svg)), chart.alt


def widths(picture: ET.Element) -> list[int]:
    return [int(bar.attrib["width"]) for bar in picture.iter("{http://www.w3.org/2000/svg}rect")]


def test_bars_are_as_long_as_their_numbers() -> None:
    picture, _ = drawn(1, 1, 1, 1, 3, 3)
    long, short = widths(picture)
    assert long == 2 * short


def test_each_bar_has_its_name_and_number_beside_it() -> None:
    picture, _ = drawn(0, 4, 4)
    words = "".join(picture.itertext())
    assert words == "0 Not started11 Exploring02 Developing03 Established04 Leading2"


def test_a_chart_is_described_in_words() -> None:
    _, alt = drawn(2, 2, 3, None)
    assert alt == (
        "Bar chart of how many indicators have each rating: Not started 0, Exploring 0, "
        "Developing 2, Established 1, Leading 0."
    )


def test_nothing_rated_is_an_empty_chart() -> None:
    picture, alt = drawn(None, None)
    assert widths(picture) == []
    assert "Not started 0" in alt

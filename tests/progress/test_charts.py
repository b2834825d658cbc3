"""Charts: what is drawn, and what is said of it."""

from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest

from assessments.scoring import RollUp, roll_up
from progress.charts import Chart, distribution, moved, stacked, steps
from progress.charts.drawing import INKS, TINTS, WIDTH, wrapped

SVG = "{http://www.w3.org/2000/svg}"
LONG = "1.3 Executive and political leaders speak up for data & <analytics>"


def rated(*ratings: int | None) -> RollUp:
    return roll_up((rating, False) for rating in ratings)


def opened(chart: Chart) -> ET.Element:
    """The picture as a browser would read it."""
    head, _, svg = chart.src.partition(",")
    assert head == "data:image/svg+xml"
    return ET.fromstring(unquote(svg))


def drawn(*ratings: int | None) -> tuple[ET.Element, str]:
    chart = distribution(rated(*ratings))
    return opened(chart), chart.alt


def widths(picture: ET.Element) -> list[float]:
    """The widths of the bars; a legend's squares are none."""
    bars = (bar for bar in picture.iter(f"{SVG}rect") if bar.attrib["height"] == "22")
    return [float(bar.attrib["width"]) for bar in bars]


def texts(picture: ET.Element) -> list[str]:
    return ["".join(each.itertext()) for each in picture.iter(f"{SVG}text")]


def luminance(colour: str) -> float:
    """How light a colour is, as WCAG measures it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_picture_stands_on_white_of_its_own_for_readers_of_dark_colours() -> None:
    """Dark letters on the ground of a page in dark forced colours could not be read."""
    figures = [("Commitment 1", rated(1, 2))]
    for chart in (
        distribution(rated(1, 2)),
        stacked(figures),
        moved([("1.1 Sponsors", 1, 2, 3)]),
        steps([("1.1 Sponsors", 1, 2, None)]),
    ):
        picture = opened(chart)
        ground = picture[0].attrib
        assert ground["fill"] == "#ffffff"
        assert (ground["width"], ground["height"]) == (
            picture.attrib["width"],
            picture.attrib["height"],
        )


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


def test_a_distribution_of_partners_says_so() -> None:
    chart = distribution(rated(3, 3, 1), what="partners")
    assert chart.alt.startswith("Bar chart of how many partners have each rating")
    assert chart.header == ("Rating", "Partners")
    assert chart.headline == "2 of 3 ratings are Established or Leading."
    assert chart.rows[3] == ("3 Established", 2)


def test_a_stacked_bar_shares_its_length_among_its_ratings() -> None:
    chart = stacked([("2025", rated(0, 0, 0, 4)), ("2026", rated(3, 4, None))], what="rounds")
    quarters, halves = widths(opened(chart))[:2], widths(opened(chart))[2:]
    assert quarters[0] == pytest.approx(3 * quarters[1])
    assert halves[0] == pytest.approx(halves[1])
    assert sum(quarters) == pytest.approx(sum(halves))
    assert chart.headline == (
        "In round 2026, 2 of 2 ratings are Established or Leading; in round 2025 it was 1 of 4."
    )
    assert chart.header[0] == "Round"
    assert chart.rows[1] == ("2026", 0, 0, 0, 1, 1, 0, "3 Established", "2 of 3 rated")
    assert "2026: median 3 Established, 2 of 3 rated" in chart.alt


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (1, "for 1 of 2 indicators."),
        (4, "for all 2 indicators."),
        (None, "for 1 of 2 indicators."),
    ],
)
def test_the_headline_counts_the_rows_with_mostly_high_ratings(
    second: int | None, words: str
) -> None:
    chart = stacked([("A", rated(3, 4, 1)), ("B", rated(second))])
    assert chart.headline.endswith(words)
    none = stacked([("A", rated(1, 3)), ("B", rated(2))], what="commitments")
    assert none.headline == "1 of 3 ratings is Established or Leading."
    low = stacked([("A", rated(1, 0)), ("B", rated(2))])
    assert low.headline == "None of the 3 ratings is Established or Leading."


def test_a_stacked_bar_says_its_numbers_where_there_is_room_and_how_many_always() -> None:
    words = texts(opened(stacked([("A", rated(*[0] * 100, 4)), ("B", rated(None))])))
    assert "100" in words
    assert "1" not in words
    assert {"101 of 101", "0 of 1", "nothing rated", "0 Not started", "4 Leading"} <= set(words)


def test_movement_goes_down_to_the_left_and_up_to_the_right() -> None:
    chart = moved([("1.1 One", 1, 5, 4), ("1.2 Two", 0, 9, 0)])
    down, up = widths(opened(chart))
    assert up == pytest.approx(4 * down)
    assert chart.headline == "4 ratings went up, 1 went down and 14 stayed the same."
    assert chart.rows == (("1.1 One", 1, 5, 4), ("1.2 Two", 0, 9, 0))
    assert {"went down", "went up", "stayed", "5", "9"} <= set(texts(opened(chart)))
    assert "1.1 One: down 1, the same 5, up 4" in chart.alt


def test_steps_stand_on_the_scale_and_say_what_there_is_not() -> None:
    rows = [
        ("1.1 Up", 1, 3, 2),
        ("1.2 Same", 2, 2, None),
        ("1.3 Down", 4, 0, 3),
        ("1.4 New", None, 1, 1),
        ("1.5 None", None, None, None),
    ]
    chart = steps(rows)
    picture = opened(chart)
    # The legend has two; the rows have a ring before and a dot now, where they are rated.
    assert len(list(picture.iter(f"{SVG}circle"))) == 2 + 3 + 4
    assert "not rated" in texts(picture)
    assert {"Not started", "Exploring", "Developing", "Established", "Leading"} < set(
        texts(picture)
    )
    assert chart.headline == "1 rating went up, 1 went down and 1 stayed the same."
    assert chart.rows[0] == ("1.1 Up", "1 Exploring", "3 Established", "2 Developing")
    assert chart.rows[4] == ("1.5 None", "not rated", "not rated", "none")


@pytest.mark.parametrize(
    "chart",
    [
        stacked([]),
        stacked([("Nothing", rated())]),
        moved([]),
        moved([("Nothing", 0, 0, 0)]),
        steps([]),
        steps([("Nothing", None, None, None)]),
    ],
)
def test_nothing_to_draw_is_still_a_picture_that_says_so(chart: Chart) -> None:
    assert opened(chart).attrib["height"] == str(chart.height)
    assert chart.headline in {
        "Nothing is rated yet.",
        "Nothing can be compared with the round before.",
    }


@pytest.mark.parametrize(
    "chart",
    [
        stacked([(LONG, rated(0, 1, 2, 3, 4))]),
        moved([(LONG, 500, 500, 500)]),
        steps([(LONG, 0, 4, 2)]),
        distribution(rated(*[4] * 500)),
    ],
)
def test_every_chart_keeps_to_its_picture_and_escapes_its_words(chart: Chart) -> None:
    picture = opened(chart)
    assert picture.attrib["viewBox"] == f"0 0 {chart.width} {chart.height}"
    assert chart.width <= WIDTH
    for each in picture.iter(f"{SVG}text"):
        assert 0 <= float(each.attrib["x"]) <= chart.width
        assert 0 < float(each.attrib["y"]) <= chart.height
        assert int(each.attrib["font-size"]) >= 14
    for each in picture.iter(f"{SVG}rect"):
        assert float(each.attrib["x"]) + float(each.attrib["width"]) <= chart.width


@pytest.mark.parametrize(
    "chart",
    [
        stacked([(LONG, rated(0, 1, 2, 3, 4))]),
        moved([(LONG, 1, 2, 3)]),
    ],
)
def test_a_long_label_leaves_a_narrow_screen_room_for_the_bar(chart: Chart) -> None:
    picture = opened(chart)
    name = next(each for each in picture.iter(f"{SVG}text") if (each.text or "")[:3] == LONG[:3])
    bars = [each for each in picture.iter(f"{SVG}rect") if each.attrib["height"] == "22"]
    assert min(float(each.attrib["x"]) for each in bars) < 200
    assert all(float(each.attrib["y"]) > float(name.attrib["y"]) for each in bars)


def test_a_long_label_breaks_between_words_and_is_cut_at_the_end() -> None:
    lines = wrapped(LONG, 200, 15, most=2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert "".join(wrapped("Short", 200, 15)) == "Short"
    assert wrapped("W" * 100, 200, 15)[0].endswith("…")


def test_the_ink_on_each_tint_can_be_read() -> None:
    for tint, ink in zip(TINTS, INKS, strict=True):
        light, dark = sorted((luminance(tint), luminance(ink)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5

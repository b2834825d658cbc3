"""Forms made of GOV.UK components: each widget, its errors, and the text that was typed."""

import datetime
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.template import Context, Template
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString

from declaration.forms import CharacterCount, Checkboxes, GovukDateField, LongTextField, Radios
from declaration.govuk import field_group


def rendered(source: str, **context: Any) -> str:
    """What a template that loads our tags gives."""
    return Template("{% load govuk %}" + source).render(Context(context)).strip()


class Everything(forms.Form):
    """One field of each kind."""

    name = forms.CharField(
        max_length=10,
        help_text="As on <your> card",
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "govuk-input--width-10"}),
    )
    email = forms.EmailField(label="E-mail address")
    website = forms.URLField(assume_scheme="https")
    analysts = forms.IntegerField()
    secret = forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    note = LongTextField(max_length=50, label="What you have done")
    reply = forms.CharField(widget=CharacterCount(20))
    plain = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))
    kind = forms.ChoiceField(choices=[("", "Choose one"), ("county", "County <one>")])
    rating = forms.ChoiceField(
        choices=[("0", "Not started"), ("1", "Exploring"), ("na", "Not applicable")],
        widget=Radios(
            hints={"0": "Nothing yet"}, dividers={"na": "or"}, conditional={"na": "reason"}
        ),
    )
    reason = forms.CharField(widget=forms.Textarea, required=False)
    completed = forms.ChoiceField(
        label="Have you completed it?",
        choices=[("yes", "Yes"), ("no", "No")],
        widget=Radios(inline=True, small=True),
    )
    offers = forms.MultipleChoiceField(
        choices=[("a", "Analysts"), ("b", "Masterclass")], widget=Checkboxes(hints={"a": "Network"})
    )
    agreed = forms.BooleanField(label="I may sign", help_text="As leader")
    due = GovukDateField(label="When is it due?", subject="Due date")
    partners = forms.FileField()
    token = forms.CharField(widget=forms.HiddenInput)


def bound(**data: Any) -> Everything:
    """The form, sent with these values."""
    form = Everything(data)
    form.is_valid()
    return form


def test_each_field_comes_once_and_nothing_relies_on_the_browser() -> None:
    page = str(Everything())
    for name in Everything.base_fields:
        expected = 3 if name in {"rating", "due"} else 2 if name in {"offers", "completed"} else 1
        assert page.count(f'name="{name}"') + page.count(f'name="{name}-') == expected, name
    for word in (" required", " maxlength=", " placeholder=", "autofocus", "style="):
        assert word not in page
    assert page == Everything().as_div()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("name", 'autocomplete="name"'),
        ("name", "govuk-input--width-10"),
        ("email", 'type="email"'),
        ("website", 'type="url"'),
        ("analysts", 'inputmode="numeric"'),
        ("secret", 'data-module="govuk-password-input"'),
        ("secret", 'autocomplete="new-password"'),
        ("note", 'data-maxlength="50"'),
        ("reply", 'data-maxlength="20"'),
        ("plain", 'rows="3"'),
        ("kind", '<select class="govuk-select"'),
        ("kind", "County &lt;one&gt;"),
        ("rating", '<fieldset class="govuk-fieldset">'),
        ("rating", '<div class="govuk-radios__divider">or</div>'),
        ("rating", "Nothing yet"),
        ("rating", 'data-aria-controls="conditional-id_rating-4"'),
        ("rating", 'name="reason"'),
        ("completed", "govuk-radios--inline govuk-radios--small"),
        ("offers", 'aria-describedby="id_offers-item-hint"'),
        ("agreed", 'type="checkbox"'),
        ("due", 'role="group"'),
        ("due", 'id="id_due-month" name="due-month"'),
        ("partners", 'type="file"'),
        ("token", '<input type="hidden" name="token" id="id_token">'),
    ],
)
def test_a_field_is_the_component_of_its_widget(name: str, expected: str) -> None:
    assert expected in Everything()[name].as_field_group()


@pytest.mark.parametrize("name", sorted(Everything.base_fields.keys() - {"reason"}))
def test_a_field_without_an_answer_says_so_at_the_place_the_summary_links_to(name: str) -> None:
    form = bound()
    page = str(form)
    target = "due-day" if name == "due" else name
    summary = rendered("{% error_summary form %}", form=form)
    if name == "token":
        assert f'href="#id_{name}"' not in summary
        return
    assert f'href="#id_{target}"' in summary
    assert f'id="id_{target}"' in page
    assert f'id="id_{name}-error"' in page


def test_errors_are_plain_words() -> None:
    form = bound(name="x" * 11, email="no", website="no", analysts="some", kind="moon")
    summary = rendered("{% error_summary form %}", form=form)
    for words in (
        "Name must be 10 characters or fewer",
        "Enter an e-mail address in the correct format, like name@example.com",
        "Enter a full web address, like https://www.example.org",
        "Analysts must be a whole number, like 30",
        "Enter what you have done",
        "Select one of the options",
        "Select rating",
        "Select an answer to “Have you completed it?”",
        "Confirm: I may sign",
        "Enter the due date",
        "Select a file",
    ):
        assert words in summary, words
        assert words in str(form), words


def test_a_message_of_ones_own_is_left_alone() -> None:
    class Own(forms.Form):
        name = forms.CharField(error_messages={"required": "Who are you?"})

    assert "Who are you?" in rendered("{% error_summary form %}", form=Own({}))


def test_an_error_of_the_whole_form_is_in_the_summary() -> None:
    form = bound()
    form.add_error(None, "Two <things> do not fit")
    page = rendered("{% error_summary form %}", form=form)
    assert "Two &lt;things&gt; do not fit" in page
    assert "There is a problem" in page


def test_a_form_without_errors_has_no_summary() -> None:
    assert rendered("{% error_summary form none %}", form=Everything(), none=None) == ""


def test_a_formset_shares_the_summary() -> None:
    formset = forms.formset_factory(Everything, extra=0)
    data = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1"}
    assert 'href="#id_form-0-name"' in rendered("{% error_summary form %}", form=formset(data))


HOSTILE = '<script>alert("x")</script>\r\n\r\n  & last '


def test_what_was_typed_comes_back_exactly_and_harmless() -> None:
    form = bound(name=HOSTILE, note=HOSTILE, plain=HOSTILE, reason=HOSTILE, rating="na")
    page = str(form)
    assert "<script>" not in page
    safe = "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;\r\n\r\n  &amp; last </textarea>"
    # Also inside a radio's field, where macros nest.
    assert page.count(safe) == 3


@pytest.mark.parametrize("typed", ["\n\nAfter two lines", "\r\nAfter one line"])
def test_a_leading_newline_survives_the_browser(typed: str) -> None:
    # Browsers drop the first newline after <textarea>.
    assert f">\n{typed}</textarea>" in bound(plain=typed)["plain"].as_field_group()


def test_long_text_keeps_blanks_and_counts_a_line_break_once() -> None:
    field = LongTextField(max_length=5)
    assert field.clean(" a\r\nb") == " a\nb"
    assert field.clean("a\r\nb\r\nc") == "a\nb\nc"
    with pytest.raises(forms.ValidationError):
        field.clean(" \r\n ")


def test_a_choice_made_is_kept() -> None:
    form = bound(rating="1", kind="county", offers=["b"], agreed="on")
    assert 'value="1" checked' in form["rating"].as_field_group()
    assert 'value="county" selected' in form["kind"].as_field_group()
    assert 'value="b" checked' in form["offers"].as_field_group()
    assert " checked" in form["agreed"].as_field_group()


def test_a_file_is_taken() -> None:
    files: MultiValueDict[str, UploadedFile[Any]] = MultiValueDict(
        {"partners": [SimpleUploadedFile("partners.csv", b"a")]}
    )
    form = Everything({}, files)
    assert "partners" not in form.errors


def test_a_label_can_be_the_heading_of_the_page() -> None:
    page = rendered("{% field form.name page_heading=True %}", form=Everything())
    assert '<h1 class="govuk-label-wrapper">' in page
    page = rendered("{% field form.rating page_heading=True %}", form=Everything())
    assert '<h1 class="govuk-fieldset__heading">' in page
    assert "govuk-fieldset__legend--l" in page


def test_a_field_can_have_a_hidden_label_and_a_unit() -> None:
    source = '{% field form.name hide_label=True suffix="years" label_size="" %}'
    page = rendered(source, form=Everything())
    assert '<label class="govuk-label govuk-visually-hidden"' in page
    assert "years" in page


def test_a_hint_is_escaped_unless_it_is_markup() -> None:
    assert "As on &lt;your&gt; card" in Everything()["name"].as_field_group()
    form = Everything()
    form.fields["name"].help_text = SafeString("<b>bold</b>")
    assert "<b>bold</b>" in form["name"].as_field_group()


def test_disabled_fields_are_shown_disabled() -> None:
    form = Everything()
    for name in ("name", "plain", "rating", "kind"):
        form.fields[name].disabled = True
        assert " disabled" in form[name].as_field_group(), name


def test_a_widget_without_a_component_is_refused() -> None:
    class Odd(forms.Form):
        when = forms.SplitDateTimeField()

    with pytest.raises(TypeError, match="SplitDateTimeWidget"):
        field_group(Odd()["when"])


# --- Dates ---------------------------------------------------------------------------------------


def due(day: str = "", month: str = "", year: str = "") -> Everything:
    """The form with a date typed."""
    return bound(**{"due-day": day, "due-month": month, "due-year": year})


@pytest.mark.parametrize("month", ["3", "03", "March", "mar", " 3 "])
def test_a_date_is_read_as_people_type_it(month: str) -> None:
    assert due("27", month, "2027").cleaned_data["due"] == datetime.date(2027, 3, 27)


@pytest.mark.parametrize(
    ("typed", "words", "link", "wrong"),
    [
        (("27", "3", ""), "Due date must include a year", "year", {"year"}),
        (("", "", "2027"), "Due date must include a day and month", "day", {"day", "month"}),
        (("31", "2", "2027"), "Due date must be a real date", "day", {"day", "month", "year"}),
        (("1", "ju", "2027"), "Due date must be a real date", "day", {"day", "month", "year"}),
        (("²", "3", "2027"), "Due date must be a real date", "day", {"day", "month", "year"}),
        (("1", "3", "27"), "Year must include 4 numbers", "year", {"year"}),
        (("", "", ""), "Enter the due date", "day", {"day", "month", "year"}),
    ],
)
def test_a_wrong_date_names_the_box(
    typed: tuple[str, str, str], words: str, link: str, wrong: set[str]
) -> None:
    form = due(*typed)
    assert form.errors["due"] == [words]
    summary = rendered("{% error_summary form %}", form=form)
    assert f'<a href="#id_due-{link}">{words}</a>' in summary
    page = form["due"].as_field_group()
    assert page.count("govuk-input--error") == len(wrong)
    for text in filter(None, typed):
        assert f'value="{text}"' in page


def test_an_optional_date_may_be_empty_and_a_stored_one_is_shown() -> None:
    assert GovukDateField(label="Closes", required=False).clean(("", " ", "")) is None
    page = Everything(initial={"due": datetime.date(2027, 3, 9)})["due"].as_field_group()
    assert 'name="due-day" type="text" value="9"' in page


def test_a_date_knows_whether_it_changed() -> None:
    field = GovukDateField(label="Closes")
    assert not field.has_changed(datetime.date(2027, 3, 9), ("9", "3", "2027"))
    assert field.has_changed(datetime.date(2027, 3, 9), ("10", "3", "2027"))

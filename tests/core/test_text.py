"""Text: values never become markup, and what members type is made fit to store without being harmed."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.text import (
    CommandRef,
    Inline,
    LineKind,
    Moment,
    Span,
    Text,
    as_text,
    clean,
    join,
    plain,
    safe_link,
    say,
    shorten,
)
from tests.conftest import NOW

ODD = st.text(
    st.one_of(
        st.sampled_from(
            "*_`[](){}<>@#&|~\\>-\n\r\t \u200b\u200c\u200d\u202e\u2066\u2069\ufeff\u0301\u0338\u3164"
        ),
        st.sampled_from(
            "e\u00e9\u0644\u05d0\u06cc\u1100\u1161\U0001f1e9\U0001f1ea\U0001f3f4\U000e0067\U000e007f\ufe0f\U0001f469"
        ),
        st.characters(),
    )
)


def spans(text: Text) -> list[Inline]:
    return [span for line in text.lines for span in line.spans]


@given(ODD)
def test_plain_gives_back_what_it_was_given(value: str) -> None:
    assert plain(value).plain() == value
    assert as_text(value) == plain(value)
    assert all(span == Span(span.text) for span in spans(plain(value)) if isinstance(span, Span))


@given(ODD)
def test_value_is_never_markup(value: str) -> None:
    text = say("a {value} b", value=value)
    assert text.plain() == f"a {value} b"
    assert {line.kind for line in text.lines} == {LineKind.PLAIN}
    assert all(isinstance(span, Span) and span == Span(span.text) for span in spans(text))


@given(ODD)
def test_value_takes_style_of_its_place_and_no_other(value: str) -> None:
    for template, style in (
        ("**{v}**", Span("", bold=True)),
        ("*{v}*", Span("", italic=True)),
        ("`{v}`", Span("", code=True)),
        ("[{v}](https://example.org/x)", Span("", link="https://example.org/x")),
    ):
        text = say(template, v=value)
        assert text.plain() == value
        for span in spans(text):
            assert isinstance(span, Span)
            assert (span.bold, span.italic, span.code, span.link) == (
                style.bold,
                style.italic,
                style.code,
                style.link,
            )


@given(ODD)
def test_quoted_value_stays_quoted_on_every_line(value: str) -> None:
    assert {line.kind for line in say("> {value}", value=value).lines} == {LineKind.QUOTE}
    assert {line.kind for line in say("- {value}", value=value).lines} == {LineKind.ITEM}


@given(ODD, ODD)
def test_names_inside_value_are_not_filled_in(one: str, two: str) -> None:
    assert say("{a}{b}", a="{b}" + one, b=two).plain() == "{b}" + one + two


def test_markup_of_template() -> None:
    text = say("**{n}** papers, *no* `{c} *x*`\n- [read](https://example.org)\n> said", n=3, c="a`b")
    assert text.plain() == "3 papers, no a`b *x*\n• read\n> said"
    assert [line.kind for line in text.lines] == [LineKind.PLAIN, LineKind.ITEM, LineKind.QUOTE]
    assert Span("a`b", code=True) in spans(text)
    assert Span(" *x*", code=True) in spans(text), "inside code a star is a star"
    assert Span("read", link="https://example.org") in spans(text)


def test_missing_name_is_error_of_program() -> None:
    with pytest.raises(KeyError):
        say("{absent}")


def test_texts_keep_their_lines_inside_others() -> None:
    items = join([say("- a"), say("- **b**"), "and c"])
    text = say("{items}\n> done", items=items)
    kinds = [line.kind for line in text.lines]
    assert kinds == [LineKind.ITEM, LineKind.ITEM, LineKind.PLAIN, LineKind.QUOTE]
    assert text.plain() == "• a\n• b\nand c\n> done"
    assert say("Before: {items}", items="x\ny").plain() == "Before: x\ny"


def test_moments_and_nothing() -> None:
    moment = Moment(NOW, "Mon 23 Nov, 10:00")
    text = say("Due **{when}**{rest}", when=moment, rest=None)
    assert moment in spans(text)
    assert text.plain() == "Due Mon 23 Nov, 10:00"
    assert not Text()
    assert not plain("")
    assert say("x")


def test_commands_are_named_by_template_alone() -> None:
    text = say(
        "Run {/review add paper:{paper}} or {/cohort-admin schedule-add}.", paper="#12\n{/cohort join}"
    )
    assert spans(text) == [
        Span("Run "),
        CommandRef("review add", "paper:#12 {/cohort join}"),
        Span(" or "),
        CommandRef("cohort-admin schedule-add"),
        Span("."),
    ]
    assert text.plain() == "Run /review add paper:#12 {/cohort join} or /cohort-admin schedule-add."
    assert say("{typed}", typed="{/cohort join}").plain() == "{/cohort join}"
    assert say("- **do {/cohort join}**").plain() == "• do /cohort join"
    written = text.with_commands(lambda command: Span(command.name.upper()))
    assert written.plain() == "Run REVIEW ADD or COHORT-ADMIN SCHEDULE-ADD."


@given(st.lists(ODD))
def test_join_is_one_below_other(parts: list[str]) -> None:
    assert join(parts).plain() == "\n".join(parts)
    assert (join(parts) + join(parts)).lines == join([*parts, *parts]).lines


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "//example.org",
        "example.org",
        "",
        "https://",
        "https://a b",
        "https://a\nb",
        "https://a|b",
        "https://a>b",
        "http://a\x00",
        "mailto:a@b.c",
        'https://a"b',
        " https://a",
        "https://" + "a" * 3000,
    ],
)
def test_only_web_addresses_are_links(address: str) -> None:
    assert not safe_link(address)
    assert spans(say("[x]({url})", url=address)) == [Span("x")]


@pytest.mark.parametrize("address", ["https://arxiv.org/abs/2109.09774?x=1&y=(2)#z", "http://127.0.0.1:80/"])
def test_web_addresses_are_links(address: str) -> None:
    assert spans(say("[x]({url})", url=address)) == [Span("x", link=address)]


def test_every_blank_is_trimmed_at_ends() -> None:
    blanks = "".join(filter(str.isspace, map(chr, range(sys.maxunicode + 1))))
    assert clean(f"{blanks}é{blanks}\u200d", multiline=True) == "é"


@given(ODD, st.booleans())
def test_clean_text_is_clean(value: str, multiline: bool) -> None:
    cleaned = clean(value, multiline=multiline)
    assert clean(cleaned, multiline=multiline) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned == cleaned.strip()
    assert multiline or "\n" not in cleaned
    for character in cleaned:
        assert character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs")
        assert (
            character not in "\u200b\u200e\u200f\u202a\u202d\u202e\u2066\u2069\u2060\ufeff\u061c\u00ad\u3164"
        )
    cleaned.encode()


@pytest.mark.parametrize(
    "text",
    [
        "التعلّم العميق",
        "למידה עמוקה",
        "می\u200cخواهم",
        "क्\u200dष",
        "👩‍🔬 and 👩‍👩‍👧‍👦",
        "👍🏽",
        "🇩🇪🇰🇪",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿 and 🏳️‍🌈",
        "深層学習 딥러닝",
        "Ångström, naïve, Đặng",
        "a “quoted” title — with $x^2$",
    ],
)
def test_people_write_as_they_do(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    assert clean(text, multiline=False) == text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("user\u202egnp.exe", "usergnp.exe"),
        ("\u200b\u2060\ufeff", ""),
        ("\u200d \u200c", ""),
        ("\u3164\u3164", ""),
        ("e\u200b\u0301", "é"),
        ("a\u0000b\x1bc\x7f", "abc"),
        ("x\U000e0041\U000e0042y", "xy"),
        ("a\u200d\u200d\u200db", "a\u200db"),
        ("one\r\ntwo\rthree\u2028four\x0bfive", "one two three four five"),
        ("  a \u00a0 b\t\tc  ", "a b c"),
        ("half \ud83d pair", "half pair"),
    ],
)
@pytest.mark.case(27)
def test_what_hides_or_forges_goes(typed: str, kept: str) -> None:
    assert clean(typed, multiline=False) == kept


def test_lines_stay_where_they_may() -> None:
    assert clean("one\r\ntwo\rthree\u2029four\n", multiline=True) == "one\ntwo\nthree\nfour"


@given(ODD, st.integers(1, 20))
def test_shortened_is_short_and_beginning(value: str, length: int) -> None:
    short = shorten(value, length)
    assert len(short) <= length
    assert short == value or (short.endswith("…") and value.startswith(short[:-1]))


@pytest.mark.parametrize(
    ("value", "length", "short"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("ab cdef", 4, "ab…"),
        ("ab👩‍🔬cd", 5, "ab…"),
        ("ab🇩🇪🇰🇪cd", 4, "ab…"),
        ("ab🇩🇪🇰🇪cd", 6, "ab🇩🇪…"),
        ("abe\u0301cd", 4, "ab…"),
        ("ab👍🏽cd", 4, "ab…"),
        ("a" + "\u0301" * 50, 5, "a\u0301\u0301\u0301…"),
        ("abc", 1, "…"),
    ],
)
def test_shortening_cuts_between_what_belongs_together(value: str, length: int, short: str) -> None:
    assert shorten(value, length) == short

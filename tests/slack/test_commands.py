"""Escaped text as Slack hands it over."""

import pytest

from bot.slack.commands import words


async def _names(user: str) -> str:
    return f"name of {user}"


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("<@U1|ada> and <@U2>", "@ada and @name of U2"),
        ("<#C1|general> <!channel>", "#general @channel"),
        ("see <https://x.org/a?b=1&amp;c=2|x.org> or <https://y.org>",
         "see https://x.org/a?b=1&c=2 or https://y.org"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("a < b > c", "a < b > c"),
    ],
)  # fmt: skip
async def test_words_as_they_were_meant(raw: str, meant: str) -> None:
    assert await words(raw, _names) == meant

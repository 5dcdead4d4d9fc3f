"""Escaped text as Slack hands it over."""

from collections.abc import Iterable

import pytest

from bot.slack.payloads import plain_text, read_command
from core.chat.model import ChannelRef, PersonRef
from core.commands.registry import Registry
from tests.sample_feature import with_sample_feature


async def _names(users: Iterable[str]) -> dict[str, str]:
    return {user: f"name of {user}" for user in users}


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("<@U1|ada> and <@U2>", "@ada and @name of U2"),
        ("<#C1|general> <!channel>", "#general @channel"),
        (
            "see <https://x.org/a?b=1&amp;c=2|x.org> or <https://y.org>",
            "see https://x.org/a?b=1&c=2 or https://y.org",
        ),
        ("<http://arxiv.org|arxiv.org> by <mailto:bob@x.org|bob@x.org>", "arxiv.org by bob@x.org"),
        ("<http://x.org/a?b=1&amp;c=2|x.org/a?b=1&amp;c=2>", "x.org/a?b=1&c=2"),
        ("<https://evil.example|good.example>", "https://evil.example"),
        ("<tel:20261224|2026-12-24> <tel:1|2>", "2026-12-24 tel:1"),
        ("<!subteam^S12|@grp> <!here> <!date^1^x|y>", "@grp @here y"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("a < b > c", "a < b > c"),
        ("<http://3.0.CO|3.0.CO> at 10:30:45", "3.0.CO at 10:30:45"),
        ("We did it :tada: :+1::skin-tone-3: :flag-ng:", "We did it 🎉 👍🏼 🇳🇬"),
        (":man-shrugging: :simple_smile: :our-lab: a:b:c", "🤷\u200d♂️ 🙂 :our-lab: a:b:c"),
    ],
)
def test_words_as_they_were_meant(raw: str, meant: str) -> None:
    assert plain_text(raw, {"U2": "name of U2"}) == meant


async def test_what_is_wrong_is_said_without_escapes(registry: Registry) -> None:
    _, _, problem = await read_command(registry, "checkin status <@UADA|ada> <@U2> &lt;b&gt;", _names)
    assert problem is not None
    assert "“@ada @name of U2 <b>”" in problem.text.plain()
    _, _, problem = await read_command(registry, "<http://arxiv.org|arxiv.org>", _names)
    assert problem is not None
    assert "“arxiv.org”" in problem.text.plain()


async def test_people_are_looked_up_together_and_once(registry: Registry) -> None:
    asked = []

    async def names(users: Iterable[str]) -> dict[str, str]:
        asked.append(list(users))
        return {}

    line = "sample greet whom:<@U1> note:<@U2> and <@U3|bob> and <@U2>"
    _, args, _ = await read_command(with_sample_feature(registry), line, names)
    assert asked == [["U1", "U2", "U2"]]
    assert args == {"whom": PersonRef("U1", "U1"), "note": "@U2 and @bob and @U2"}


@pytest.mark.parametrize(
    "typed", ['person:"<@U1>"', '"<@U1>"', "person: “<@U1|ada>”", "person:'<@U1>'", "`<@U1>`", "<@U1>,"]
)
async def test_person_in_quotes_is_that_person(typed: str, registry: Registry) -> None:
    for line in (f"admin mentor {typed} add:yes", f"feedback thank {typed}"):
        _, args, problem = await read_command(registry, line, _names)
        assert problem is None
        person = args["person"]
        assert isinstance(person, PersonRef)
        assert person.id == "U1"


async def test_channel_keeps_its_id(registry: Registry) -> None:
    _, args, _ = await read_command(registry, "admin channel digest <#C012|general>", _names)
    assert args["channel"] == ChannelRef("C012", "general")


async def test_user_group_is_no_person(registry: Registry) -> None:
    line = "admin mentor <!subteam^S012|@mentors> yes"
    command, args, problem = await read_command(registry, line, _names)
    assert command is not None
    assert problem is not None
    assert (command.name, problem.field) == ("cohort-admin mentor", "person")
    assert "user groups, which I have no right to read" in problem.text.plain()
    assert "person" not in args

"""What the reading list posts: the prompt, and its part of the digest."""

from datetime import date, datetime
from typing import Any

from core import clock
from core.chat.model import Reply
from core.chat.text import Moment, Text, join, say, shorten
from core.cohorts.model import Cohort
from core.commands.decorators import post, schedule, section
from core.commands.spec import Post, SectionPart
from core.features.reading import handovers, records, texts
from core.store.port import Conn

FEWEST = 5
"""How many people have to stand behind a number before it is shown."""

_TOP = 3


@schedule(
    "reading",
    label="reading prompt",
    help="proposes the next item of the reading list",
    post="reading.prompt",
    purpose="reading",
)
def compose(conn: Conn, cohort: Cohort, day: date, at: datetime) -> dict[str, Any] | None:
    """The prompt of the day, None while the list is empty. Asked again on the same day, the same item and the
    same presenter."""
    found = records.up_next(conn, cohort.id, day=day)
    if found is None:
        return None
    records.note_prompt(conn, found.item, day)
    item = found.item
    turn = handovers.of_prompt(conn, cohort, item, day, at)
    return {
        "number": item.number,
        "reference": item.reference,
        "why": item.why,
        "by": found.by,
        "votes": found.votes,
        "presenter": turn.presenter.name if turn else None,
    }


@post("reading.prompt", label="reading prompt")
async def render(_core: object, sent: Post) -> Reply:
    """The prompt, from what was stored when it was due."""
    data = sent.data
    parts: list[Text] = [
        say("📖 **Let us read this next**"),
        texts.entry(data["number"], data["reference"], data["why"]),
    ]
    by = f"Suggested by {data['by']}. " if data["by"] else ""
    # Posts from before there were turns say nothing of a presenter.
    free = "presenter" in data and not data["presenter"]
    if data.get("presenter"):
        parts.append(say("**{name}** presents it.", name=data["presenter"]))
    parts.append(say("{by}{votes}. Read as much as you have time for, and say what you take from it.{free}",
                     by=by, votes=texts.votes(data["votes"]).capitalize(),
                     free=" Would you like to present it to the others?" if free else ""))  # fmt: skip
    if sent.late:
        due = sent.slot_at
        when = Moment(due, clock.words(due, sent.cohort.zone))
        parts.append(say("*This was due {when}; I was not running then.*", when=when))
    buttons = texts.actions(data["number"], free=free)
    return Reply(join(parts), (buttons,), private=False, cohort=sent.cohort.id)


@section("reading", order=30)
def write(conn: Conn, cohort: Cohort, since: datetime, until: datetime) -> SectionPart | None:
    """What is new on the list and most wanted; how many items were read, where enough people read."""
    new = conn.all(
        "SELECT number, reference FROM reading_item WHERE cohort_id = :cohort AND created_at >= :since"
        " AND created_at < :until ORDER BY number",
        cohort=cohort.id,
        since=since,
        until=until,
    )
    read = conn.one(
        "SELECT count(*) AS n, count(DISTINCT d.member_id) AS people FROM reading_done d"
        " JOIN reading_item i ON i.id = d.item_id"
        " WHERE i.cohort_id = :cohort AND d.at >= :since AND d.at < :until",
        cohort=cohort.id,
        since=since,
        until=until,
    )
    wanted = [each for each in records.ranked(conn, cohort.id, -1, 50) if each.votes and not each.prompted_on]
    times = read["n"] if read and read["people"] >= FEWEST else 0
    lines: list[Text] = []
    if new:
        count = "1 item is" if len(new) == 1 else f"{len(new)} items are"
        lines.append(say("{count} new on the reading list:", count=count))
        lines += [say("- #{number} {reference}", number=row["number"], reference=shorten(row["reference"], 100))
                  for row in new[:_TOP]]  # fmt: skip
    if times:
        lines.append(say("Together you finished reading {times} times.", times=times))
    if wanted:
        lines.append(say("Most wanted next:"))
        lines += [_wanted(each) for each in wanted[:_TOP]]
    if not lines:
        return None
    return SectionPart(join(lines), (("readings finished", times),) if times else ())


def _wanted(one: records.RankedItem) -> Text:
    return say("- #{number} {reference}, {votes}", number=one.item.number,
               reference=shorten(one.item.reference, 100), votes=texts.votes(one.votes))  # fmt: skip

"""The command that loads a starter list, after a preview, and takes it back."""

from typing import Annotated

from core.chat.model import Block, Button, Buttons, ButtonStyle, Record, Records, Reply
from core.chat.text import join, say
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Access, Arg, Once
from core.features.reading import tracks
from core.features.reading.tracks import Compared, Track, TrackWork
from core.works.model import by

_LIST = Button("The reading list", "reading list")


@command(
    "cohort-admin track-load",
    access=Access.ORGANIZER,
    once=Once.REPEATS,
    form="Load a starter list",
    submit="Show what it holds",
)
async def track_load(
    call: Call,
    track: Annotated[Track, Arg("Which list")],
    confirm: Annotated[bool, Arg("Whether it is loaded, and not only shown", in_form=False)] = False,
    undo: Annotated[bool, Arg("Whether what nobody has touched is taken back", in_form=False)] = False,
) -> Reply:
    """Put a starter list of works on the reading list; you see it first."""
    if undo:
        return await _take_back(call, track)
    if confirm:
        return _loaded(track, await call.write(tracks.load, call.scope, call.member.id, track))
    return _preview(track, await call.read(tracks.compare, call.cohort.id, track))


def _preview(track: Track, found: Compared) -> Reply:
    args = {"track": track.value}
    listed = tracks.read(track)
    head = say(
        "**{track}** has {n} works: {about}. {new}{there}. Nothing is loaded yet.",
        track=track.label,
        n=len(listed.works),
        about=listed.about,
        new=f"{len(found.new)} are new here" if found.new else "Nothing of it is new here",
        there=_there(found),
    )
    load = Button(
        f"Load {len(found.new)}", "cohort-admin track-load", {**args, "confirm": "yes"}, ButtonStyle.PRIMARY
    )
    buttons = [*([load] if found.new else []), *([_back(track)] if found.untouched else []), _LIST]
    rows: list[Block] = [Records(tuple(map(_record, found.new)))] if found.new else []
    return Reply(head, (*rows, Buttons(tuple(buttons))))


def _record(each: TrackWork) -> Record:
    return Record(each.work.title, (f"{by(each.work.authors)}, {each.work.year}",))


def _there(found: Compared) -> str:
    parts = [f"{found.there} on the list already"] * bool(found.there)
    parts += [f"{found.like} like something there, and left out"] * bool(found.like)
    return "".join(f", {each}" for each in parts)


def _loaded(track: Track, found: Compared) -> Reply:
    n = len(found.new)
    head = say(
        "**{track}** is on the reading list: {n} new{there}.",
        track=track.label,
        n=n if n else "nothing",
        there=_there(found),
    )
    rest = say(
        "Each says why it is there and has the tag #{tag}. Nothing is posted: votes decide what comes next.",
        tag=track.value,
    )
    return Reply(join([head, rest]), (Buttons((_LIST, _back(track))),))


async def _take_back(call: Call, track: Track) -> Reply:
    gone, left = await call.write(tracks.take_back, call.scope, track)
    head = say("**{track}**: {n} taken back.", track=track.label, n=gone if gone else "nothing was")
    stays = say(
        "{n} {stay}, which somebody voted for, read, presents or corrected, or a prompt has named.",
        n=left,
        stay="stays" if left == 1 else "stay",
    )
    again = Button("Load it again", "cohort-admin track-load", {"track": track.value})
    return Reply(join([head, *([stays] if left else [])]), (Buttons((again, _LIST)),))


def _back(track: Track) -> Button:
    return Button("Take it back", "cohort-admin track-load", {"track": track.value, "undo": "yes"})

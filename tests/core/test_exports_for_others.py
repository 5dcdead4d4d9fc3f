"""What others get as a file holds nothing that was kept private, for mentors, or without a name. Both engines."""

import io
import zipfile
from collections.abc import Iterator

import pytest

from core.chat.model import Block, File, PersonRef, Reply
from tests.people import CohortFixture

HIDDEN, SHARED = "Zebra", "Quagga"
"""Words that stand in what is hidden from the reader, and in what all may read."""
ADA = PersonRef("U-ada", "Ada")


async def live(cohort: CohortFixture) -> None:
    """Ada keeps a bit of everything for herself or for few, and shares a bit of everything."""
    ada, ben = cohort.ada, cohort.ben
    await ada.ok("submission add", title=f"{SHARED} paper", venue="NeurIPS 2026", stage="submitted")
    await ada.ok(
        "submission add", title=f"{HIDDEN} secret", visibility="private", link="https://zebra.example"
    )
    await ada.ok("submission add", title=f"{HIDDEN} nameless", visibility="anonymous", venue="ICML 2026")
    await ada.ok("review add", paper="1", score="6", summary=f"{HIDDEN} summary")
    await ada.ok("submission forecast", paper="1", chance="73")
    await ada.ok(
        "submission update", paper="1", stage="rebuttal", note=f"{HIDDEN} note", note_visibility="private"
    )
    await cohort.olu.ok("cohort-admin question-add", text="For mentors?", kind="text", visibility="mentors")
    await cohort.olu.ok("cohort-admin question-add", text="For me?", kind="text", visibility="private")
    await ada.ok(
        "checkin now", progress=f"{SHARED} progress", mood="2", blocker=f"{SHARED} blocker", share="shared"
    )
    form = await ada.form("checkin answer")
    await ada.submit(form, **{each.name: f"{HIDDEN} answer" for each in form.fields})
    await ben.ok("checkin now", progress=f"{HIDDEN} private progress", blocker=f"{HIDDEN} private blocker")
    await ada.ok("reading add", reference=f"{SHARED} work on reading")
    await ben.ok("reading done", item="1", takeaway=f"{HIDDEN} takeaway", visibility="private")
    await ada.ok("reading done", item="1", takeaway=f"{SHARED} takeaway", visibility="cohort")
    await ada.ok("feedback ask", topic=f"{HIDDEN} topic", details=f"{HIDDEN} details", visibility="mentors")
    await ada.ok("duty add", venue=f"{HIDDEN} workshop 2027", papers=3, due="2026-12-20")
    await ada.ok("profile away", until="2026-12-24", reason=f"{HIDDEN} reason")


def contents(blocks: tuple[Block, ...]) -> Iterator[tuple[str, bytes]]:
    """Every file of an answer, those within a zip each by itself."""
    for block in blocks:
        if isinstance(block, File) and zipfile.is_zipfile(io.BytesIO(block.content)):
            with zipfile.ZipFile(io.BytesIO(block.content)) as archive:
                yield from ((name, archive.read(name)) for name in archive.namelist())
        elif isinstance(block, File):
            yield block.name, block.content


def without_hidden(reply: Reply) -> bytes:
    """All that the files of an answer hold, after a look for what they must not."""
    found = list(contents(reply.blocks))
    assert found, "there is no file"
    for name, content in found:
        assert HIDDEN.encode() not in content, name
        assert b"zebra" not in content, name
    return b"".join(content for _, content in found)


@pytest.mark.case(37)
async def test_no_export_for_others_holds_what_is_private(cohort: CohortFixture) -> None:
    await live(cohort)
    for form in ("csv", "json"):
        whole = without_hidden(await cohort.olu.ok("cohort-admin export", format=form))
        for each in ("paper", "progress", "takeaway"):
            assert f"{SHARED} {each}".encode() in whole, "what all may read is in it"
    whole = without_hidden(await cohort.olu.ok("cohort-admin archive"))
    assert f"{SHARED} paper".encode() in whole
    for who in (cohort.ben, cohort.olu):
        for form in ("markdown", "csv", "json"):
            history = without_hidden(await who.ok("checkin history", who=ADA, format=form))
            assert f"{SHARED} progress".encode() in history
        for form in ("bibtex", "ris", "csv", "markdown"):
            assert f"{SHARED} work".encode() in without_hidden(await who.ok("reading export", format=form))
    audit = without_hidden(await cohort.olu.ok("cohort-admin audit", format="csv"))
    assert b"question" in audit.lower()

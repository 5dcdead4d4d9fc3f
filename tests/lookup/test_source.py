"""Works looked up over the real HTTP client: what sources answer, and what is never dialled."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from bot.bootstrap import bootstrap
from bot.lookup import dialing
from bot.lookup.dialing import CheckedBackend, is_public
from bot.lookup.fetching import Fetcher
from bot.lookup.source import OFF, WebSource
from core.works.answers import of_arxiv
from core.works.identifiers import read
from core.works.model import LookupFailed, NotKnown, Work
from tests.conftest import NOW
from tests.servers.sources.server import BOMB, Sources, atom
from tests.story.bot import settings


@dataclass
class Lookup:
    """A source over local servers, of which `base` is the one that was configured."""

    servers: Sources
    base: str
    source: WebSource

    async def __call__(self, typed: str) -> Work:
        identifier = read(typed)
        assert identifier is not None
        return await self.source.look_up(identifier)


@pytest.fixture
async def lookup() -> AsyncIterator[Lookup]:
    servers = Sources()
    runner = web.AppRunner(servers.application())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    base = f"http://{host}:{port}"
    source = WebSource(Fetcher([base], seconds=2.0, pages=[base]), f"{base}/api/query", base, pause=0.0)
    yield Lookup(servers, base, source)
    await source.close()
    await runner.cleanup()


async def test_arxiv_tells_title_authors_year_and_abstract(lookup: Lookup) -> None:
    lookup.servers.arxiv["2306.03262"] = atom(
        "2306.03262", "A  Title of\n two lines", "Pál Erdős", "L. van der Maaten"
    )
    work = await lookup("https://arxiv.org/abs/2306.03262v2")
    assert (work.title, work.authors, work.year) == (
        "A Title of two lines",
        ("Pál Erdős", "L. van der Maaten"),
        2023,
    )
    assert work.abstract == "An abstract of two lines & more."
    assert [each.key for each in work.same] == ["doi:10.5555/twin.2306.03262"]
    assert lookup.servers.asked == ["/api/query?id_list=2306.03262&max_results=1"]
    assert all("cohort-bot" in each for each in lookup.servers.agents)


@pytest.mark.parametrize(
    "answer", [BOMB, "", "<feed", "[]", atom("2306.03262", " "), "\ufeff<?xml version='1.0'?><a/>"]
)
async def test_odd_answers_of_arxiv_give_nothing(lookup: Lookup, answer: str) -> None:
    lookup.servers.arxiv["2306.03262"] = answer
    with pytest.raises(NotKnown):
        await lookup("2306.03262")


async def test_crossref_with_all_its_oddities(lookup: Lookup) -> None:
    lookup.servers.crossref["10.5555/a"] = {
        "title": ["Growth of<i>E. coli</i>on H<sub>2</sub>O &amp;amp; more"],
        "author": [
            {"given": "Laurens", "family": "van der Maaten"},
            {"name": "The Test Group"},
            None,
            {"family": "Erdős"},
        ],
        "issued": {"date-parts": [[None]]},
        "published-online": {"date-parts": [[2019, 5]]},
        "container-title": ["J. of Made-up Results"],
        "abstract": "<jats:title>Abstract</jats:title><jats:p>We <jats:italic>grow</jats:italic>.</jats:p>",
        "relation": {"has-preprint": [{"id-type": "doi", "id": "10.48550/arXiv.2306.03262"}]},
    }
    work = await lookup("(see doi:10.5555/A).")
    assert work.title == "Growth of E. coli on H2O & more"
    assert work.authors == ("Laurens van der Maaten", "The Test Group", "Erdős")
    assert (work.year, work.venue, work.abstract) == (2019, "J. of Made-up Results", "We grow.")
    assert [each.key for each in work.same] == ["arxiv:2306.03262"]


async def test_sici_is_asked_for_whole(lookup: Lookup) -> None:
    doi = "10.1002/(sici)1097-4636(199823)43:4<371::aid-jbm5>3.0.co;2-t"
    lookup.servers.crossref[doi] = {"title": ["Old"], "issued": {"date-parts": [[1998]]}}
    assert (await lookup("10.1002/(SICI)1097-4636(199823)43:4&lt;371::AID-JBM5&gt;3.0.CO;2-T")).year == 1998


@pytest.mark.parametrize("message", [{"title": []}, {"title": [None]}, {}, "[", "null", '{"message": []}'])
async def test_odd_answers_of_crossref_give_nothing(lookup: Lookup, message: object) -> None:
    lookup.servers.crossref["10.5555/a"] = message
    with pytest.raises((NotKnown, LookupFailed)):
        await lookup("10.5555/a")


async def test_300_authors_and_huge_texts_are_bounded(lookup: Lookup) -> None:
    lookup.servers.arxiv["2306.03262"] = atom("2306.03262", "T" * 9_000, *(f"Name {n}" for n in range(900)))
    work = await lookup("2306.03262")
    assert (len(work.title), len(work.authors)) == (400, 400)
    lookup.servers.arxiv["2306.03262"] = atom("2306.03262", "T" * 3_000_000)
    with pytest.raises(NotKnown):
        await lookup("2306.03262")


async def test_slow_and_failing_sources_are_asked_later(lookup: Lookup) -> None:
    lookup.servers.failing, lookup.servers.retry_after = 1, "7"
    with pytest.raises(LookupFailed) as failed:
        await lookup("2306.03262")
    assert failed.value.seconds == 7
    lookup.servers.delay = 5.0
    with pytest.raises(LookupFailed, match="no answer in time"):
        await lookup("2306.03262")


async def test_one_request_at_a_time_a_source(lookup: Lookup) -> None:
    for number in range(10, 15):
        lookup.servers.arxiv[f"2306.000{number}"] = atom(f"2306.000{number}", f"Title {number}")
    lookup.servers.delay = 0.01
    found = await asyncio.gather(*(lookup(f"2306.000{number}") for number in range(10, 15)))
    assert [each.title for each in found] == [f"Title {number}" for number in range(10, 15)]
    assert lookup.servers.most_at_once == 1


async def test_page_says_what_it_is_and_its_rest_is_left(lookup: Lookup) -> None:
    for name in ("good", "elsewhere"):
        work = await lookup(f"{lookup.base}/page/{name}")
        assert (work.title, work.authors, work.year) == ("A good page", ("Pál Erdős",), 1960)


async def test_page_names_no_codec_that_takes_long(lookup: Lookup) -> None:
    assert (await lookup(f"{lookup.base}/page/punycode")).title == "A title"


async def test_page_gets_no_cookie_back(lookup: Lookup) -> None:
    for _ in range(2):
        assert (await lookup(f"{lookup.base}/page/cookies")).title == "You send 0"


@pytest.mark.parametrize(
    "content",
    [
        f"<?xml version='1.0'{' ' * 300}encoding='cp037'?>".encode()
        + BOMB.partition("?>")[2].encode("cp037"),
        BOMB.encode("utf-16"),
        BOMB.encode("utf-16-le"),
    ],
)
def test_document_type_is_seen_in_every_encoding(content: bytes) -> None:
    identifier = read("2306.03262")
    assert identifier is not None
    with pytest.raises(NotKnown):
        of_arxiv(content, identifier)


@pytest.mark.case(33)
@pytest.mark.parametrize("name", ["inside", "file", "named", "round", "pdf", "bomb"])
async def test_redirect_leads_nowhere_else(
    lookup: Lookup, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def inside(host: str, port: int) -> Sequence[str]:
        return ["10.0.0.7"] if host == "inside.example" else await dialing.resolve(host, port)

    source = WebSource(
        Fetcher([lookup.base], inside, seconds=2.0, pages=[lookup.base]), OFF, lookup.base, pause=0.0
    )
    identifier = read(f"{lookup.base}/page/{name}")
    assert identifier is not None
    with pytest.raises(NotKnown):
        await source.look_up(identifier)
    await source.close()


@pytest.mark.case(33)
@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest",
        "http://localhost/x",
        "http://127.0.0.1/x",
        "http://[::1]/x",
        "http://[::ffff:10.0.0.1]/x",
        "http://0x7f000001/x",
        "http://2130706433/x",
        "http://10.1.2.3/x",
        "http://public.example:22/x",
    ],
)
async def test_private_address_is_never_dialled(address: str) -> None:
    source = WebSource(Fetcher(seconds=5.0), "https://export.arxiv.org/api/query", OFF, pause=0.0)
    identifier = read(address)
    assert identifier is not None
    with pytest.raises((NotKnown, LookupFailed)):
        await source.look_up(identifier)
    await source.close()


@pytest.mark.case(33)
async def test_a_private_mirror_is_asked_and_nothing_else_there_is_read(lookup: Lookup) -> None:
    lookup.servers.arxiv["2306.03262"] = atom("2306.03262", "A title")
    mirror = Fetcher([f"{lookup.base}/api/query"], seconds=2.0)
    source = WebSource(mirror, f"{lookup.base}/api/query", OFF, pause=0.0)
    for typed in (f"{lookup.base}/page/good", f"{lookup.base}/api/query?search_query=all", "2306.03262"):
        identifier = read(typed)
        assert identifier is not None
        if typed.startswith("http"):
            with pytest.raises(NotKnown):
                await source.look_up(identifier)
        else:
            assert (await source.look_up(identifier)).title == "A title"
    # The connection that the source left open is no way in for a page either.
    page = read(f"{lookup.base}/page/good")
    assert page is not None
    with pytest.raises(NotKnown):
        await source.look_up(page)
    assert lookup.servers.asked == ["/api/query?id_list=2306.03262&max_results=1"]
    await source.close()


@pytest.mark.case(33)
async def test_a_source_that_leads_elsewhere_leads_to_public_addresses_alone(lookup: Lookup) -> None:
    mirror = Fetcher([f"{lookup.base}/works"], seconds=2.0)
    with pytest.raises(NotKnown):
        await mirror.get(f"{lookup.base}/works/../page/good", ["text/html"], 1_000, of_source=True)
    with pytest.raises(NotKnown):
        await mirror.get(f"{lookup.base}/worksheets", ["text/html"], 1_000, of_source=True)
    assert lookup.servers.asked == []
    await mirror.close()


@pytest.mark.case(33)
async def test_name_that_changes_its_mind_is_looked_at_once(lookup: Lookup) -> None:
    answers = [["93.184.215.14", "127.0.0.1"], ["127.0.0.1"]]
    seen: list[str] = []

    async def rebinding(host: str, _port: int) -> Sequence[str]:
        seen.append(host)
        return answers[min(len(seen) - 1, 1)]

    port = int(lookup.base.rpartition(":")[2])
    for _ in range(2):
        with pytest.raises(Exception, match="not a public one"):
            await CheckedBackend((), rebinding).connect_tcp("rebind.example", port, 1.0)
    assert seen == ["rebind.example"] * 2
    assert lookup.servers.asked == []


async def test_address_that_was_checked_is_the_one_dialled(
    lookup: Lookup, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialled: list[str] = []

    async def once(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    backend = CheckedBackend({("configured.example", 80)}, once)
    port = int(lookup.base.rpartition(":")[2])
    stream = await CheckedBackend({("configured.example", port)}, once).connect_tcp(
        "configured.example", port, 1.0
    )
    dialled.append(str(stream.get_extra_info("server_addr")[0]))
    await stream.aclose()
    assert dialled == ["127.0.0.1"]
    with pytest.raises(Exception, match="not a public one"):
        await backend.connect_tcp("configured.example", port, 1.0)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("100.64.0.1", False),
        ("192.0.2.1", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - no address to listen on
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("fec0::1", False),
        ("::ffff:127.0.0.1", False),
        ("::127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("not an address", False),
    ],
)
def test_only_public_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


async def test_source_that_is_off_is_not_asked(lookup: Lookup) -> None:
    source = WebSource(Fetcher(), OFF, OFF, pause=0.0)
    for typed in ("2306.03262", "10.5555/a", f"{lookup.base}/page/good"):
        identifier = read(typed)
        assert identifier is not None
        with pytest.raises(NotKnown):
            await source.look_up(identifier)
    assert lookup.servers.asked == []


async def test_playground_asks_nobody_unless_it_is_told_to(tmp_path: Path) -> None:
    chosen = settings(f"sqlite:///{tmp_path / 'c.db'}", NOW, arxiv_url="", crossref_url="")
    application = await bootstrap(chosen, playground=True)
    for typed in ("arXiv:2306.03262", "doi:10.1000/182", "https://example.org/a-page"):
        identifier = read(typed)
        assert identifier is not None
        with pytest.raises(NotKnown, match=r"is not asked|No page is asked"):
            await application.lookup.look_up(identifier)
    await application.stop()

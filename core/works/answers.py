"""What sources answer, read into works: arXiv's Atom, Crossref's JSON, and the head of a page.

What comes from outside is not trusted: XML with a document type is refused before it is parsed, so that no entity is
ever expanded, and every value is looked at before it is taken.
"""

import codecs
import html
import json
import re
from collections.abc import Iterable, Mapping
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

from core.chat.text import clean
from core.works.identifiers import Identifier, Scheme, of_doi
from core.works.model import NotKnown, Work, kept

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_DOCTYPE = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_UNREADABLE = "The answer could not be read."


_TAG = re.compile(
    r"</?(?:(?:jats|mml|ns\d|m):[\w-]+|i|b|u|em|strong|sub|sup|scp|sc|tt|inf|italic|bold|span|p|br|title|sec|math|mrow)"
    r"(?:\s+[\w:-]+\s*=[^<>]{0,300})?\s*/?>",
    re.IGNORECASE,
)
"""Marks that sources leave in texts. What only looks like one, as in "a<b and c>d", stays."""
_SLANTED = re.compile(
    r"(?<=\w)(<(?:i|b|em|italic|bold)>)(?=\w)|(?<=\w)(</(?:i|b|em|italic|bold)>)(?=\w)", re.IGNORECASE
)
_WITHIN = re.compile(
    r"</?(?:\w+:)?(?:i|b|u|em|strong|sub|sup|scp|sc|tt|inf|italic|bold|span)\b", re.IGNORECASE
)


def words(value: object) -> str:
    """A text on one line, without marks, entities and characters that nobody should see; empty for what is no text.

    Publishers lose the blank beside a word in italics: where letters stand on both sides of its mark, there is one.
    """
    if not isinstance(value, str):
        return ""
    # Twice: Crossref's titles hold entities of entities.
    plain = html.unescape(html.unescape(value[:20_000]))
    unmarked = _TAG.sub(lambda mark: "" if _WITHIN.match(mark[0]) else " ", _SLANTED.sub(" ", plain))
    return re.sub(r"\s+", " ", clean(unmarked, multiline=True)).strip()


def of_arxiv(content: bytes, identifier: Identifier) -> Work:
    """The work that arXiv's Atom describes. Raises `NotKnown`."""
    entry = _entry(content)
    title = words(entry.findtext(f"{_ATOM}title"))
    address = entry.findtext(f"{_ATOM}id") or ""
    if not title or "/api/errors" in address:
        raise NotKnown("arXiv knows no such paper.")
    names = [words(each.findtext(f"{_ATOM}name")) for each in entry.findall(f"{_ATOM}author")]
    doi = (entry.findtext(f"{_ARXIV}doi") or "").strip()
    return kept(
        Work(
            title,
            tuple(filter(None, names)),
            _year(entry.findtext(f"{_ATOM}published")),
            words(entry.findtext(f"{_ARXIV}journal_ref")),
            words(entry.findtext(f"{_ATOM}summary")),
            identifier.address,
            _others([of_doi(doi)] if re.match(r"10\.\d{4,9}/\S", doi) else [], identifier),
        )
    )


def _entry(content: bytes) -> ElementTree.Element:
    # As text, whatever encoding it names or has: in another than UTF-8 a document type would not be seen. arXiv sends UTF-8.
    try:
        text = content.decode("utf-8-sig")
        if "\x00" in text or _DOCTYPE.search(text):
            raise NotKnown(_UNREADABLE)
        feed = ElementTree.fromstring(text)  # noqa: S314 - it holds no document type, and so no entities
    except (ElementTree.ParseError, ValueError, LookupError):
        raise NotKnown(_UNREADABLE) from None
    entry = feed.find(f"{_ATOM}entry")
    if entry is None:
        raise NotKnown("arXiv knows no such paper.")
    return entry


def of_crossref(content: bytes, identifier: Identifier) -> Work:
    """The work that Crossref's JSON describes. Raises `NotKnown`."""
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        raise NotKnown(_UNREADABLE) from None
    message = answer.get("message") if isinstance(answer, dict) else None
    if not isinstance(message, dict):
        raise NotKnown(_UNREADABLE)
    title, subtitle = _first(message.get("title")), _first(message.get("subtitle"))
    if not title:
        raise NotKnown("Crossref knows no title of it.")
    if subtitle and subtitle.casefold() not in title.casefold():
        title = f"{title}: {subtitle}"
    return kept(
        Work(
            title,
            tuple(filter(None, map(_name, _list(message.get("author")) or _list(message.get("editor"))))),
            _crossref_year(message),
            _first(message.get("container-title")),
            re.sub(r"\AAbstract\W*", "", words(message.get("abstract"))),
            identifier.address,
            _others(_relations(message), identifier),
        )
    )


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _first(value: object) -> str:
    """The first text of a list, or the text itself."""
    return next(filter(None, map(words, value)), "") if isinstance(value, list) else words(value)


def _name(author: object) -> str:
    if not isinstance(author, Mapping):
        return ""
    given, family = words(author.get("given")), words(author.get("family"))
    return " ".join(filter(None, (given, family, words(author.get("suffix"))))) or words(author.get("name"))


def _crossref_year(message: Mapping[str, Any]) -> int | None:
    for kind in ("published-print", "published", "published-online", "issued", "posted", "created"):
        dated = message.get(kind)
        parts = _list(dated.get("date-parts")) if isinstance(dated, Mapping) else []
        first = _list(parts[0]) if parts else []
        if first and isinstance(first[0], int) and not isinstance(first[0], bool):
            return first[0]
    return None


def _relations(message: Mapping[str, Any]) -> list[Identifier]:
    relations = message.get("relation")
    related = [
        each
        for kind in ("is-preprint-of", "has-preprint", "is-same-as", "is-version-of", "has-version")
        for each in (_list(relations.get(kind)) if isinstance(relations, Mapping) else [])
        if isinstance(each, Mapping)
    ]
    ids = [each.get("id") for each in related if each.get("id-type") == "doi"]
    return [of_doi(each.strip()) for each in ids if isinstance(each, str)]


_ENCODINGS = re.compile(
    r"ascii|utf-(?:8|8-sig|16|16-[bl]e)|iso8859-\d+|cp\d+|koi8-\w|tis-620|gb\w+|big5\w*|euc_\w+|shift_jis\w*|iso2022_\w+"
    r"|mac-\w+"
)
"""What pages are written in, by Python's names. A page may name any other codec too, and punycode takes half a minute for
one of 512 kB."""


class _Head(HTMLParser):
    """The title of a page, and what its head says of the work that it shows."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.meta: dict[str, list[str]] = {}
        self.title = ""
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_title = tag == "title" and not self.title
        given = {name: value or "" for name, value in attrs}
        name = (given.get("name") or given.get("property") or "").lower()
        if tag == "meta" and name and given.get("content") and len(self.meta) < 500:
            self.meta.setdefault(name, []).append(given["content"])

    def handle_endtag(self, tag: str) -> None:
        self._in_title = self._in_title and tag != "title"

    def handle_data(self, data: str) -> None:
        if self._in_title and len(self.title) < 2_000:
            self.title += data

    def first(self, *names: str) -> str:
        return next((said for name in names for each in self.meta.get(name, ()) if (said := words(each))), "")


def of_page(content: bytes, encoding: str, identifier: Identifier) -> Work:
    """The work that a page shows, as its head says: by the tags that libraries read, else the page's title. Raises
    `NotKnown`."""
    head = _Head()
    head.feed(_decoded(content, encoding))
    cited = head.first("citation_title", "dc.title", "dcterms.title")
    title = cited or head.first("og:title", "twitter:title") or words(head.title)
    if not title:
        raise NotKnown("The page says no title.")
    same = [of_doi(each) for each in head.meta.get("citation_doi", ()) if re.match(r"10\.\d{4,9}/\S", each)]
    return kept(
        Work(
            title,
            tuple(filter(None, map(_turned, head.meta.get("citation_author", ())))) if cited else (),
            _year(head.first("citation_publication_date", "citation_date", "citation_online_date")),
            head.first("citation_conference_title", "citation_journal_title"),
            head.first("citation_abstract", "dc.description") if cited else "",
            identifier.address,
            _others(same, identifier),
        )
    )


def _decoded(content: bytes, encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        name = ""
    return content.decode(name if _ENCODINGS.fullmatch(name) else "utf-8", "replace")


def _turned(name: str) -> str:
    """ "Lovelace, Ada" as "Ada Lovelace"."""
    family, comma, given = words(name).partition(",")
    return f"{given.strip()} {family}".strip() if comma else family


def _year(value: str | None) -> int | None:
    found = re.search(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)", value or "")
    return int(found[1]) if found else None


def _others(found: Iterable[Identifier], identifier: Identifier) -> tuple[Identifier, ...]:
    known = {each.key: each for each in found if each.scheme is not Scheme.LINK}
    known.pop(identifier.key, None)
    return tuple(known.values())

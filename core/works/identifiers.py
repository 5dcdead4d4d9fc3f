"""Identifiers of works, read out of what people type or paste.

One work has one key, whatever clothes its identifier comes in: the versions, pages and files of an arXiv paper, a DOI
with its resolver or the punctuation of a sentence around it, the pages of an OpenReview forum. Two identifiers that
differ in what their registry tells apart stay two.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlencode, urlsplit


class Scheme(StrEnum):
    """Who gives out an identifier."""

    ARXIV = "arxiv"
    DOI = "doi"
    OPENREVIEW = "openreview"
    ACL = "acl"
    LINK = "link"
    """No registry: the address itself."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """A work's identifier in its normal form. `typed` is the address of a link as it was given."""

    scheme: Scheme
    value: str
    typed: str = ""

    @property
    def key(self) -> str:
        """What two identifiers of one work share."""
        return f"{self.scheme}:{self.value}"

    @property
    def address(self) -> str:
        """Where people read it."""
        match self.scheme:
            case Scheme.ARXIV:
                return f"https://arxiv.org/abs/{self.value}"
            case Scheme.DOI:
                return f"https://doi.org/{quote(self.value, safe='/:;.-_~')}"
            case Scheme.OPENREVIEW:
                return f"https://openreview.net/forum?id={quote(self.value)}"
            case Scheme.ACL:
                return f"https://aclanthology.org/{self.value}/"
        return self.typed

    @property
    def words(self) -> str:
        """What it is called where its title is not known: never a bare address."""
        match self.scheme:
            case Scheme.ARXIV:
                return f"arXiv:{self.value}"
            case Scheme.DOI:
                return f"doi:{self.value}"
            case Scheme.OPENREVIEW:
                return f"OpenReview {self.value}"
            case Scheme.ACL:
                return f"ACL Anthology {self.value}"
        return _words_of(urlsplit(self.typed))

    @property
    def doi(self) -> str | None:
        """Its DOI, where it has one by its form."""
        if self.scheme is Scheme.ACL:
            return f"10.18653/v1/{self.value}"
        return self.value if self.scheme is Scheme.DOI else None


LONGEST = 500
"""Characters of an identifier that is taken for one."""

_NEW_ARXIV = r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}"
_OLD_ARXIV = r"[a-z]+(?:-[a-z]+)?(?:\.[a-z]{2})?/\d{2}(?:0[1-9]|1[0-2])\d{3}"
_ARXIV = re.compile(rf"({_NEW_ARXIV}|{_OLD_ARXIV})(?:v\d{{1,3}})?(?:\.pdf)?", re.IGNORECASE | re.ASCII)
_ARXIV_SAID = re.compile(
    rf"\barxiv\s*[:.]?\s*({_NEW_ARXIV}|{_OLD_ARXIV})(?:v\d{{1,3}})?(?!\d)", re.I | re.ASCII
)
_ARXIV_DOI = re.compile(rf"10\.48550/arxiv\.({_NEW_ARXIV}|{_OLD_ARXIV})(?:v\d{{1,3}})?\Z", re.I | re.ASCII)
_ARXIV_HOSTS = re.compile(
    r"(?:www\.|export\.|browse\.|cn\.|beta\.)?arxiv\.org|ar5iv\.org|ar5iv\.labs\.arxiv\.org|(?:www\.)?alphaxiv\.org"
)
_ARXIV_PAGES = ("abs", "pdf", "html", "format", "ps", "e-print", "src", "overview")
_PAPERS_PAGES = re.compile(r"(?:www\.)?(?:huggingface\.co|hf\.co)")

_DOI = re.compile(r"\b10\.\d{4,9}(?:\.\d+)*/[^\s\"“”]+")
_DOI_PATH = re.compile(
    r"/(?:doi|article|chapter|book|content)/(?:(?:abs|full|pdf|epdf|pdfplus|pdfdirect|book|10\.1101)/)?"
    r"(10\.\d{4,9}/.+)\Z",
    re.IGNORECASE,
)
_DOI_TAIL = re.compile(r"(?:/(?:full|abstract|meta|pdf|epdf|html)|\.(?:pdf|html?))\Z", re.IGNORECASE)
_ACL_DOI = re.compile(r"10\.(?:18653|3115)/v1/(.+)\Z", re.IGNORECASE)
_ACL_ID = re.compile(r"[a-z]\d{2}-\d{4,5}|\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d{1,5}", re.IGNORECASE | re.ASCII)
_ACL_HOSTS = re.compile(r"(?:www\.)?(?:aclanthology\.org|aclweb\.org|aclanthology\.info)")

_ADDRESS = re.compile(r"https?://[^\s<>\"“”]+", re.IGNORECASE)
_BARE_ADDRESS = re.compile(
    r"(?<![\w@/.:])((?:www\.)?(?:arxiv\.org|openreview\.net|aclanthology\.org|doi\.org|dx\.doi\.org|huggingface\.co|hf\.co)"
    r"/[^\s<>\"“”]+)",
    re.IGNORECASE,
)
_CLOSING = {")": "(", "]": "[", "}": "{", ">": "<"}
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|ref|ref_src|source\Z", re.IGNORECASE)


def read(typed: str) -> Identifier | None:
    """The one identifier in a text, None where there is none or several works are named."""
    found = {each.key: each for each in _all(typed)}
    return next(iter(found.values())) if len(found) == 1 else None


def rest_of(typed: str) -> str:
    """What a text says besides its identifier: often a title or a citation. Empty where it says nothing more."""
    if _arxiv(typed.strip()):
        return ""
    rest = _BARE_ADDRESS.sub(" ", _ADDRESS.sub(" ", _unescaped(typed)))
    rest = _DOI.sub(" ", _ARXIV_SAID.sub(" ", rest))
    rest = re.sub(r"\b(?:doi|arxiv|see|available at|pdf|url)\b\s*:?", " ", rest, flags=re.IGNORECASE)
    rest = re.sub(r"\(\s*\W*\)|\[\s*\W*\]", " ", rest)
    rest = re.sub(r"\s+", " ", rest).strip(" .,;:–—-()[]<>\"'")
    return rest if len(re.findall(r"[^\W\d_]{2,}", rest)) >= 2 else ""


def _all(typed: str) -> Iterator[Identifier]:
    text = _unescaped(typed).strip()
    if whole := _arxiv(text):
        yield whole
        return
    for match in [*_ADDRESS.finditer(text)] or [*_BARE_ADDRESS.finditer(text)]:
        address = _trimmed(match[0])
        found = of_address(address if "://" in address else f"https://{address}")
        if found is not None and (found.scheme is not Scheme.LINK or _is_outside(text, match)):
            yield found
    beside = _BARE_ADDRESS.sub(" ", _ADDRESS.sub(" ", text))
    for said in _ARXIV_SAID.finditer(beside):
        if (arxiv := _arxiv(said[1])) is not None:
            yield arxiv
    for match in _DOI.finditer(beside):
        yield of_doi(_trimmed(match[0]))


def _is_outside(text: str, match: re.Match[str]) -> bool:
    """Whether an address begins or ends a text. One in the midst of a sentence is a part of what it says."""
    return not re.search(r"\w", text[: match.start()]) or not re.search(r"\w", text[match.end() :])


def _unescaped(text: str) -> str:
    """A SICI has angle brackets, which many places write as entities. No others are read: `&noteId` is none."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _trimmed(value: str) -> str:
    """An identifier without the punctuation of the sentence that it stands in."""
    while value:
        last = value[-1]
        opening = _CLOSING.get(last)
        if last in ".,;:!?'’*_" or (opening and value.count(last) > value.count(opening)):
            value = value[:-1]
        else:
            break
    return value


def _arxiv(value: str) -> Identifier | None:
    match = _ARXIV.fullmatch(value)
    if match is None:
        return None
    bare = match[1].lower()
    archive, slash, number = bare.partition("/")
    # A subject class says nothing more: math.GT/0309136 is math/0309136.
    return Identifier(Scheme.ARXIV, f"{archive.partition('.')[0]}/{number}" if slash else bare)


def of_doi(value: str) -> Identifier:
    """The identifier of a DOI, which may be that of an arXiv paper or of one in the ACL Anthology."""
    if match := _ARXIV_DOI.match(value):
        found = _arxiv(match[1])
        if found is not None:
            return found
    acl = _ACL_DOI.match(value)
    if acl and _ACL_ID.fullmatch(acl[1]):
        return _acl(acl[1])
    return Identifier(Scheme.DOI, value[:LONGEST].lower())


def _acl(value: str) -> Identifier:
    return Identifier(Scheme.ACL, value.upper() if value[0].isalpha() else value.lower())


def of_address(address: str) -> Identifier | None:
    """The identifier that an http or https address stands for; None for what is no address with a host."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower().rstrip(".")
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or len(address) > LONGEST:
        return None
    return _of_registry(host, parts) or _link(host, port, parts, address)


def _of_registry(host: str, parts: SplitResult) -> Identifier | None:
    path = unquote(parts.path)
    if _ARXIV_HOSTS.fullmatch(host):
        page, _, rest = path.lstrip("/").partition("/")
        return _arxiv(rest.strip("/")) if page.lower() in _ARXIV_PAGES else None
    if _PAPERS_PAGES.fullmatch(host) and (match := re.match(r"/papers/([^/]+)", path)):
        return _arxiv(match[1])
    if host in ("doi.org", "dx.doi.org", "www.doi.org") and re.match(r"/10\.\d{4,9}/.", path):
        # A SICI may hold characters that end an address; what an address calls its fragment is then a part of it.
        return of_doi(path[1:] + (f"#{unquote(parts.fragment)}" if ";2" in parts.fragment else ""))
    if host in ("openreview.net", "www.openreview.net") and path in ("/forum", "/pdf", "/attachment"):
        given = parse_qs(parts.query).get("id", [""])[0]
        return Identifier(Scheme.OPENREVIEW, given) if re.fullmatch(r"[\w-]{1,40}", given) else None
    if _ACL_HOSTS.fullmatch(host):
        last = re.sub(r"\.(?:pdf|bib)\Z", "", path.rstrip("/").rpartition("/")[2])
        last = re.sub(r"v\d\Z", "", last)
        return _acl(last) if _ACL_ID.fullmatch(last) else None
    if match := _DOI_PATH.search(path):
        return of_doi(_publishers(match[1]))
    return None


def _publishers(value: str) -> str:
    """A DOI out of a publisher's address, without what names a page of the work."""
    while shorter := _DOI_TAIL.sub("", value.rstrip("/")):
        if shorter == value:
            break
        value = shorter
    if value.startswith("10.1101/"):  # preprints of bioRxiv and medRxiv
        value = re.sub(r"v\d+(?:\.full(?:-text)?)?\Z", "", value)
    return value


def _link(host: str, port: int | None, parts: SplitResult, address: str) -> Identifier:
    """Any other address: the same whether by http or https, with or without `www.`, a last slash, a fragment and what
    tells where a reader came from."""
    bare = host.removeprefix("www.")
    shown = f"[{bare}]" if ":" in bare else bare
    where = shown if port in (None, 80, 443) else f"{shown}:{port}"
    asked = parse_qs(parts.query, keep_blank_values=True)
    query = urlencode(sorted((k, v) for k, vs in asked.items() if not _TRACKING.fullmatch(k) for v in vs))
    path = parts.path.rstrip("/")
    return Identifier(Scheme.LINK, f"{where}{path}{'?' + query if query else ''}", address)


def _words_of(parts: SplitResult) -> str:
    """A page in words: "Your paper (example.org)". Dots of the host would make an address of it again, so that they
    stand apart in brackets only where the path says something."""
    host = (parts.hostname or "").removeprefix("www.")
    last = unquote(parts.path.rstrip("/").rpartition("/")[2])
    words = re.sub(r"\.(?:html?|pdf|php|aspx?)\Z", "", last, flags=re.IGNORECASE)
    words = re.sub(r"[-_+.\s]+", " ", words).strip()
    if len(re.findall(r"[^\W\d_]", words)) < 3:
        return f"A page of {host}"
    return f"{words[:120]} ({host})"

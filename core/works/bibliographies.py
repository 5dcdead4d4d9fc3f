"""Bibliographies: BibTeX and RIS read into works entry by entry, and written.

What the libraries get wrong is caught here: an entry without a key, a missing comma, values that are put together, RIS with
other lines between its records or an end without its blank. Every entry of a file is read or refused with its line and
the reason: read and refused together are the entries of the file.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import rispy
from bibtexparser.entrypoint import parse_string
from bibtexparser.model import Block, DuplicateBlockKeyBlock, Entry, ParsingFailedBlock, String
from pylatexenc.latex2text import LatexNodes2Text

from core.chat.files import decoded
from core.works.answers import words
from core.works.identifiers import Identifier, Scheme, of_address, of_doi, read
from core.works.model import Work, kept


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry that cannot be read: its line, what it is called and why not."""

    line: int
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Entries:
    """What a file holds: works with the lines at which they begin and their identifiers, and what was refused."""

    works: tuple[tuple[int, Work, Identifier | None], ...] = ()
    refused: tuple[Refused, ...] = ()


def read_file(content: bytes) -> Entries:
    """The entries of a BibTeX or RIS file, whichever it is."""
    text = decoded(content).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return _read_ris(text) if re.search(r"^TY\s{0,2}-", text, re.MULTILINE) else _read_bibtex(text)


# BibTeX

_NO_KEY = re.compile(r"^(\s*@\w+\s*[{(])(?=\s*[A-Za-z]\w*\s*=)", re.MULTILINE)
_ENTRY = re.compile(r"@\s*(?!comment|string|preamble)\w+\s*[{(]", re.IGNORECASE)


def _read_bibtex(text: str) -> Entries:
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it says of a block are its words
    # BibTeX wants a key and many programs leave it out; @string and @comment have none.
    text = _NO_KEY.sub(lambda found: found[0] if _is_other(found[0]) else f"{found[0]}without-key,", text)
    library = parse_string(text, parse_stack=[])
    strings = {
        each.key.lower(): _plain(str(each.value), {}) for each in library.blocks if isinstance(each, String)
    }
    works: list[tuple[int, Work, Identifier | None]] = []
    refused: list[Refused] = []
    for block in library.blocks:
        line = (block.start_line or 0) + 1
        entry = _entry_of(block)
        if entry is not None:
            found = _work_of(entry, strings)
            if isinstance(found, str):
                refused.append(Refused(line, entry.key, found))
            else:
                works.append((line, *found))
        elif isinstance(block, ParsingFailedBlock) and _ENTRY.match((block.raw or "").lstrip()):
            reason = "It is not closed, or something is missing in it."
            refused.append(Refused(line, _first_words(block.raw or ""), reason))
    return Entries(tuple(works), tuple(refused))


def _is_other(start: str) -> bool:
    return re.match(r"\s*@\s*(?:string|comment|preamble)", start, re.IGNORECASE) is not None


def _entry_of(block: Block) -> Entry | None:
    if isinstance(block, Entry):
        return block
    inner = block.ignore_error_block if isinstance(block, DuplicateBlockKeyBlock) else None
    return inner if isinstance(inner, Entry) else None


def _first_words(raw: str) -> str:
    return " ".join(raw.split())[:60]


def _work_of(entry: Entry, strings: Mapping[str, str]) -> tuple[Work, Identifier | None] | str:
    """An entry as a work, or why it is none."""
    raw = {each.key.lower(): str(each.value) for each in entry.fields}
    for name, value in raw.items():
        if _breaks_off(value):
            return f"A comma is missing after {name}."
    fields = {name: _plain(value, strings) for name, value in raw.items()}
    title = words(_text(fields.get("title", "")))
    if not title:
        return "It has no title."
    year = re.search(r"(?<!\d)(1[0-9]{3}|20\d\d)(?!\d)", fields.get("year", "") or fields.get("date", ""))
    venue = next(
        (fields[each] for each in ("journal", "journaltitle", "booktitle", "publisher") if fields.get(each)),
        "",
    )
    work = Work(
        title,
        tuple(_names(fields.get("author") or fields.get("editor") or "")),
        int(year[1]) if year else None,
        words(_text(venue)),
        words(_text(fields.get("abstract", ""))),
    )
    return kept(work), _identifier(fields.get("doi", ""), fields.get("eprint", ""), fields.get("url", ""))


def _breaks_off(value: str) -> bool:
    """Whether something stands behind the end of a value, as where a comma is missing."""
    value = value.strip()
    if not value.startswith(("{", '"')):
        return False
    depth, quoted = 0, value.startswith('"')
    for at, char in enumerate(value):
        if char in "{}" and (at == 0 or value[at - 1] != "\\"):
            depth += 1 if char == "{" else -1
        ended = depth == 0 and (char == "}" or (quoted and char == '"' and at > 0))
        if (ended and not quoted) or (ended and char == '"'):
            rest = value[at + 1 :].lstrip()
            return bool(rest) and not rest.startswith("#")
    return False


def _plain(value: str, strings: Mapping[str, str]) -> str:
    """A value without what encloses it; what is put together with # is one text."""
    return "".join(_part(part.strip(), strings) for part in _at_depth_0(value, "#"))


def _part(value: str, strings: Mapping[str, str]) -> str:
    if len(value) > 1 and value[0] + value[-1] in ("{}", '""'):
        return value[1:-1]
    return strings.get(value.lower(), value)


def _at_depth_0(value: str, separator: str) -> Iterator[str]:
    """The parts of a value between separators that stand in no braces and no quotes."""
    depth, begin, quoted = 0, 0, False
    for found in re.finditer(rf"\\.|[{{}}\"]|{separator}", value):
        sign = found[0]
        if sign == '"' and depth == 0 and separator == "#":
            quoted = not quoted
        elif sign in "{}":
            depth += 1 if sign == "{" else -1
        elif not sign.startswith("\\") and sign != '"' and depth <= 0 and not quoted:
            yield value[begin : found.start()]
            begin = found.end()
    yield value[begin:]


def _names(value: str) -> Iterator[str]:
    """The names of authors: between "and", those in braces whole, "and others" left out."""
    parts = [part.strip() for part in _at_depth_0(" ".join(value.split()), r"\s+[aA][nN][dD]\s+")]
    if len(parts) == 1 and re.fullmatch(r"[^{},]+ [A-Z]{1,3}(?:, ?[^{},]+ [A-Z]{1,3})+", parts[0]):
        parts = [
            f"{each.rpartition(' ')[2]} {each.rpartition(' ')[0]}" for each in re.split(r", ?", parts[0])
        ]
    for part in parts:
        if part and part.lower() != "others":
            yield _name(part)


def _name(part: str) -> str:
    if part.startswith("{") and part.endswith("}") and len(list(_at_depth_0(part, ","))) == 1:
        return words(_text(part))
    pieces = [piece.strip() for piece in _at_depth_0(part, ",")]
    if len(pieces) == 3:  # "Family, Jr, Given"
        pieces = [f"{pieces[0]} {pieces[1]}", pieces[2]]
    return words(_text(" ".join(reversed(pieces))))


_LATEX = LatexNodes2Text(math_mode="verbatim", keep_comments=True, strict_latex_spaces=False)


def _text(value: str) -> str:
    """LaTeX as text. A percent sign is one: in a bibliography nobody means a comment."""
    if not re.search(r"[\\{}$~%]|--|``|''", value):
        return value
    try:
        value = re.sub(r"\\textasciicircum(?![A-Za-z])(?:\{\})?|\\\^\{\}", "^", value)
        found = _LATEX.latex_to_text(re.sub(r"(?<!\\)%", r"\\%", value))
    except Exception:  # the library raises many things for text that is no LaTeX
        return re.sub(r"[{}]", "", value)
    return str(found)


def _identifier(doi: str, eprint: str, link: str) -> Identifier | None:
    doi = _text(doi).strip()
    if found := re.search(r"10\.\d{4,9}/\S+", doi):
        return of_doi(found[0])
    said = read(f"arXiv:{eprint.strip()}") if eprint.strip() else None
    return said or of_address(_text(link).strip())


# RIS


def _read_ris(text: str) -> Entries:
    works: list[tuple[int, Work, Identifier | None]] = []
    refused: list[Refused] = []
    for line, lines, ended in _records(text):
        name = next((each[6:].strip() for each in lines if each[:2] in ("TI", "T1")), "")[:60] or "a record"
        if not ended:
            refused.append(Refused(line, name, "It has no end (ER)."))
            continue
        try:
            found = rispy.loads("\n".join([*lines, "ER  - ", ""]))
        except Exception:  # rispy raises OSError, IndexError and others for what it cannot read
            found = []
        work = _work_of_ris(found[0]) if found else None
        if work is None:
            refused.append(Refused(line, name, "It has no title, or cannot be read."))
        else:
            works.append((line, *work))
    return Entries(tuple(works), tuple(refused))


def _records(text: str) -> Iterator[tuple[int, list[str], bool]]:
    """The records of a RIS file: the line of each, its lines with those that go on joined, and whether it ends."""
    begin, lines = 0, list[str]()
    for number, raw in enumerate(text.split("\n"), 1):
        tag = re.match(r"([A-Z][A-Z0-9])  ?- ?(.*)", raw)
        if tag and tag[1] == "TY":
            if lines:
                yield begin, lines, False
            begin, lines = number, [f"TY  - {tag[2].strip()}"]
        elif tag and tag[1] == "ER":
            if lines:
                yield begin, lines, True
            lines = []
        elif lines and tag:
            lines.append(f"{tag[1]}  - {tag[2].strip()}")
        elif lines and raw.strip():
            lines[-1] = f"{lines[-1]} {raw.strip()}"
    if lines:
        yield begin, lines, False


def _work_of_ris(found: Mapping[str, object]) -> tuple[Work, Identifier | None] | None:
    def first(*names: str) -> str:
        return next((words(found[name]) for name in names if isinstance(found.get(name), str)), "")

    title = first("title", "primary_title")
    if not title:
        return None
    authors = found.get("authors") or found.get("first_authors") or []
    year = re.search(r"(?<!\d)(1\d{3}|20\d\d)(?!\d)", first("year", "publication_year", "date"))
    links = found.get("urls")
    link = str(links[0]) if isinstance(links, list) and links else first("url")
    work = Work(
        title,
        tuple(_name_of_ris(words(each)) for each in authors) if isinstance(authors, list) else (),
        int(year[1]) if year else None,
        first("journal_name", "secondary_title", "publisher"),
        first("abstract", "notes_abstract"),
    )
    return kept(work), _identifier(first("doi"), "", link)


def _name_of_ris(name: str) -> str:
    """A name of RIS, which knows no LaTeX: "Family, Given", or whole in braces as it is written here."""
    if name.startswith("{") and name.endswith("}"):
        return name[1:-1]
    pieces = [piece.strip() for piece in name.split(",")]
    if len(pieces) == 3:  # "Family, Given, Jr"
        pieces = [f"{pieces[0]} {pieces[2]}", pieces[1]]
    return words(" ".join(reversed(pieces)))


# Written

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def _latex(value: str) -> str:
    escaped = re.sub(r"[\\{}~^%&$#_]", lambda found: _SPECIAL.get(found[0], f"\\{found[0]}"), value)
    # Two of these in a row would be one other character.
    return re.sub(r"(?<=[-'`,<>!?])(?=[-'`,<>])", "{}", escaped)


def _bibtex_name(name: str) -> str:
    literal = "," in name or re.search(r"\band\b|\bothers\b", name, re.IGNORECASE)
    return f"{{{_latex(name)}}}" if literal else _latex(name)


def bibtex(key: str, work: Work, identifier: Identifier | None) -> str:
    """A work as a BibTeX entry under a key, in UTF-8."""
    fields = {
        "title": f"{{{_latex(work.title)}}}",
        "author": " and ".join(map(_bibtex_name, work.authors)),
        "year": str(work.year or ""),
        "journal": _latex(work.venue),
        "doi": _latex(identifier.value) if identifier and identifier.scheme is Scheme.DOI else "",
        "eprint": identifier.value if identifier and identifier.scheme is Scheme.ARXIV else "",
        "archiveprefix": "arXiv" if identifier and identifier.scheme is Scheme.ARXIV else "",
        "url": _latex(work.link),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    kind = "article" if work.venue else "misc"
    return f"@{kind}{{{key},\n" + ",\n".join(lines) + "\n}\n"


def ris(work: Work, identifier: Identifier | None) -> str:
    """A work as a RIS record."""
    fields: dict[str, object] = {
        "type_of_reference": "JOUR" if work.venue else "GEN",
        "title": work.title,
        "authors": [_ris_name(each) for each in work.authors],
        "year": str(work.year or ""),
        "journal_name": work.venue,
        "doi": identifier.value if identifier and identifier.scheme is Scheme.DOI else "",
        "urls": [work.link] if work.link else [],
        "abstract": work.abstract,
    }
    return str(rispy.dumps([{name: value for name, value in fields.items() if value}]))


def _ris_name(name: str) -> str:
    return f"{{{name}}}" if "," in name else name

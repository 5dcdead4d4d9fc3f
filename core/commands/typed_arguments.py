"""The arguments in a typed line, behind the command: `title:"..." venue:ICLR`, or words without names.

Values have their names, `key:value`, `key: value` or `key=value`, or none, and go to the leading required parameters
then. A value may stand in quotes of any kind; one without goes on until the next name, so that titles need none.

What may be meant in two ways is asked about and never guessed: a name that is written with a slip, a name with a colon
and a blank in the midst of a text, which may be words of a title, and a quote that is never closed.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from core.chat.model import Button, Buttons, FieldKind
from core.chat.text import CommandRef, Text, say, shorten
from core.commands import spelling
from core.commands.spec import Command, Param
from core.errors import BadInput

_DOUBLE, _SINGLE = '"“”„‟', "'‘’‚‛"
_CLOSERS = {
    **dict.fromkeys(_DOUBLE, _DOUBLE),
    **dict.fromkeys(_SINGLE, _SINGLE),
    "«": "»",
    "»": "«»",
    "‹": "›",
    "›": "‹›",
}
_WORD = re.compile(r"\S+")
_LETTER = re.compile(r"[^\W\d_]")
_SPACES = re.compile(r"\s*")
_MARK = re.compile(rf"(?<!\S)(?:([{_DOUBLE}«»‹›])|([\w-]{{1,40}})[:=])")
"""Where a quoted run of words begins, or a word that may be a name. Single quotes are apostrophes more often."""
_KEY = re.compile(r"([\w-]{1,40})[:=]")
_WIDE = frozenset({FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.RECORD})
_PROSE = frozenset({FieldKind.TEXT, FieldKind.LONG_TEXT})

_DOTTED_I = str.maketrans("ıİ", "ii")
"""The i of Turkish keyboards, which `casefold` does not take for one."""

_MOST_WORDS = 20
"""Words before a colon that are compared with the parameters' names, so that a long line costs no more than a few."""

Args = dict[str, str]


class _Doubt(NamedTuple):
    """A word before a colon that may be a parameter's name. `slip` says that it is not written like it."""

    word: str
    name: str
    slip: bool


def usage(command: Command) -> str:
    """A command as it is typed, with its parameters: `submission add title: [venue:]`."""
    shown = (
        f"{p.name}:" if p.required else f"[{p.name}:]" for p in command.params if p.in_form or p.required
    )
    return " ".join((command.name, *shown))


def read_arguments(command: Command, rest: str) -> tuple[Args, BadInput | None]:
    """The raw arguments in the rest of a line, and what is wrong with them, which has a button for each way in which
    they may be meant."""
    reader = _Reader(command, rest)
    args, problem = reader.read()
    if reader.doubt is not None:
        return args, _ask_about_name(command, rest, reader.doubt, args, problem)
    if reader.unclosed is not None:
        return args, _ask_about_quote(command, rest, reader.unclosed)
    return args, problem


@dataclass
class _Reader:
    """Reads the arguments once. Doubtful names are taken for text, or for names with `names_all`.

    Every step goes forward, and what was looked for up to the end in vain is not looked for again, so that the time is
    that of the line's length.
    """

    command: Command
    rest: str
    names_all: bool = False
    doubt: _Doubt | None = None
    """The first of the names that are doubtful."""
    unclosed: int | None = None
    """Where the first quote stands that is never closed."""
    _open: set[str] = field(default_factory=set)
    _slips: dict[str, str | None] = field(default_factory=dict)
    _spaced: bool = False
    """Whether the line writes its names with a blank behind them."""

    def read(self) -> tuple[Args, BadInput | None]:
        args: Args = {}
        loose: list[str] = []
        position = _skip_spaces(self.rest, 0)
        while position < len(self.rest):
            key = _KEY.match(self.rest, position)
            name = self._name(key[1]) if key else None
            if key is None or name is None:
                end = self._end(position, prose=self._takes_prose(args))
                loose.append(self.rest[position:end].strip())
            elif name in args:
                return args, self._twice(args, name, key.end())
            else:
                self._spaced = self._spaced or (position == 0 and self._blank(key.end()))
                args[name], end = self._value(key.end(), name)
            position = _skip_spaces(self.rest, end)
        return _place(self.command, args, " ".join(filter(None, loose)))

    def _twice(self, args: Args, name: str, start: int) -> BadInput:
        value, _ = self._value(start, name)
        text = say("{name} is given twice; please give it once.", name=name)
        offers = [(f"{name}: {each}", {**args, name: each}) for each in (args[name], value) if each]
        return offer(self.command, text, offers, field=name)

    def _name(self, word: str) -> str | None:
        """The parameter that a word before a colon names."""
        folded = word.translate(_DOTTED_I).casefold()
        name = _names(self.command).get(folded)
        if name is not None or (slipped := self._slip(folded)) is None:
            return name
        self.doubt = self.doubt or _Doubt(word, slipped, slip=True)
        return slipped if self.names_all else None

    def _slip(self, word: str) -> str | None:
        if word not in self._slips and len(self._slips) < _MOST_WORDS:
            close = spelling.near(word, _names(self.command), 1) if len(word) > 2 else ()
            self._slips[word] = _names(self.command)[close[0]] if close else None
        return self._slips.get(word)

    def _takes_prose(self, args: Args) -> bool:
        """Whether words without a name may be free text."""
        return any(param.kind in _PROSE for param in _open_params(self.command, args))

    def _blank(self, at: int) -> bool:
        return at < len(self.rest) and self.rest[at].isspace()

    def _end(self, start: int, *, prose: bool) -> int:
        """Where text without quotes around it ends: at the next name that stands in no quotes."""
        at = start
        first = self._quoted(start)
        if first is not None:
            at = first
        elif self.unclosed is None and self._lacks_quote(start):
            self.unclosed = start
        letter = _LETTER.search(self.rest, start)
        while mark := _MARK.search(self.rest, at):
            at = mark.end()
            if mark[1]:
                at = self._quoted(mark.start()) or at
                continue
            if mark.start() == start or (name := self._name(mark[2])) is None:
                continue
            doubtful = prose and not self._spaced and first is None and self._blank(at)
            if not doubtful or letter is None or letter.start() >= mark.start():
                return mark.start()
            self.doubt = self.doubt or _Doubt(mark[2], name, slip=False)
            if self.names_all:
                return mark.start()
        return len(self.rest)

    def _quoted(self, start: int) -> int | None:
        """Where the quoted run ends that begins here, if one does."""
        closers = _CLOSERS.get(self.rest[start : start + 1])
        if closers is None or closers in self._open:
            return None
        close = _closing(self.rest, start + 1, closers)
        if close is None:
            self._open.add(closers)
        return None if close is None else close + 1

    def _lacks_quote(self, start: int) -> bool:
        """Whether a quote opens here and no other of its kind comes before the next name."""
        opener = self.rest[start : start + 1]
        if opener not in _CLOSERS or opener in _SINGLE:
            return False
        kind = set(_CLOSERS[opener]) | {opener}
        return not any(each in kind for each in self.rest[start + 1 :])

    def _value(self, start: int, name: str) -> tuple[str, int]:
        """One named value and where it ends. Quotes inside quotes are kept: the closing one is followed by
        the end, by another name, or by another quoted value."""
        glued, start = start, _skip_spaces(self.rest, start)
        closers = _CLOSERS.get(self.rest[start : start + 1])
        for at in range(start + 1, len(self.rest)) if closers else ():
            if self.rest[at] not in (closers or ""):
                continue
            # No slices here: with many quotes in a long text their copies would take quadratic time.
            begins = _skip_spaces(self.rest, at + 1)
            spaced = begins > at + 1
            if begins == len(self.rest) or (
                spaced and (self.rest[begins] in _CLOSERS or self._begins_name(begins))
            ):
                return self.rest[start + 1 : at].strip(), at + 1
        close = _closing(self.rest, start + 1, closers) if closers else None
        if close is not None:
            return self.rest[start + 1 : close].strip(), close + 1
        if start > glued and self._begins_name(start):
            return "", start
        param = self.command.param(name)
        end = self._end(start, prose=param is not None and param.kind in _PROSE)
        return self.rest[start:end].strip(), end

    def _begins_name(self, at: int) -> bool:
        key = _KEY.match(self.rest, at)
        return key is not None and self._name(key[1]) is not None


@lru_cache(maxsize=512)
def _spellings(params: tuple[str, ...]) -> dict[str, str]:
    return {spelling_: name for name in params for spelling_ in (name, name.replace("_", "-"))}


def _names(command: Command) -> dict[str, str]:
    """The parameter that each spelling of a name means."""
    return _spellings(tuple(param.name for param in command.params))


# ---- what may be meant in two ways


def _ask_about_name(
    command: Command, rest: str, doubt: _Doubt, as_text: Args, problem: BadInput | None
) -> BadInput:
    named, misnamed = _Reader(command, rest, names_all=True).read()
    offers = []
    if misnamed is None:
        value = named.get(doubt.name, "")
        offers.append((f"{doubt.name}: {value}", named))
    if problem is None:
        holder = next((name for name, value in as_text.items() if f"{doubt.word}" in value), "text")
        offers.append((f"It belongs to the {holder}", as_text))
        if not doubt.slip:
            offers.reverse()
    if doubt.slip:
        asked = say(
            "I do not know “{word}:”. Did you mean “{name}:{value}”?",
            word=doubt.word,
            name=doubt.name,
            value=shorten(named.get(doubt.name, ""), 60),
        )
    else:
        asked = say(
            "Is “{word}:” a part of the text, or does it say the {name}?", word=doubt.word, name=doubt.name
        )
    return offer(command, asked, offers, field=doubt.name)


def _ask_about_quote(command: Command, rest: str, at: int) -> BadInput:
    """The quote may be closed at the end of the line, or at the next name, or be one too many."""
    offers: list[tuple[str, Args]] = []
    closed = _Reader(command, f"{rest}{_closer(rest[at])}")
    for reader in (_Reader(command, rest[:at] + rest[at + 1 :]), closed):
        args, problem = reader.read()
        if problem is None and reader.doubt is None and args not in (each for _, each in offers):
            offers.append((_as_line(args), args))
    asked = say(
        "The quote before “{after}” is never closed. Please close it.",
        after=shorten(rest[at + 1 :].strip(), 40),
    )
    return offer(command, asked, offers)


def _closer(opener: str) -> str:
    return {"“": "”", "„": "“", "«": "»", "‹": "›"}.get(opener, opener)


def _as_line(args: Args) -> str:
    return " ".join(f"{name}: {value}" for name, value in args.items())


def offer(
    command: Command, text: Text, offers: list[tuple[str, Args]], *, field: str | None = None
) -> BadInput:
    """A refusal with a button for each way in which the line may be meant, each with its words and its arguments."""
    buttons = tuple(Button(shorten(words, 75), command.name, args) for words, args in offers[:5])
    return BadInput(text, field=field, blocks=(Buttons(buttons),) if buttons else ())


# ---- words without names


def _open_params(command: Command, args: Args) -> list[Param]:
    """Whom words without a name go to: the required parameters, or the first one where none is required."""
    required = [param for param in command.params if param.required]
    return [param for param in required or command.params[:1] if param.name not in args]


def _place(command: Command, args: Args, loose: str) -> tuple[Args, BadInput | None]:
    """Give the text without names to the parameters that it goes to."""
    if not loose:
        return args, None
    open_ = _open_params(command, args)
    if not open_:
        return args, _left_over(command, args, loose)
    if len(open_) == 1:
        args[open_[0].name] = unquote(loose)
        return args, None
    return _spread(command, open_, args, loose)


def _spread(command: Command, open_: list[Param], args: Args, loose: str) -> tuple[Args, BadInput | None]:
    """One word each, and to the last parameter that takes free text all that is left, as it was typed."""
    spans = _split(loose)
    wide = max((at for at, param in enumerate(open_) if param.kind in _WIDE), default=None)
    spare = len(spans) - len(open_)
    if spare > 0 and (wide is None or _fit(open_, loose, spans)):
        kept = {
            **args,
            **{param.name: unquote(loose[s:e]) for param, (s, e) in zip(open_, spans, strict=False)},
        }
        return args, _left_over(command, kept, loose[spans[len(open_)][0] :])
    if spare > 0 and wide is not None:
        soaked = (spans[wide][0], spans[wide + spare][1])
        spans = [*spans[:wide], soaked, *spans[wide + spare + 1 :]]
    words = (unquote(loose[start:end]) for start, end in spans)
    args.update({param.name: word for param, word in zip(open_, words, strict=False)})
    return args, None


def _fit(open_: list[Param], loose: str, spans: list[tuple[int, int]]) -> bool:
    """Whether each of the first words is just what its parameter takes, so that nothing more belongs to them."""
    words = [unquote(loose[start:end]) for start, end in spans[: len(open_)]]
    return all(
        word.removeprefix("#").isdecimal()
        if param.kind is FieldKind.RECORD
        else param.kind not in _WIDE and _takes(param, word)
        for param, word in zip(open_, words, strict=False)
    )


def _left_over(command: Command, args: Args, loose: str) -> BadInput:
    """What to say of words that no parameter takes, with those that may."""
    rest = unquote(loose)
    takers = [param for param in command.params if param.name not in args and _takes(param, rest)]
    offers = [(f"{param.name}: {rest}", {**args, param.name: rest}) for param in takers[:3]]
    if not command.params:
        offers = [(command.name, {})]
        text = say(
            "{command} takes nothing else; what is “{loose}”?",
            command=CommandRef(command.name),
            loose=shorten(loose, 60),
        )
        return offer(command, text, offers)
    text = say(
        "I do not know what to do with “{loose}”. Please name it, like this: {usage}",
        loose=shorten(loose, 60),
        usage=CommandRef(command.name, usage(command).removeprefix(command.name).strip()),
    )
    return offer(command, text, offers)


def _takes(param: Param, value: str) -> bool:
    if param.kind is FieldKind.CHOICE:
        taken = {word.casefold() for each in param.choices for word in (each.value, *each.words)}
        return value.casefold() in taken
    if param.kind in (FieldKind.INTEGER, FieldKind.NUMBER):
        return value.isdecimal()
    return param.kind in _WIDE


# ---- quotes and words


def first_word(line: str) -> tuple[str, str]:
    """The first word of a line, and what comes behind it."""
    match = _WORD.search(line)
    return (match[0], line[match.end() :].lstrip()) if match else ("", "")


def _skip_spaces(text: str, start: int) -> int:
    """Where the next character stands that is no space."""
    found = _SPACES.match(text, start)
    return found.end() if found else start


def _closing(rest: str, start: int, closers: str) -> int | None:
    """The first closing quote after which a space or the end comes."""
    for at in range(start, len(rest)):
        if rest[at] in closers and (at + 1 == len(rest) or rest[at + 1].isspace()):
            return at
    return None


def unquote(text: str) -> str:
    """Text without the quotes around it, where it has a pair of them."""
    closers = _CLOSERS.get(text[:1])
    return text[1:-1].strip() if closers and len(text) > 1 and text[-1] in closers else text


def _split(text: str) -> list[tuple[int, int]]:
    """Where words begin and end; a quoted run of words is one."""
    spans: list[tuple[int, int]] = []
    unclosed: set[str] = set()  # what was looked for to the end in vain is not looked for again
    position = 0
    while match := _WORD.search(text, position):
        closers = _CLOSERS.get(match[0][0])
        close = None
        if closers is not None and closers not in unclosed:
            close = _closing(text, match.start() + 1, closers)
            if close is None:
                unclosed.add(closers)
        position = match.end() if close is None else close + 1
        spans.append((match.start(), position))
    return spans

"""The beginnings of long texts, for lists."""

EXCERPT = 160
"""Characters of a text in a list; the record has the rest."""


def excerpt(text: str, most: int = EXCERPT) -> str:
    """The beginning of a text on one line, with how much is left out."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    cut = line.rfind(" ", most // 2, most)
    cut = most if cut < 0 else cut
    return f"{line[:cut]}… and {len(line) - cut:,} more characters"

"""A reply as plain text, with nothing left out: for the file that carries what does not fit into messages."""

from core.chat.columns import aligned
from core.chat.lists import record_lines
from core.chat.model import Fields, Records, Reply, Table
from core.chat.text import as_text


def whole_reply(reply: Reply) -> str:
    """Everything that a reply says: its text, its fields, lists and tables, in their order. Pictures and files
    come as files of their own, and buttons say nothing."""
    parts = [as_text(reply.text).plain()]
    for block in reply.blocks:
        match block:
            case Fields(items=items):
                parts += [f"{label}:\n{as_text(value).plain()}" for label, value in items]
            case Records():
                parts.append(record_lines(block).plain())
            case Table():
                parts.append(aligned(block))
    return "\n\n".join(part for part in parts if part)

"""What Discord refuses in a message or a modal (limits as the platform's reference gives them)."""

from typing import Any

from tests.servers.discord.errors import Problems, Refused

EPHEMERAL = 1 << 6
COMPONENTS_V2 = 1 << 15
FILE_BYTES = 10 * 1024 * 1024
REQUEST_BYTES = 25 * 1024 * 1024

ROW, BUTTON, SELECT, TEXT_INPUT, TEXT, CONTAINER, LABEL, UPLOAD, RADIO, CHECKS, CHECK = (
    1,
    2,
    3,
    4,
    10,
    17,
    18,
    19,
    21,
    22,
    23,
)
ENTITY_SELECTS = (5, 6, 7, 8)
LINK_STYLE = 5


def check_message(body: dict[str, Any], files: int, *, edit: bool = False, kept: bool = False) -> None:
    """Refuse a message body that the platform would refuse. ``kept``: an edit leaves something to show."""
    problems = Problems()
    v2 = bool(int(body.get("flags") or 0) & COMPONENTS_V2)
    content = body.get("content")
    if content is not None and not isinstance(content, str):
        problems.add("content", "STRING_TYPE_CONVERT", "Could not interpret as string.")
    elif content is not None and len(content) > 2000:
        problems.add("content", "BASE_TYPE_MAX_LENGTH", "Must be 2000 or fewer in length.")
    embeds = body.get("embeds") or []
    if v2 and (content or embeds):
        problems.add(
            "flags", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "No content or embeds with V2."
        )
    _embeds(problems, embeds)
    components = body.get("components") or []
    if v2:
        _layout(problems, components)
    else:
        _rows(problems, components)
    _attachments(problems, body.get("attachments") or [], files)
    _mentions(problems, body.get("allowed_mentions"))
    _nonce(problems, body)
    problems.raise_any()
    shown = bool(content and content.strip()) or bool(embeds) or bool(components and v2) or files > 0
    if not shown and not kept and (not edit or "content" in body):
        raise Refused(400, 50006)


def _embeds(problems: Problems, embeds: Any) -> None:
    total = 0
    for i, embed in enumerate(problems.count("embeds", embeds, 0, 10)):
        at = f"embeds.{i}"
        problems.optional(f"{at}.title", embed.get("title"), 256)
        problems.optional(f"{at}.description", embed.get("description"), 4096)
        footer, author = embed.get("footer") or {}, embed.get("author") or {}
        problems.optional(f"{at}.footer.text", footer.get("text"), 2048)
        problems.optional(f"{at}.author.name", author.get("name"), 256)
        fields = problems.count(f"{at}.fields", embed.get("fields") or [], 0, 25)
        for j, field in enumerate(fields):
            problems.length(f"{at}.fields.{j}.name", field.get("name"), 1, 256)
            problems.length(f"{at}.fields.{j}.value", field.get("value"), 1, 1024)
            total += len(field.get("name") or "") + len(field.get("value") or "")
        total += sum(len(embed.get(key) or "") for key in ("title", "description"))
        total += len(footer.get("text") or "") + len(author.get("name") or "")
    if total > 6000:
        problems.add("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")


def _rows(problems: Problems, rows: Any) -> None:
    seen: set[str] = set()
    for i, row in enumerate(problems.count("components", rows, 0, 5)):
        at = f"components.{i}"
        if row.get("type") != ROW:
            problems.add(f"{at}.type", "UNION_TYPE_CHOICES", "Value of field 'type' must be one of (1,).")
            continue
        _row(problems, at, row, seen)


def _row(problems: Problems, at: str, row: dict[str, Any], seen: set[str]) -> None:
    children = problems.count(f"{at}.components", row.get("components"), 1, 5)
    kinds = {child.get("type") for child in children}
    if kinds & {SELECT, *ENTITY_SELECTS} and len(children) > 1:
        problems.add(f"{at}.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "A select fills its row.")
    for j, child in enumerate(children):
        here = f"{at}.components.{j}"
        if child.get("type") == BUTTON:
            _button(problems, here, child, seen)
        elif child.get("type") in (SELECT, *ENTITY_SELECTS):
            _select(problems, here, child, seen)
        else:
            problems.add(f"{here}.type", "UNION_TYPE_CHOICES", "Only buttons and selects stand in a row.")


def _button(problems: Problems, at: str, button: dict[str, Any], seen: set[str]) -> None:
    problems.optional(f"{at}.label", button.get("label"), 80)
    if not button.get("label") and not button.get("emoji"):
        problems.add(f"{at}.label", "BASE_TYPE_REQUIRED", "A button needs a label or an emoji")
    if button.get("style") not in (1, 2, 3, 4, LINK_STYLE, 6):
        problems.add(f"{at}.style", "BASE_TYPE_CHOICES", "Not a button style.")
    if button.get("style") == LINK_STYLE:
        problems.length(f"{at}.url", button.get("url"), 1, 512)
        if button.get("custom_id"):
            problems.add(
                f"{at}.custom_id", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "Not with url."
            )
    else:
        _custom_id(problems, at, button, seen)


def _custom_id(problems: Problems, at: str, component: dict[str, Any], seen: set[str]) -> None:
    custom_id = component.get("custom_id")
    problems.length(f"{at}.custom_id", custom_id, 1, 100)
    if custom_id in seen:
        problems.add(
            f"{at}.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
        )
    elif isinstance(custom_id, str):
        seen.add(custom_id)


def _options(problems: Problems, at: str, component: dict[str, Any], low: int, high: int) -> None:
    values: set[str] = set()
    for k, option in enumerate(problems.count(f"{at}.options", component.get("options"), low, high)):
        problems.length(f"{at}.options.{k}.label", option.get("label"), 1, 100)
        problems.length(f"{at}.options.{k}.value", option.get("value"), 1, 100)
        problems.optional(f"{at}.options.{k}.description", option.get("description"), 100)
        if option.get("value") in values:
            problems.add(f"{at}.options.{k}.value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "Duplicated.")
        values.add(str(option.get("value")))


def _select(problems: Problems, at: str, select: dict[str, Any], seen: set[str]) -> None:
    _custom_id(problems, at, select, seen)
    problems.optional(f"{at}.placeholder", select.get("placeholder"), 150)
    problems.number(f"{at}.min_values", select.get("min_values"), 0, 25)
    problems.number(f"{at}.max_values", select.get("max_values"), 1, 25)
    if select.get("type") == SELECT:
        _options(problems, at, select, 1, 25)


def _layout(problems: Problems, components: Any) -> None:
    seen: set[str] = set()
    total = texts = 0

    def walk(at: str, component: dict[str, Any]) -> None:
        nonlocal total, texts
        total += 1
        if component.get("type") == ROW:
            _row(problems, at, component, seen)
        if component.get("type") == TEXT:
            problems.length(f"{at}.content", component.get("content"), 1, 4000)
            texts += len(component.get("content") or "")
        for j, child in enumerate(component.get("components") or []):
            walk(f"{at}.components.{j}", child)
        if component.get("accessory"):
            walk(f"{at}.accessory", component["accessory"])

    for i, component in enumerate(problems.count("components", components, 1, 40)):
        walk(f"components.{i}", component)
    if total > 40:
        problems.add("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 40 in length.")
    if texts > 4000:
        problems.add("components", "COMPONENT_MAX_TEXT_SIZE", "Text of all components exceeds 4000.")


def _attachments(problems: Problems, attachments: Any, files: int) -> None:
    if files > 10:
        problems.add("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    for i, attachment in enumerate(problems.count("attachments", attachments, 0, 10)):
        problems.optional(f"attachments.{i}.description", attachment.get("description"), 1024)
        number = str(attachment.get("id"))
        if number.isdigit() and len(number) < 4 and int(number) >= files:
            problems.add(f"attachments.{i}.id", "ATTACHMENT_NOT_FOUND", f"No file with id {number} was sent.")


def _mentions(problems: Problems, allowed: Any) -> None:
    if not allowed:
        return
    parse = allowed.get("parse") or []
    if set(parse) - {"everyone", "users", "roles"}:
        problems.add("allowed_mentions.parse", "BASE_TYPE_CHOICES", "Not a kind of mention.")
    for kind in ("users", "roles"):
        problems.count(f"allowed_mentions.{kind}", allowed.get(kind) or [], 0, 100)
        if kind in parse and allowed.get(kind):
            text = f"parse:[{kind!r}] and {kind}: [ids...] are mutually exclusive."
            problems.add("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", text)


def _nonce(problems: Problems, body: dict[str, Any]) -> None:
    nonce = body.get("nonce")
    if isinstance(nonce, str) and len(nonce) > 25:
        problems.add("nonce", "NONCE_TYPE_TOO_LONG", "Nonce must be 25 or fewer in length.")
    elif nonce is not None and not isinstance(nonce, int | str):
        problems.add("nonce", "NONCE_TYPE_COERCE", "Nonce must be a string or an integer.")


def check_modal(modal: dict[str, Any]) -> None:
    """Refuse a modal that the platform would refuse."""
    problems = Problems()
    problems.length("data.title", modal.get("title"), 1, 45)
    problems.length("data.custom_id", modal.get("custom_id"), 1, 100)
    seen: set[str] = set()
    for i, top in enumerate(problems.count("data.components", modal.get("components"), 1, 5)):
        at = f"data.components.{i}"
        if top.get("type") == LABEL:
            problems.length(f"{at}.label", top.get("label"), 1, 45)
            problems.optional(f"{at}.description", top.get("description"), 100)
            if (top.get("component") or {}).get("label"):
                problems.add(f"{at}.component.label", "BASE_TYPE_FORBIDDEN", "The Label has the label.")
            _field(problems, f"{at}.component", top.get("component") or {}, seen)
        elif top.get("type") == ROW:
            children = problems.count(f"{at}.components", top.get("components"), 1, 1)
            for child in children:
                problems.length(f"{at}.components.0.label", child.get("label"), 1, 45)
                _field(problems, f"{at}.components.0", child, seen)
        elif top.get("type") != TEXT:
            problems.add(f"{at}.type", "UNION_TYPE_CHOICES", "Value of field 'type' must be (1, 10, 18).")
    problems.raise_any()


def _field(problems: Problems, at: str, field: dict[str, Any], seen: set[str]) -> None:
    kind = field.get("type")
    if field.get("disabled"):
        problems.add(f"{at}.disabled", "MODAL_COMPONENT_DISABLED", "Nothing in a modal is disabled.")
    if kind in (SELECT, *ENTITY_SELECTS):
        _select(problems, at, field, seen)
        return
    _custom_id(problems, at, field, seen)
    if kind == TEXT_INPUT:
        if field.get("style") not in (1, 2):
            problems.add(f"{at}.style", "BASE_TYPE_CHOICES", "Value must be one of {1, 2}.")
        problems.optional(f"{at}.value", field.get("value"), 4000)
        problems.optional(f"{at}.placeholder", field.get("placeholder"), 100)
        problems.number(f"{at}.min_length", field.get("min_length"), 0, 4000)
        problems.number(f"{at}.max_length", field.get("max_length"), 1, 4000)
    elif kind == RADIO:
        _options(problems, at, field, 2, 10)
    elif kind == CHECKS:
        _options(problems, at, field, 1, 10)
    elif kind == UPLOAD:
        problems.number(f"{at}.min_values", field.get("min_values"), 0, 10)
        problems.number(f"{at}.max_values", field.get("max_values"), 1, 10)
    elif kind != CHECK:
        problems.add(f"{at}.type", "UNION_TYPE_CHOICES", "Not a component of a modal.")


def check_choices(data: dict[str, Any]) -> None:
    """Refuse an autocompletion answer that the platform would refuse."""
    problems = Problems()
    for i, choice in enumerate(problems.count("data.choices", data.get("choices"), 0, 25)):
        problems.length(f"data.choices.{i}.name", choice.get("name"), 1, 100)
        if isinstance(choice.get("value"), str):
            problems.length(f"data.choices.{i}.value", choice["value"], 1, 100)
    problems.raise_any()

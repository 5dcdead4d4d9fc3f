"""Joining one person's two accounts: the command `profile link`. It is asked on both sides: whoever types the code asks,
and the account that made it is shown who does, and confirms. Either takes it back at any time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from core.chat.model import Button, Buttons, ButtonStyle, Person, Place, Reply
from core.chat.text import Text, enumerated, join, moment, say
from core.cohorts import directory, joined_accounts, link_codes
from core.cohorts.joined_accounts import AccountLink, Joining
from core.cohorts.link_codes import CodeKind, CodeMaker, LinkCode
from core.commands.decorators import command, post, prune
from core.commands.dispatch import Call, Core, call_id
from core.commands.spec import Access, Arg, Once, Post, Readers
from core.delivery import outbox, schedules
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.errors import BadInput, NotFound
from core.store.port import Conn
from core.store.scoped import across, within

ASKED, NEWS = "cohort.link-asked", "cohort.link-news"

_NEW = "{/profile link} on the other platform gives a new one."
_JOIN = Button("Join them", "profile link", {"confirm": "yes"}, ButtonStyle.PRIMARY)
_REFUSE = Button("That is not me", "profile link", {"confirm": "no"}, ButtonStyle.DANGER)
_SEPARATE = Button("Take them apart", "profile link", {"undo": "yes"}, ButtonStyle.DANGER)


def _hidden(help_: str) -> Arg:
    return Arg(help_, form_only=True, in_form=False)


@command("profile link", access=Access.ANYONE, needs_cohort=False, once=Once.REPEATS)
async def link(
    call: Call,
    code: Annotated[
        str | None, Arg("The code from your account on the other platform", max_length=40)
    ] = None,
    sure: Annotated[bool, _hidden("Yes, ask the other account")] = False,
    confirm: Annotated[
        bool | None, _hidden("Yes to join the account that asks, no if it is not yours")
    ] = None,
    undo: Annotated[bool, _hidden("Yes, take the two accounts apart")] = False,
) -> Reply:
    """Join your accounts on Discord and Slack, so that they are one person."""
    if undo:
        return await _separate(call)
    if confirm is not None:
        return await _answer(call, confirm)
    if code is not None:
        return await _ask(call, code, sure)
    standing = await call.read(_standing, call.request.person, call.now)
    if standing.link is not None:
        return _joined(call, standing.link)
    if standing.asking is not None:
        return _question(standing)
    return await _give(call)


@dataclass(frozen=True, slots=True)
class LinkStanding:
    """How an account stands: joined, asked by another one, or neither. `cohorts` are those in which both are."""

    link: AccountLink | None
    asking: Person | None
    cohorts: tuple[str, ...] = ()


def _standing(conn: Conn, account: Person, now: datetime) -> LinkStanding:
    person_id = directory.person_of(conn, account)
    if person_id is None:
        return LinkStanding(None, None)
    found = joined_accounts.link_of(conn, person_id)
    asked = link_codes.asked(conn, person_id, now) if found is None else None
    if asked is None or asked.asking is None:
        return LinkStanding(found, None)
    other = directory.person_of(conn, asked.asking)
    shared = joined_accounts.shared_cohorts(conn, person_id, other) if other is not None else ()
    return LinkStanding(None, asked.asking, shared)


def platform_name(account: Person) -> str:
    """What people call the platform of an account."""
    return account.platform.capitalize()


# A code is given


async def _give(call: Call) -> Reply:
    code = call.core.singletons.get(CodeMaker).code(call_id(call.request))
    hash_ = link_codes.hash_of(code)
    if await call.write(_keep, call.request.person, hash_, call.now) != hash_:
        raise BadInput(say("This call was answered before. Run {/profile link} again for a new code."))
    text = say(
        "Your code is `{code}`. Within an hour, type {/profile link code:} with it as yourself on the other platform; "
        "then I ask you here. Give it to nobody: it is for your own account.",
        code=code,
    )
    return Reply(text)


def _keep(conn: Conn, account: Person, hash_: str, now: datetime) -> str:
    person_id = directory.ensure_person(conn, account, now)
    link_codes.add(conn, CodeKind.ACCOUNT, hash_, account, person_id, None, now)
    return hash_


# It is typed on the other side


async def _ask(call: Call, code: str, sure: bool) -> Reply:
    found = await call.write(link_codes.typed, link_codes.hash_of(code), call.request.person, call.now)
    found = _checked(found, code, call.request.person, call.now)
    maker = await call.read(_refuse, found, call.request.person)
    there = f"{maker} on {platform_name(found.maker)}"
    if not sure:
        text = say(
            "Shall this account and **{there}** be one person? Your records here become theirs, in every cohort; check-ins"
            " and votes of both count once. Either account can take that back.",
            there=there,
        )
        button = Button("Ask there", "profile link", {"code": code, "sure": "yes"}, ButtonStyle.PRIMARY)
        return Reply(text, (Buttons((button,)),))
    told = await call.write(_note_asking, found, call.request.person, call.now)
    if told is None:
        raise BadInput(say("Another account typed that code before. " + _NEW), field="code")
    how = "I have asked" if told else "Type {/profile link} there to confirm it, as"
    return Reply(say(how + " **{there}**. Nothing is joined until that account confirms it.", there=there))


def _checked(found: LinkCode | None, given: str, typist: Person, now: datetime) -> LinkCode:
    """A code that may be used by an account now. Raises `BadInput` with what is wrong with it."""
    if found is None:
        raise BadInput(
            say("I know no code {given}. Please copy all of it; " + _NEW, given=given), field="code"
        )
    if found.kind is not CodeKind.ACCOUNT:
        raise BadInput(
            say("That code is for a channel: type it with {/cohort-admin link code:}."), field="code"
        )
    if found.used_at is not None:
        raise BadInput(say("That code was used already. " + _NEW), field="code")
    if found.made_at + link_codes.VALID < now:
        raise BadInput(say("That code is too old; it held for an hour. " + _NEW), field="code")
    if found.platform == typist.platform:
        raise BadInput(
            say(
                "That code was made on {platform}, and is for your account on the other platform. Please type it there.",
                platform=platform_name(found.maker),
            ),
            field="code",
        )
    return found


def _refuse(conn: Conn, found: LinkCode, account: Person) -> str:
    """Refuse accounts that cannot be joined. Returns the name of the account that made the code."""
    name = joined_accounts.person_name(conn, found.person_id)
    person_id = directory.person_of(conn, account)
    if person_id == found.person_id:
        raise BadInput("These two accounts are joined already.", field="code")
    for each in (found.person_id, person_id):
        own = joined_accounts.accounts_of(conn, each) if each is not None else []
        if len(own) > 1:
            whose = "This account" if each == person_id else f"{name}’s account there"
            text = "{whose} is joined to another one already; {/profile link} takes them apart."
            raise BadInput(say(text, whose=whose), field="code")
    cohort = joined_accounts.removed_from(conn, found.person_id, person_id) if person_id is not None else None
    if cohort is not None:
        text = "One of these accounts was removed from **{cohort}**, so they cannot be joined. Its organizers can let it in again."
        raise BadInput(say(text, cohort=cohort), field="code")
    return name


def _note_asking(conn: Conn, found: LinkCode, account: Person, now: datetime) -> bool | None:
    """Ask the account that made a code. True where it was told by a direct message, None where another one asked."""
    directory.ensure_person(conn, account, now)
    if not link_codes.ask(conn, found.hash, account, now):
        return None
    data = {"name": account.name, "platform": platform_name(account)}
    # Who presses twice asks once.
    return tell(conn, found.person_id, found.maker, ASKED, data, now, key=found.made_at.isoformat())


def tell(
    conn: Conn, person_id: int, account: Person, kind: str, data: dict[str, str], now: datetime, key: str = ""
) -> bool:
    """Write to one account of a person, through a cohort that lives there; once for a key, where one is given. False where
    there is none."""
    where = Place(account.platform, account.workspace, "")
    for cohort in directory.cohorts_of_person(conn, person_id, where):
        target = Target(account.platform, account.workspace, account.id, direct=True)
        at = f"{kind}:{target.key}:{key or now.isoformat()}"
        new = NewPost(cohort.id, at, kind, data, target, discreet=True)
        outbox.enqueue(within(across(conn), cohort.id), new, now)
        return True
    return False


# The account that made the code answers


def _question(standing: LinkStanding) -> Reply:
    asking = standing.asking
    assert asking is not None  # noqa: S101 - whoever asks for the question has found them
    parts = [_is_that_you(asking.name, platform_name(asking))]
    if standing.cohorts:
        text = "Both are in {cohorts}: what either recorded there is yours in both."
        parts.append(say(text, cohorts=enumerated(standing.cohorts)))
    return Reply(join(parts), (Buttons((_JOIN, _REFUSE)),))


def _is_that_you(name: str, platform: str) -> Text:
    text = "**{name}** on {platform} typed your code. Is that you? Then both accounts are one person from now on."
    return say(text, name=name, platform=platform)


@dataclass(frozen=True, slots=True)
class LinkAnswered:
    """What became of the question: the account that asked, and what was joined, None where it was refused."""

    name: str
    platform: str
    joining: Joining | None


async def _answer(call: Call, confirm: bool) -> Reply:
    done = await call.write(_decide, call.request.person, confirm, call.now)
    facts = {"name": done.name, "platform": done.platform}
    if done.joining is None:
        return Reply(
            say("Nothing was joined, and **{name}** on {platform} can use that code no more.", **facts)
        )
    parts = [say("This account and **{name}** on {platform} are one person now.", **facts)]
    if done.joining.waiting:
        text = (
            "{count} of its records wait, because this account has such a one of the same day or thing; they come back "
            "when you take the accounts apart."
        )
        parts.append(say(text, count=done.joining.waiting))
    return Reply(join(parts), (Buttons((_SEPARATE,)),))


def _decide(conn: Conn, account: Person, confirm: bool, now: datetime) -> LinkAnswered:
    person_id = directory.person_of(conn, account)
    code = link_codes.asked(conn, person_id, now) if person_id is not None else None
    if person_id is None or code is None or code.asking is None or not link_codes.use(conn, code.hash, now):
        raise NotFound(say("No account asks to be joined to this one. " + _NEW))
    asking, joining = code.asking, None
    if confirm:
        _refuse(conn, code, asking)
        joining = joined_accounts.join(conn, person_id, asking, now)
        schedules.advance_for(conn, person_id, now)
    data = {"news": "joined" if confirm else "refused", "name": joined_accounts.person_name(conn, person_id)}
    reader = person_id if confirm else directory.person_of(conn, asking)
    if reader is not None:
        tell(conn, reader, asking, NEWS, {**data, "platform": platform_name(account)}, now)
    return LinkAnswered(asking.name, platform_name(asking), joining)


# Afterwards


def _joined(call: Call, found: AccountLink) -> Reply:
    """What is said of accounts that are joined, on either side."""
    return Reply(_joined_text(call, found), (Buttons((_SEPARATE,)),))


def _joined_text(call: Call, found: AccountLink) -> Text:
    zone = call.optional_scope.cohort.zone if call.optional_scope else "UTC"
    return say(
        "You are one person here and on the other platform: **{name}** on {platform} was joined {at}. Taken apart, each "
        "account has again what it brought; what you wrote since stays with the first one.",
        name=found.account.name,
        platform=platform_name(found.account),
        at=moment(found.at, zone),
    )


async def _separate(call: Call) -> Reply:
    name = await call.write(_part, call.request.person, call.now)
    text = "**{name}** on {platform} is an account of its own again, with what it brought. I tell both."
    return Reply(say(text, name=name.name, platform=name.platform))


@dataclass(frozen=True, slots=True)
class Parted:
    """The account that is one of its own again."""

    name: str
    platform: str


def _part(conn: Conn, account: Person, now: datetime) -> Parted:
    person_id = directory.person_of(conn, account)
    found = joined_accounts.link_of(conn, person_id) if person_id is not None else None
    if person_id is None or found is None:
        raise NotFound(say("This account is joined to no other one. {/profile link} gives a code for that."))
    first = [
        each
        for each in joined_accounts.accounts_of(conn, person_id)
        if each.platform != found.account.platform
    ]
    joined_accounts.separate(conn, found, now)
    schedules.advance_for(conn, found.former_id, now)
    data = {"news": "parted", "name": found.account.name, "platform": platform_name(found.account)}
    for reader, to in [(person_id, each) for each in first[:1]] + [(found.former_id, found.account)]:
        if (to.platform, to.id) != (account.platform, account.id):
            tell(conn, reader, to, NEWS, data, now)
    return Parted(found.account.name, platform_name(found.account))


_ALWAYS = "Whoever is asked to join accounts, or had one joined, has to know."


@post(ASKED, label="question about joining accounts", readers=Readers.NOTICE, always=_ALWAYS)
async def render_asked(_core: Core, post: Post) -> Reply:
    """Asks an account whether another one is the same person's."""
    return Reply(_is_that_you(post.data["name"], post.data["platform"]), (Buttons((_JOIN, _REFUSE)),))


_NEWS = {
    "joined": "This account and **{name}** on {platform} are one person now. {/profile link} takes them apart.",
    "refused": "**{name}** on {platform} says that this account is not theirs, so nothing was joined.",
    "parted": "**{name}** on {platform} was taken apart from your other account. Each has again what it brought.",
}


@post(NEWS, label="news about joined accounts", readers=Readers.NOTICE, always=_ALWAYS)
async def render_news(_core: Core, post: Post) -> Reply:
    """Tells the other account what became of two accounts."""
    return Reply(say(_NEWS[post.data["news"]], name=post.data["name"], platform=post.data["platform"]))


@prune
def forget_codes(conn: Conn, now: datetime, most: int) -> int:
    """Codes are forgotten once nobody can take them for wrong ones any more."""
    return link_codes.prune(conn, now, most)

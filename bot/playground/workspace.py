"""The playground's workspace: its made-up people and channels, which exist with or without a cohort."""

from dataclasses import dataclass

from core.chat.model import Person, Place, PlaceKind

PLATFORM = "playground"
WORKSPACE = "playground"
BOT = "cohort-bot"
DIRECT = "dm:"


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody whom a page can impersonate. `manager` stands for a workspace's owner, who may set up a cohort."""

    id: str
    name: str
    home: str
    zone: str
    manager: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel; its id is also its name."""

    id: str
    topic: str


PEOPLE = (
    Persona("amina", "Amina Diallo", "Dakar", "Africa/Dakar", manager=True),
    Persona("tomas", "Tomás Herrera", "Bogotá", "America/Bogota"),
    Persona("yuki", "Yuki Tanaka", "Kyoto", "Asia/Tokyo"),
    Persona("wanjiru", "Wanjiru Kamau", "Nairobi", "Africa/Nairobi"),
    Persona("priya", "Priya Raman", "Chennai", "Asia/Kolkata"),
    Persona("leila", "Leila Haddad", "Beirut", "Asia/Beirut"),
    Persona("mateusz", "Mateusz Nowak", "Kraków", "Europe/Warsaw"),
    Persona("minh", "Trần Minh Anh", "Hanoi", "Asia/Ho_Chi_Minh"),
    Persona("chidi", "Chidi Okafor", "Lagos", "Africa/Lagos"),
    Persona("sofia", "Sofía Rojas", "Valparaíso", "America/Santiago"),
    Persona("ingrid", "Ingrid Solheim", "Tromsø", "Europe/Oslo"),
    Persona("kai", "Kai Nakoa", "Hilo", "Pacific/Honolulu"),
)

CHANNELS = (
    Channel("general", "Everything that concerns all of us"),
    Channel("check-ins", "How the work is going, one thread a day"),
    Channel("reading", "One paper a week, together"),
    Channel("papers", "Submissions, reviews, decisions"),
)

_PEOPLE = {persona.id: persona for persona in PEOPLE}
_CHANNELS = {channel.id: channel for channel in CHANNELS}


def persona(wanted: str) -> Persona | None:
    """The persona of that id, handle (`@amina`) or name."""
    folded = wanted.strip().removeprefix("@").casefold()
    if folded in _PEOPLE:
        return _PEOPLE[folded]
    return next((each for each in PEOPLE if each.name.casefold() == folded), None)


def channel(wanted: str) -> Channel | None:
    """The channel of that id, or of `#id`."""
    return _CHANNELS.get(wanted.strip().removeprefix("#").casefold())


def person(who: Persona) -> Person:
    """A persona as the core sees a caller."""
    return Person(PLATFORM, WORKSPACE, who.id, who.name, manager=who.manager, zone=who.zone)


def direct(who: str) -> str:
    """The id of somebody's direct messages with the bot."""
    return DIRECT + who


def can_open(viewer: str, place: str) -> bool:
    """Whether a place exists and this persona can open it: any channel, their own direct messages."""
    return place in _CHANNELS or place == direct(viewer)


def place(id_: str, thread: str | None) -> Place:
    """A place as the core sees it."""
    if id_.startswith(DIRECT):
        return Place(PLATFORM, WORKSPACE, id_, PlaceKind.DIRECT)
    if thread:
        return Place(PLATFORM, WORKSPACE, f"{id_}/{thread}", PlaceKind.THREAD, parent=id_, name=id_)
    return Place(PLATFORM, WORKSPACE, id_, PlaceKind.CHANNEL, name=id_)

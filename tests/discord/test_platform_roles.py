"""A role of a Discord server that makes mentors, through the real client: picked as an option and in the form, told with
each call, renamed and taken away."""

from tests.servers.discord import DiscordServer, Person
from tests.story.bot import Bot


async def roster(olu: Person) -> str:
    """What the organizer reads of the members."""
    return "\n".join(m.text for m in (await olu.slash("cohort-admin members")).messages)


async def test_a_role_is_picked_followed_and_ends(server: DiscordServer, bot: Bot) -> None:
    assert bot is not None
    olu, ada = server.add_person("Olu", manager=True), server.add_person("Ada")
    guild = server.home
    role = server.add_role("Mentors", 0)
    await olu.slash("cohort-admin setup", name="Lab", timezone="Europe/Berlin")
    await ada.slash("cohort join")
    opened = await olu.slash("cohort-admin mentor")
    given = await olu.submit(opened, {"Person": role, "Make mentor": "yes"})
    assert "Whoever has the role Mentors is a mentor" in given.messages[0].text
    guild.held[ada.id] = [role.id]
    await ada.slash("cohort members")
    assert "mentor through the role Mentors" in await roster(olu)
    role.name = "Guides"
    await ada.slash("cohort members")
    assert "mentor through the role" in await roster(olu)
    guild.held[ada.id] = []
    await ada.slash("cohort members")
    assert "mentor through" not in await roster(olu)
    again = await olu.slash("cohort-admin mentor", person=role, add=False)
    assert "makes nobody a mentor" in again.messages[0].text
    everybody = await olu.slash("cohort-admin mentor", person=guild.roles[guild.id], add=True)
    assert "Everybody has that role" in everybody.messages[0].text
    person = await olu.slash("cohort-admin mentor", person=ada, add=True)
    assert "Ada is now a mentor" in person.messages[0].text

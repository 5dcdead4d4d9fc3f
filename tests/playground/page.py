"""What a person does with the page, in their own words."""

from dataclasses import dataclass, field

from playwright.async_api import Locator, Page, expect


@dataclass
class PageUser:
    """Somebody in front of the playground. `console_errors` collects what the browser's console says."""

    page: Page
    console_errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.console_errors.append(str(error)))
        self.page.on(
            "console",
            lambda message: (
                self.console_errors.append(message.text) if message.type in ("error", "warning") else None
            ),
        )

    async def open(self, url: str) -> "PageUser":
        """Go to the page and wait until it is connected."""
        await self.page.goto(url)
        await expect(self.line).to_be_visible()
        await self.loaded()
        return self

    async def loaded(self) -> None:
        """Wait until the messages of the place are there, so that they can be counted."""
        await expect(self.page.locator(".main .messages")).to_have_attribute("aria-busy", "false")

    @property
    def line(self) -> Locator:
        """The command line of the channel."""
        return self.page.get_by_role("textbox", name="Message or command")

    @property
    def options(self) -> Locator:
        """What the completion menu offers."""
        return self.page.locator(".main .menu .option")

    @property
    def messages(self) -> Locator:
        """The messages of the channel."""
        return self.page.locator(".main .message")

    @property
    def dialog(self) -> Locator:
        """The open form."""
        return self.page.get_by_role("dialog")

    async def go(self, place: str) -> None:
        """Open a channel or the direct messages."""
        await self.page.get_by_role("navigation").get_by_role("button", name=place).click()
        await expect(self.page.locator(".place-title")).to_contain_text(place)
        await self.loaded()

    async def send(self, text: str) -> None:
        """Type a whole line and send it."""
        await self.line.fill(text)
        await self.page.keyboard.press("End")
        await self.page.locator(".main .send").click()

    async def become(self, name: str) -> None:
        """Be somebody else from now on."""
        await self.page.get_by_role("button", name="You are").click()
        await self.page.locator("#people").get_by_role("button", name=name).click()
        await expect(self.page.get_by_role("button", name=f"You are {name}")).to_be_visible()
        await expect(self.page.locator("#toasts")).to_contain_text(f"You are now {name}")

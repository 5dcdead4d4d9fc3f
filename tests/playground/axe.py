"""axe-core, which looks for what keeps people out: over the page as it stands, with every rule that it has."""

from importlib.resources import files
from typing import Any

from playwright.async_api import Page

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")

RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
    `${id}: ${target.flat().join(" ")}: ${failureSummary.replaceAll(/\\s+/g, " ")}`));
}"""


async def findings(page: Page) -> list[str]:
    """What it finds, a sentence each."""
    # Nothing is measured while it still fades in. What turns for ever is waited for by nobody.
    await page.evaluate(
        "() => Promise.all(document.getAnimations().filter((each) => each.effect.getTiming().iterations < Infinity)"
        ".map((each) => each.finished.catch(() => null)))"
    )
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(AXE)
    found: Any = await page.evaluate(RUN)
    return list(found)

"""What is posted of requests for feedback."""

from core.chat.model import Reply
from core.commands.decorators import post
from core.commands.dispatch import Core
from core.commands.spec import Post
from core.features.feedback import records, sharing, texts
from core.features.feedback.sharing import ASKED, PURPOSE


async def unsent(core: Core, sent: Post) -> Reply:
    """Tells who asked how a request stands that could not be posted, changed or taken back."""
    found = await core.store.read(records.by_id, sent.data["request"])
    posted = await core.store.read(sharing.standings, sent.cohort, sent.data["request"])
    if found is None:
        return Reply(texts.taken_back_but(posted))
    return Reply(texts.asked("Kept", found, posted), (texts.asker_buttons(found),))


@post(ASKED, label="request for feedback", editable=True, purpose=PURPOSE, unsent=unsent)
async def render_asked(core: Core, sent: Post) -> Reply:
    """A request as the cohort reads it now; after it was taken back, only that."""
    found = await core.store.read(records.by_id, sent.data["request"])
    if found is None or not found.is_public:
        return Reply(texts.TAKEN_BACK)
    paper = await core.store.read(records.paper_shown, found)
    return Reply(texts.in_channel(found, paper, sent.cohort), (texts.channel_buttons(found),))

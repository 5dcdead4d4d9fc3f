"""A stand-in for Slack on loopback that the real slack-bolt and slack-sdk talk to.

async with SlackServer() as slack:
    home = slack.add_channel("cohort", members={"UADA", slack.workspace.bot_user})
    slack.add_member(slack.workspace, "UADA", "Ada Lovelace")
    ada = SlackUser(slack, "UADA", home)
    slack.send_to("http://127.0.0.1:8765/slack/events")   # HTTP mode; leave it out for Socket Mode
    message = await ada.say("/cohort", "help")
    assert message.effects.pings == ()
"""

from tests.servers.slack.faults import Fault
from tests.servers.slack.installing import CLIENT_ID, CLIENT_SECRET, Browser, Organisation, Page, approve
from tests.servers.slack.model import (
    ApiError,
    Channel,
    Failed,
    Message,
    Modal,
    Shown,
    StoredFile,
    Turn,
    Workspace,
)
from tests.servers.slack.server import APP_TOKEN, SIGNING_SECRET, SlackServer
from tests.servers.slack.transports import HttpTransport, SocketTransport, encode, sign
from tests.servers.slack.users import SlackUser, as_message, as_modal

__all__ = [
    "APP_TOKEN",
    "CLIENT_ID",
    "CLIENT_SECRET",
    "SIGNING_SECRET",
    "ApiError",
    "Browser",
    "Channel",
    "Failed",
    "Fault",
    "HttpTransport",
    "Message",
    "Modal",
    "Organisation",
    "Page",
    "Shown",
    "SlackServer",
    "SlackUser",
    "SocketTransport",
    "StoredFile",
    "Turn",
    "Workspace",
    "approve",
    "as_message",
    "as_modal",
    "encode",
    "sign",
]

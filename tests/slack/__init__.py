"""The Slack adapter, through the real libraries, against a stand-in for Slack."""

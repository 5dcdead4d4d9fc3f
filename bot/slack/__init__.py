"""Slack: transport, commands and rendering."""

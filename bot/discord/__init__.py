"""Discord: commands registered from the registry, calls turned into requests, replies into messages."""

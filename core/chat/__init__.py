"""The neutral words of a chat: who speaks, where, what is asked and answered, and text that is escaped by whoever renders it."""

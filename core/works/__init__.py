"""Works of the literature: how they are named, what is known of them, and whom to ask. No chat, no database."""

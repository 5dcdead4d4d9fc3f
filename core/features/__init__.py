"""What the bot can do, one package a feature. Each is found by itself; none imports another."""

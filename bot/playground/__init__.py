"""The playground: a local web chat in which everything the bot does can be tried without a token."""

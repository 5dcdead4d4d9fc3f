"""Pictures for the chat: data in, a PNG and its alternative text out. One module a picture, over one canvas.

Plain functions that block for some 50 ms: call them with `core.commands.executors.Executors.draw`. Titles, subjects and labels may
hold anything that a member typed. Probabilities are fractions.
"""

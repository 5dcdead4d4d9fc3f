"""Pictures for the chat: data in, a drawing and its alternative text out. One module a picture, over one canvas.

A drawing is laid out for each width that pictures are shown at, as data; its pixels are filled for a width and a ground
(`looks`), when somebody wants to see them. Plain functions that block for some 30 ms: call them with
`core.commands.executors.Executors.draw`. Titles, subjects and labels may hold anything that a member typed. Probabilities
are fractions.
"""

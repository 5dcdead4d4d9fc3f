"""The deadlines of venues: lists of them, what is due for whom, reminders, calendars."""

GROUPS = {"deadline": "When venues want what: lists, the venues you follow, your calendar."}

"""Check-ins: what somebody did, learned and is stuck on, once a day, shared or kept private."""

GROUPS = {"checkin": "A few lines about your day: progress, what you learned, what is in the way"}

"""Check-ins: what somebody did, learned and is stuck on, once a day, shared or kept private."""

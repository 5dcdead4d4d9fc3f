"""Delivery: recurrence -> due slots -> outbox -> sent. The only part that uses APScheduler."""

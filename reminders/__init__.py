"""Subscriptions, the outbox of reminders, and delivery by mail, webhook, calendar and feed."""

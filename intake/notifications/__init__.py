"""The outbox: messages, the worker that sends them, and how they are rendered."""

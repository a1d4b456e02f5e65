"""The limit: the same pages and commits in bare Flask, Jinja and sqlite3."""

"""That nothing is lost: backups of all rows as one sealed file, and new keys for sealed fields."""

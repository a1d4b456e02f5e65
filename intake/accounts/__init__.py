"""Who works here: users, roles, permissions and sessions."""

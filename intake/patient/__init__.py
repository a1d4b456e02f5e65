"""Pages for patients: no sign-in, no accounts."""

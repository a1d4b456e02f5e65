"""Pure clinical rules: instruments, scoring and triage. Standard library only."""

"""`flask --app wsgi doctor`: looks at all an installation depends on, says what to mend."""

"""Commands of `flask --app wsgi`; each is a thin call into a subject."""

"""Extensions, database, encryption, tokens, clock, languages and logs."""

"""Patient intake and free-consultation booking for a ketamine infusion clinic."""

"""Handing data on: one request to another system, lists of requests, and counted figures."""

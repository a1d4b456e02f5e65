"""The pages of a journey with bare means: same fields and size, one durable commit per POST.

No form library, ORM, CSRF token, encryption, audit or rules: what is left is what the framework,
the template engine and the disk take by themselves.
"""

import json
import os
import sqlite3
import threading
import time
import uuid
from pathlib import Path
from typing import Any

from flask import Flask, abort, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from jinja2 import Template

SCHEMA = """
CREATE TABLE IF NOT EXISTS patients (id TEXT PRIMARY KEY, status TEXT, answers TEXT, updated REAL);
CREATE TABLE IF NOT EXISTS messages (id TEXT PRIMARY KEY, patient_id TEXT, subject TEXT, body TEXT);
"""
SAVE = """
INSERT INTO patients (id, status, answers, updated) VALUES (?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET status = excluded.status, updated = excluded.updated,
  answers = json_patch(answers, excluded.answers)
"""
NOTIFY = "INSERT INTO messages (id, patient_id, subject, body) VALUES (?, ?, ?, ?)"
WORDS = "What you tell us stays between you and the clinic, and you can stop at any time. "

FOLDER = Path(os.environ["BASELINE_FOLDER"])
STEPS: list[dict[str, Any]] = json.loads((FOLDER / "steps.json").read_text())
ALL_SENT = {name: [value] for step in STEPS for name, value in step["body"] or []}

app = Flask(__name__)
app.secret_key = "baseline"
own = threading.local()


def database() -> sqlite3.Connection:
    """This thread's connection."""
    if not hasattr(own, "connection"):
        own.connection = sqlite3.connect(FOLDER / "baseline.db", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
            own.connection.execute(f"PRAGMA {pragma}")
    connection: sqlite3.Connection = own.connection
    return connection


def saved() -> dict[str, Any]:
    """What this person answered so far."""
    query = "SELECT answers FROM patients WHERE id = ?"
    row = database().execute(query, (session.get("id"),)).fetchone()
    return json.loads(row[0]) if row else {}


def save(answers: dict[str, Any], *, is_last: bool) -> None:
    """One durable commit: the person's row and, at the end, the message to the clinic."""
    person, connection = session.setdefault("id", uuid.uuid4().hex), database()
    connection.execute("BEGIN IMMEDIATE")
    status = "new" if is_last else "draft"
    connection.execute(SAVE, (person, status, json.dumps(answers), time.time()))
    if is_last:
        connection.execute(NOTIFY, (uuid.uuid4().hex, person, "A new request", person))
    connection.execute("COMMIT")


def checked(fields: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The answers sent; 400 if the page did not offer one of them."""
    answers = {field["name"]: request.form.getlist(field["name"]) for field in fields}
    for field in fields:
        offered = {value for value, _label in field["options"]}
        if offered and not offered.issuperset(answers[field["name"]]):
            abort(400)
    return answers


def add_page(place: int, step: dict[str, Any]) -> None:
    """Register the view of one page; the one that asks nothing shows all answers and sends."""
    is_last = step["body"] is not None and not step["fields"]
    template = filled_up(step, ALL_SENT if is_last else {})

    def view() -> ResponseReturnValue:
        if request.method == "POST":
            save(checked(step["fields"]), is_last=is_last)
            return redirect(STEPS[place + 1]["path"], 303)
        given = saved() if place else {}
        return render_template(template, step=step, given=given, shown=given if is_last else {})

    methods = ["GET", "POST"] if step["body"] is not None else ["GET"]
    app.add_url_rule(step["path"].partition("?")[0], f"page{place}", view, methods=methods)


def filled_up(step: dict[str, Any], shown: dict[str, list[str]]) -> Template:
    """The page's template, with as many words as bring it to the size of ours."""
    with app.test_request_context():
        bare = render_template("page.html", step=step, given={}, shown=shown)
    missing = max(step["size"] - len(bare.encode()), 0)
    words = (WORDS * (missing // len(WORDS) + 1))[:missing]
    source = '{% extends "page.html" %}{% block words %}' + words + "{% endblock %}"
    return app.jinja_env.from_string(source)


database().executescript(SCHEMA)
for number, each in enumerate(STEPS):
    add_page(number, each)

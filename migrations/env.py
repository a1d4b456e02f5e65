"""Runs migrations inside the application, on its own database connection."""

from contextlib import nullcontext

from alembic import context
from flask import current_app

from intake.accounts import models as accounts
from intake.audit import models as audit
from intake.clinic import models as clinic
from intake.core.db import Base, db, writing
from intake.core.instance import demand_instance
from intake.exports import models as exports
from intake.notifications import models as notifications
from intake.retention import models as retention
from intake.scheduling import models as scheduling
from intake.submissions import models as submissions
from intake.submissions import own_links, saved_views
from intake.web import limits

MODELS = (
    *(accounts, audit, clinic, exports, limits, notifications),
    *(own_links, retention, saved_views, scheduling, submissions),
)

demand_instance(current_app.config["SETTINGS"])
options = current_app.extensions["migrate"].configure_args
given = context.config.attributes.get("connection")
with writing(), nullcontext(given) if given else db.engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, **options)
    with context.begin_transaction():
        context.run_migrations()

"""The first tables, the rule that appointments never overlap, and the append-only audit log."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)

TABLES = (
    "allowances",
    "audit_log",
    "clinic_settings",
    "closures",
    "consultation_types",
    "heartbeats",
    "mail_texts",
    "undeliverable",
    "providers",
    "users",
    "submissions",
    "appointments",
    "calendar_feeds",
    "dated_hours",
    "consents",
    "messages",
    "notes",
    "sign_in_links",
    "staff_sessions",
    "authenticator_apps",
    "passkeys",
    "recovery_codes",
    "weekly_hours",
    "acknowledgements",
    "appointment_links",
    "waitlist",
    "openings",
    "tries",
    "merges",
    "told_apart",
    "search_terms",
    "saved_views",
    "figures",
    "own_links",
    "legal_holds",
)

BLOCKS = "('hold', 'offer', 'pending', 'booked', 'held', 'no_show')"
IN_QUEUE = "status IN ('new', 'contacting') OR queue_rank >= 2"

NO_OVERLAP_POSTGRESQL = f"""
    ALTER TABLE appointments ADD CONSTRAINT ex_appointments_overlap EXCLUDE USING gist (
        int4range(provider_id, provider_id, '[]') WITH &&,
        tstzrange(blocked_from, blocked_until, '[)') WITH &&
    ) WHERE (status IN {BLOCKS})
"""

NO_OVERLAP_SQLITE = """
    CREATE TRIGGER appointments_no_overlap_{name} BEFORE {event} ON appointments
    WHEN NEW.status IN {blocks}
    BEGIN
        SELECT RAISE(ABORT, 'appointments overlap') WHERE EXISTS (
            SELECT 1 FROM appointments
            WHERE provider_id = NEW.provider_id AND id <> NEW.id AND status IN {blocks}
            AND blocked_until > NEW.blocked_from AND blocked_from < NEW.blocked_until
        );
    END
"""

APPEND_ONLY_POSTGRESQL = (
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
    """,
    """
    CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER audit_log_not_emptied BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)

APPEND_ONLY_SQLITE = """
    CREATE TRIGGER audit_log_no_{event} BEFORE {event} ON audit_log
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
"""

NOT_REPLACED_SQLITE = """
    CREATE TRIGGER audit_log_no_insert BEFORE INSERT ON audit_log
    WHEN EXISTS (SELECT 1 FROM audit_log WHERE seq = NEW.seq)
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
"""
"""INSERT OR REPLACE deletes a row without asking the trigger on deleting."""

KEPT = "submission_id, author_id, alarm, outcome, closed, created_at, try_again_at"
"""What is written of an acknowledgement stays. Its note may be sealed anew with another key."""

KEPT_POSTGRESQL = f"""
    CREATE TRIGGER acknowledgements_append_only BEFORE UPDATE OF {KEPT} ON acknowledgements
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""

KEPT_SQLITE = f"""
    CREATE TRIGGER acknowledgements_no_update BEFORE UPDATE OF {KEPT} ON acknowledgements
    BEGIN SELECT RAISE(ABORT, 'acknowledgements is append-only'); END
"""

ANNOUNCED_POSTGRESQL = (
    """
    CREATE FUNCTION announce_message() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN NOTIFY messages; RETURN NULL; END $$
    """,
    """
    CREATE TRIGGER messages_announced AFTER INSERT ON messages
    FOR EACH STATEMENT EXECUTE FUNCTION announce_message()
    """,
)
"""Wakes the worker when a message is committed. SQLite needs none: it counts commits itself."""


def upgrade() -> None:
    _create_allowances()
    _create_audit_log()
    _create_clinic_settings()
    _create_closures()
    _create_consultation_types()
    _create_heartbeats()
    _create_mail_texts()
    _create_undeliverable()
    _create_providers()
    _create_users()
    _create_submissions()
    _create_appointments()
    _create_calendar_feeds()
    _create_dated_hours()
    _create_consents()
    _create_messages()
    _create_notes()
    _create_sign_in_links()
    _create_staff_sessions()
    _create_authenticator_apps()
    _create_passkeys()
    _create_recovery_codes()
    _create_weekly_hours()
    _create_acknowledgements()
    _create_appointment_links()
    _create_waitlist()
    _create_openings()
    _create_tries()
    _create_merges()
    _create_told_apart()
    _create_search_terms()
    _create_saved_views()
    _create_figures()
    _create_own_links()
    _create_legal_holds()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(NO_OVERLAP_POSTGRESQL)
        for statement in (*APPEND_ONLY_POSTGRESQL, *ANNOUNCED_POSTGRESQL):
            op.execute(statement)
        op.execute(KEPT_POSTGRESQL)
    else:
        columns = "provider_id, blocked_from, blocked_until, status"
        for name, event in (("insert", "INSERT"), ("update", f"UPDATE OF {columns}")):
            op.execute(NO_OVERLAP_SQLITE.format(name=name, event=event, blocks=BLOCKS))
        for event in ("update", "delete"):
            op.execute(APPEND_ONLY_SQLITE.format(event=event))
        op.execute(NOT_REPLACED_SQLITE)
        op.execute(KEPT_SQLITE)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
        op.execute("DROP FUNCTION announce_message()")


def _only(condition: sa.TextClause) -> dict[str, Any]:
    """A partial index, on either database."""
    return {"sqlite_where": condition, "postgresql_where": condition}


def _create_allowances() -> None:
    op.create_table(
        "allowances",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("used_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_allowances"),
    )


def _create_audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("detail", sa.String(length=2000), nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_subject_id_seq", "audit_log", ["subject_id", "seq"])
    op.create_index("ix_audit_log_actor_seq", "audit_log", ["actor", "seq"])


def _create_clinic_settings() -> None:
    op.create_table(
        "clinic_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
        sa.PrimaryKeyConstraint("id", name="pk_clinic_settings"),
    )


def _create_closures() -> None:
    op.create_table(
        "closures",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_closures"),
    )


def _create_consultation_types() -> None:
    op.create_table(
        "consultation_types",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("step_minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_before", sa.Integer(), nullable=False),
        sa.Column("buffer_after", sa.Integer(), nullable=False),
        sa.Column("min_notice", sa.Integer(), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("daily_cap", sa.Integer(), nullable=True),
        sa.Column("person_cap", sa.Integer(), nullable=True),
        sa.Column("change_notice", sa.Integer(), nullable=False),
        sa.Column("most_moves", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("video_link", sa.String(length=300), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("mode IN ('confirm', 'instant')", name="mode"),
        sa.PrimaryKeyConstraint("id", name="pk_consultation_types"),
    )


def _create_heartbeats() -> None:
    op.create_table(
        "heartbeats",
        sa.Column("worker", sa.String(length=100), nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("worker", name="pk_heartbeats"),
    )


def _create_mail_texts() -> None:
    op.create_table(
        "mail_texts",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opening", sa.String(length=1000), nullable=False),
        sa.Column("closing", sa.String(length=1000), nullable=False),
        sa.Column("written_by", sa.String(length=80), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("failed_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("name", "language", "version", name="pk_mail_texts"),
    )


def _create_undeliverable() -> None:
    op.create_table(
        "undeliverable",
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_undeliverable"),
    )


def _create_providers() -> None:
    op.create_table(
        "providers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("video_link", sa.String(length=300), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_providers"),
    )


def _create_submissions() -> None:
    op.create_table(
        "submissions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=10), nullable=False),
        sa.Column("cookie_hash", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("waiting_since", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("level_rank", sa.Integer(), nullable=False),
        sa.Column("queue_rank", sa.Integer(), nullable=False),
        sa.Column("alarms", sa.Integer(), nullable=False),
        sa.Column("flagged_at", INSTANT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_try", sa.String(length=20), nullable=False),
        sa.Column("call_at", INSTANT, nullable=True),
        sa.Column("closed_for", sa.String(length=20), nullable=False),
        sa.Column("suspicion", sa.String(length=10), nullable=False),
        sa.Column("erasure_asked_at", INSTANT, nullable=True),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("claimed_at", INSTANT, nullable=True),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("resume_hash", sa.String(length=64), nullable=True),
        sa.Column("resume_expires_at", INSTANT, nullable=True),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answers_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("triage_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'new', 'contacting', 'booked', 'held', 'no_show', "
            "'closed', 'withdrawn', 'quarantined', 'merged')",
            name="status",
        ),
        sa.CheckConstraint("(status = 'merged') = (merged_into IS NOT NULL)", name="merged"),
        sa.CheckConstraint("level_rank BETWEEN 0 AND 3", name="level_rank"),
        sa.CheckConstraint("queue_rank BETWEEN 0 AND level_rank", name="queue_rank"),
        sa.ForeignKeyConstraint(
            ["claimed_by"], ["users.id"], name="fk_submissions_claimed_by_users"
        ),
        sa.ForeignKeyConstraint(
            ["merged_into"],
            ["submissions.id"],
            name="fk_submissions_merged_into_submissions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_submissions"),
        sa.UniqueConstraint("cookie_hash", name="uq_submissions_cookie_hash"),
        sa.UniqueConstraint("reference", name="uq_submissions_reference"),
        sa.UniqueConstraint("resume_hash", name="uq_submissions_resume_hash"),
    )
    op.create_index(
        "ix_submissions_status_waiting_since_id", "submissions", ["status", "waiting_since", "id"]
    )
    op.create_index("ix_submissions_sent_at_id_status", "submissions", ["sent_at", "id", "status"])
    op.create_index(
        "ix_submissions_queue",
        "submissions",
        [sa.text("queue_rank DESC"), "waiting_since", "id", "call_at"],
        **_only(sa.text(IN_QUEUE)),
    )
    op.create_index(
        "ix_submissions_changed",
        "submissions",
        ["updated_at"],
        **_only(sa.text("sent_at IS NOT NULL")),
    )
    op.create_index(
        "ix_submissions_merged",
        "submissions",
        ["merged_into"],
        **_only(sa.text("merged_into IS NOT NULL")),
    )


def _create_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role_names", sa.JSON(), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email", name="uq_users_email"),
        sa.UniqueConstraint("fs_uniquifier", name="uq_users_fs_uniquifier"),
    )


def _create_appointments() -> None:
    op.create_table(
        "appointments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("blocked_from", INSTANT, nullable=False),
        sa.Column("blocked_until", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("hold_expires_at", INSTANT, nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("cancelled_at", INSTANT, nullable=True),
        sa.Column("outside_hours", sa.Boolean(), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('hold', 'offer', 'pending', 'booked', 'held', 'no_show', "
            "'cancelled', 'released')",
            name="status",
        ),
        sa.CheckConstraint("blocked_from < blocked_until", name="blocked"),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["providers.id"], name="fk_appointments_provider_id_providers"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name="fk_appointments_submission_id_submissions",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["type_id"],
            ["consultation_types.id"],
            name="fk_appointments_type_id_consultation_types",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_appointments"),
    )
    op.create_index(
        "ix_appointments_provider_id_blocked_until",
        "appointments",
        ["provider_id", "blocked_until"],
    )
    for column in ("blocked_until", "submission_id", "person"):
        op.create_index(f"ix_appointments_{column}", "appointments", [column])
    op.create_index(
        "uq_appointments_submission_live",
        "appointments",
        ["submission_id"],
        unique=True,
        **_only(sa.text("status IN ('hold', 'pending', 'booked')")),
    )


def _create_calendar_feeds() -> None:
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("shows", sa.String(length=10), nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.CheckConstraint("shows IN ('busy', 'reference')", name="shows"),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["providers.id"],
            name="fk_calendar_feeds_provider_id_providers",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_calendar_feeds_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_feeds"),
        sa.UniqueConstraint("token_hash", name="uq_calendar_feeds_token_hash"),
    )
    op.create_index("ix_calendar_feeds_user_id", "calendar_feeds", ["user_id"])


def _create_dated_hours() -> None:
    op.create_table(
        "dated_hours",
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["providers.id"],
            name="fk_dated_hours_provider_id_providers",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("provider_id", "day", name="pk_dated_hours"),
    )


def _create_consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("text_version", sa.String(length=40), nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "channel IN ('call', 'voicemail', 'text', 'email', 'reminders', 'substances')",
            name="channel",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name="fk_consents_submission_id_submissions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
    )
    op.create_index("ix_consents_submission_id", "consents", ["submission_id"])


def _create_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("wanted_at", INSTANT, nullable=False),
        sa.Column("is_alarm", sa.Boolean(), nullable=False),
        sa.Column("not_after", INSTANT, nullable=True),
        sa.Column("unique_key", sa.String(length=120), nullable=True),
        sa.Column("topic", sa.String(length=80), nullable=True),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("recipient_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("context_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'failed', 'returned', 'cancelled')", name="state"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name="fk_messages_submission_id_submissions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("unique_key", name="uq_messages_unique_key"),
    )
    in_turn = [sa.text("is_alarm DESC"), "due_at"]
    queued = sa.text("state = 'queued'")
    op.create_index("ix_messages_due", "messages", in_turn, **_only(queued))
    op.create_index("ix_messages_wanted_at", "messages", ["wanted_at"], **_only(queued))
    undelivered = sa.text("state IN ('failed', 'returned')")
    op.create_index("ix_messages_undelivered", "messages", ["created_at"], **_only(undelivered))
    waits = sa.text("state = 'queued' AND topic IS NOT NULL")
    op.create_index("ix_messages_topic", "messages", ["topic"], **_only(waits))
    op.create_index("ix_messages_submission_id", "messages", ["submission_id"])


def _create_notes() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_notes_author_id_users"),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name="fk_notes_submission_id_submissions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
    )
    op.create_index("ix_notes_submission_id", "notes", ["submission_id"])


def _create_sign_in_links() -> None:
    op.create_table(
        "sign_in_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_sign_in_links_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sign_in_links"),
    )
    op.create_index("ix_sign_in_links_user_id", "sign_in_links", ["user_id"])


def _create_staff_sessions() -> None:
    op.create_table(
        "staff_sessions",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("second_factor", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_staff_sessions_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id_hash", name="pk_staff_sessions"),
    )
    op.create_index("ix_staff_sessions_user_id", "staff_sessions", ["user_id"])


def _create_authenticator_apps() -> None:
    op.create_table(
        "authenticator_apps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("last_counter", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name="fk_authenticator_apps_user_id_users",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_authenticator_apps"),
        sa.UniqueConstraint("user_id", name="uq_authenticator_apps_user_id"),
    )


def _create_passkeys() -> None:
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("credential_data", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_passkeys_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_passkeys"),
        sa.UniqueConstraint("credential_id", name="uq_passkeys_credential_id"),
    )
    op.create_index("ix_passkeys_user_id", "passkeys", ["user_id"])


def _create_recovery_codes() -> None:
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(length=4), nullable=False),
        sa.Column("code_hash", sa.String(length=255), nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_recovery_codes_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_codes"),
        sa.UniqueConstraint("user_id", "label", name="uq_recovery_codes_user_id_label"),
    )


def _create_weekly_hours() -> None:
    op.create_table(
        "weekly_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["providers.id"],
            name="fk_weekly_hours_provider_id_providers",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_weekly_hours"),
    )
    op.create_index("ix_weekly_hours_provider_id", "weekly_hours", ["provider_id"])


def _create_acknowledgements() -> None:
    op.create_table(
        "acknowledgements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("alarm", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("try_again_at", INSTANT, nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('safe_plan', 'emergency_called', 'handed_over', 'procedure_followed', "
            "'voicemail_again', 'no_answer_again')",
            name="outcome",
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name="fk_acknowledgements_author_id_users"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name="fk_acknowledgements_submission_id_submissions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_acknowledgements"),
    )
    op.create_index("ix_acknowledgements_submission_id", "acknowledgements", ["submission_id"])


def _create_appointment_links() -> None:
    op.create_table(
        "appointment_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name="fk_appointment_links_appointment_id_appointments",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_appointment_links"),
    )
    op.create_index("ix_appointment_links_appointment_id", "appointment_links", ["appointment_id"])


def _create_own_links() -> None:
    op.create_table(
        "own_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name="fk_own_links_submission_id_submissions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_own_links"),
    )
    op.create_index("ix_own_links_expires_at", "own_links", ["expires_at"])
    op.create_index("ix_own_links_submission_id", "own_links", ["submission_id"])


def _create_legal_holds() -> None:
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("placed_at", INSTANT, nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_legal_holds_author_id_users"),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name="fk_legal_holds_submission_id_submissions",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_legal_holds"),
        sa.UniqueConstraint("submission_id", name="uq_legal_holds_submission_id"),
    )


def _create_waitlist() -> None:
    op.create_table(
        "waitlist",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("offers", sa.Integer(), nullable=False),
        sa.Column("left_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name="fk_waitlist_submission_id_submissions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", name="pk_waitlist"),
    )
    op.create_index("ix_waitlist_asked_at", "waitlist", ["asked_at"])


def _create_openings() -> None:
    op.create_table(
        "openings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("freed_by", sa.Uuid(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["providers.id"], name="fk_openings_provider_id_providers"
        ),
        sa.ForeignKeyConstraint(
            ["freed_by"],
            ["submissions.id"],
            name="fk_openings_freed_by_submissions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_openings"),
    )
    op.create_index("ix_openings_due_at", "openings", ["due_at"])


def _create_tries() -> None:
    op.create_table(
        "tries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("call_at", INSTANT, nullable=True),
        sa.Column("undone_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "outcome IN ('no_answer', 'voicemail', 'call_back', 'booked', 'not_interested', "
            "'wrong_number')",
            name="outcome",
        ),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_tries_author_id_users"),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name="fk_tries_submission_id_submissions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_tries"),
    )
    op.create_index("ix_tries_submission_id", "tries", ["submission_id"])
    op.create_index("ix_tries_created_at", "tries", ["created_at"])


def _create_search_terms() -> None:
    op.create_table(
        "search_terms",
        sa.Column("term", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name="fk_search_terms_submission_id_submissions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("term", "at", "submission_id", name="pk_search_terms"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_search_terms_submission_id", "search_terms", ["submission_id"])


def _create_merges() -> None:
    op.create_table(
        "merges",
        "told_apart",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("into_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("undone_at", INSTANT, nullable=True),
        sa.Column("before_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_merges_author_id_users"),
        sa.ForeignKeyConstraint(
            ["into_id"],
            ["submissions.id"],
            name="fk_merges_into_id_submissions",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name="fk_merges_submission_id_submissions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_merges"),
    )
    op.create_index("ix_merges_submission_id", "merges", ["submission_id"])
    op.create_index("ix_merges_into_id", "merges", ["into_id"])


def _create_told_apart() -> None:
    op.create_table(
        "told_apart",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("one_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("undone_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_told_apart_author_id_users"),
        *(
            sa.ForeignKeyConstraint(
                [column],
                ["submissions.id"],
                name=f"fk_told_apart_{column}_submissions",
                ondelete="CASCADE",
            )
            for column in ("one_id", "other_id")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_told_apart"),
    )
    op.create_index("ix_told_apart_one_id", "told_apart", ["one_id"])
    op.create_index("ix_told_apart_other_id", "told_apart", ["other_id"])


def _create_saved_views() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_saved_views_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_saved_views"),
        sa.UniqueConstraint("user_id", "name", name="uq_saved_views_user_id_name"),
    )


def _create_figures() -> None:
    op.create_table(
        "figures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("counted_at", INSTANT, nullable=False),
        sa.Column("counts_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("kind IN ('day', 'week', 'month', 'gone')", name="kind"),
        sa.PrimaryKeyConstraint("id", name="pk_figures"),
        sa.UniqueConstraint("kind", "start", name="uq_figures_kind_start"),
    )

"""One request for another system, such as the clinic's records: a FHIR bundle, recorded."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.core.db import db
from intake.core.urls import patient_url
from intake.exports import fhir, fhir_answers
from intake.exports.fhir import Resource
from intake.scheduling.bookings import provider_names
from intake.scheduling.models import Appointment
from intake.screening.catalog import load_catalog
from intake.screening.instrument import Instrument
from intake.screening.item import SUBSTANCE_USE
from intake.screening.plan import gate_mark
from intake.submissions import consents
from intake.submissions.consents import ledger
from intake.submissions.given import SKIPPED, given_at
from intake.submissions.models import Submission
from intake.submissions.segments import has_segment

EXPORTED = "record exported"
WITH_CONSENT = "with alcohol and drugs by written consent"


def hand_over(
    submission: Submission, clinic: Clinic, *, has_agreed: bool = False, actor: str, now: datetime
) -> Resource:
    """The bundle of a request, in the current unit of work: who took it is recorded with it.

    `has_agreed`: the person agreed in writing that what they said about alcohol and drugs is handed
    on, too, if they did not when they sent it. Without that a program under 42 CFR Part 2 leaves it
    out (42 CFR 2.31 and 2.33).
    """
    has_agreed = has_agreed or consents.allows(submission.id, consents.SUBSTANCES)
    is_whole = has_agreed or not clinic.part_2
    is_protected = clinic.part_2 and has_agreed and has_segment(submission, SUBSTANCE_USE)
    detail = f"FHIR bundle, {WITH_CONSENT}" if is_protected else "FHIR bundle"
    log.record(EXPORTED, actor=actor, now=now, subject_id=submission.id, detail=detail)
    without = "" if is_whole else SUBSTANCE_USE
    bundle = fhir.bundle(_resources(submission, without), base=patient_url(""), now=now)
    return fhir.under_part_2(bundle, base=patient_url("")) if is_protected else bundle


def _resources(submission: Submission, without: str) -> list[Resource]:
    contact = (submission.contact or {}).get("contact", {})
    who = fhir.patient(
        submission.id,
        submission.reference,
        contact,
        language=submission.language,
        base=patient_url(""),
    )
    return [
        who,
        *_answers(submission, without),
        *_appointments(submission),
        *_consents(submission, contact),
    ]


def _answers(submission: Submission, without: str) -> list[Resource]:
    """Responses and scores, in the order of the catalog; answers replaced since are left out, and
    those of the segment `without`."""
    stored: dict[str, Any] = submission.answers or {}
    start = (submission.contact or {}).get("start", {})
    is_own = start.get("for_whom") == "me"
    found: list[Resource] = []
    for name, instrument in load_catalog().items():
        given, at = _given(instrument, stored.get(name) or {}, without), given_at(stored, name)
        if not given:
            continue
        shown = instrument.behind_gate() if _is_gated(name, stored) else instrument
        found.append(
            fhir_answers.response(
                instrument,
                given,
                patient_id=submission.id,
                is_own=is_own,
                at=at,
                base=patient_url(""),
            )
        )
        found += fhir_answers.observations(shown, given, patient_id=submission.id, at=at)
    return found


def _given(instrument: Instrument, given: dict[str, Any], without: str) -> dict[str, Any]:
    """The answers to an instrument but those of a segment, if one is named."""
    apart = {item.id for item in instrument.items if without and item.segment == without}
    return {key: value for key, value in given.items() if key not in apart}


def _is_gated(name: str, stored: dict[str, Any]) -> bool:
    """Whether the person saw the instrument behind its gate."""
    return gate_mark(name) in stored.get(SKIPPED, [])


def _appointments(submission: Submission) -> list[Resource]:
    statuses = tuple(fhir.APPOINTMENT_STATUSES)
    theirs = select(Appointment).where(
        Appointment.submission_id == submission.id, Appointment.status.in_(statuses)
    )
    names = provider_names()
    return [
        fhir.appointment(
            each.id,
            each.status,
            each.starts_at,
            each.ends_at,
            patient_id=submission.id,
            provider=names[each.provider_id],
            channel=each.channel,
            created_at=each.created_at,
        )
        for each in db.session.scalars(theirs.order_by(Appointment.created_at, Appointment.id))
    ]


def _consents(submission: Submission, contact: dict[str, Any]) -> list[Resource]:
    entries = [
        fhir.channel_consent(
            each.id,
            each.channel,
            patient_id=submission.id,
            version=each.text_version,
            given_at=each.given_at,
            revoked_at=each.revoked_at,
        )
        for each in ledger(submission.id)
    ]
    if not (contact.get("consent_privacy") and contact.get("consented_at")):
        return entries
    privacy = fhir.privacy_consent(submission.id, contact["notice"], contact["consented_at"])
    return [privacy, *entries]

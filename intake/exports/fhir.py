"""The resources of FHIR R4 (4.0.1) that our records become, as plain JSON values. Pure.

An id never changes, so a system that takes the same request twice updates what it has.
https://hl7.org/fhir/R4/
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from intake.screening.codes import NOTICE

Resource = dict[str, Any]

ACT_CODES = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
PART_2_NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
SCOPE = "http://terminology.hl7.org/CodeSystem/consentscope"
NOTICE_OF_PRIVACY = {
    "system": "http://terminology.hl7.org/CodeSystem/consentcategorycodes",
    "code": "npp",
}
CONSENT_DOCUMENT = {"system": "http://loinc.org", "code": "59284-0"}
LANGUAGE = "urn:ietf:bcp:47"
APPOINTMENT_STATUSES = {
    "pending": "pending",
    "booked": "booked",
    "held": "fulfilled",
    "no_show": "noshow",
    "cancelled": "cancelled",
}
"""Ours to FHIR's. Other statuses keep a time for nobody, and are not handed on."""
CHANNELS = {"phone": "By phone", "video": "By video", "in_person": "In person"}
CONSENTS = {
    "call": "Contact by phone call",
    "voicemail": "Messages on voicemail",
    "text": "Contact by text message",
    "email": "Contact by email",
    "reminders": "Reminders of calls by email",
    "substances": "Handing on what was said about alcohol and drugs (42 CFR Part 2)",
}


def part_id(whole: UUID, name: str) -> UUID:
    """The id of something that has none of its own, such as the answers to one instrument."""
    return uuid5(whole, name)


def bundle(resources: list[Resource], *, base: str, now: datetime) -> Resource:
    """All resources as one collection, marked as restricted health data; `base` names us."""
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": now.isoformat(timespec="seconds"),
        "meta": {
            "security": [{"system": CONFIDENTIALITY, "code": "R", "display": "restricted"}],
            "tag": [{"system": f"{base}/fhir/notices", "code": "loinc", "display": NOTICE}],
        },
        "entry": [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in resources],
    }


def under_part_2(bundle: Resource, *, base: str) -> Resource:
    """The same bundle, marked with the notice that 42 CFR 2.32(a)(2) asks for."""
    meta = bundle["meta"]
    label = {"system": ACT_CODES, "code": "42CFRPart2", "display": "42 CFR Part2"}
    notice = {"system": f"{base}/fhir/notices", "code": "42-cfr-part-2", "display": PART_2_NOTICE}
    marked = {"security": [*meta["security"], label], "tag": [*meta["tag"], notice]}
    return {**bundle, "meta": marked}


def reference_to(resource_id: UUID) -> Resource:
    """A link to another resource of the same bundle."""
    return {"reference": f"urn:uuid:{resource_id}"}


def patient(
    submission_id: UUID,
    reference: str,
    contact: Mapping[str, Any],
    *,
    language: str,
    base: str,
) -> Resource:
    """Who asks for a consultation. `contact` is what the contact page took."""
    resource = {
        "resourceType": "Patient",
        "id": str(submission_id),
        "identifier": [{"system": f"{base}/fhir/reference", "value": reference}],
        "name": _names(contact),
        "telecom": _telecom(contact),
        "birthDate": contact.get("dob"),
        "address": _address(contact),
        "communication": [
            {
                "language": {"coding": [{"system": LANGUAGE, "code": language}]},
                "preferred": True,
            }
        ],
    }
    return given_only(resource)


def appointment(
    row_id: UUID,
    status: str,
    starts_at: datetime,
    ends_at: datetime,
    *,
    patient_id: UUID,
    provider: str,
    channel: str,
    created_at: datetime,
) -> Resource:
    """One call. `status` is ours, of APPOINTMENT_STATUSES; `provider` is the clinician's name."""
    with_whom = {"actor": {"display": provider}, "status": "accepted"}
    return given_only(
        {
            "resourceType": "Appointment",
            "id": str(row_id),
            "status": APPOINTMENT_STATUSES[status],
            "serviceType": [{"text": "Free consultation"}],
            "description": CHANNELS.get(channel, ""),
            "start": starts_at.isoformat(timespec="seconds"),
            "end": ends_at.isoformat(timespec="seconds"),
            "created": created_at.isoformat(timespec="seconds"),
            "participant": [
                {"actor": reference_to(patient_id), "status": "accepted"},
                with_whom | ({"status": "needs-action"} if status == "pending" else {}),
            ],
        }
    )


def privacy_consent(patient_id: UUID, version: str, at: str) -> Resource:
    """That a person agreed to the privacy notice of that version."""
    return _consent(
        part_id(patient_id, "privacy"),
        patient_id,
        "Use of information as the privacy notice says",
        category=NOTICE_OF_PRIVACY,
        version=version,
        at=at,
        until=None,
    )


def channel_consent(
    row_id: UUID,
    channel: str,
    *,
    patient_id: UUID,
    version: str,
    given_at: datetime,
    revoked_at: datetime | None,
) -> Resource:
    """That a person allowed one way of contact; ended ones stay, as proof."""
    return _consent(
        row_id,
        patient_id,
        CONSENTS[channel],
        category=CONSENT_DOCUMENT,
        version=version,
        at=given_at.isoformat(timespec="seconds"),
        until=revoked_at.isoformat(timespec="seconds") if revoked_at else None,
    )


def _consent(
    row_id: UUID,
    patient_id: UUID,
    what: str,
    *,
    category: Resource,
    version: str,
    at: str,
    until: str | None,
) -> Resource:
    return {
        "resourceType": "Consent",
        "id": str(row_id),
        "status": "inactive" if until else "active",
        "scope": {"coding": [{"system": SCOPE, "code": "patient-privacy"}]},
        "category": [{"coding": [category]}],
        "patient": reference_to(patient_id),
        "dateTime": at,
        "policyRule": {"text": f"Privacy notice, version {version}"},
        "provision": {
            "type": "permit",
            "period": given_only({"start": at, "end": until}),
            "code": [{"text": what}],
        },
    }


def _names(contact: Mapping[str, Any]) -> list[Resource]:
    legal = given_only(
        {
            "use": "official",
            "family": contact.get("family_name"),
            "given": [contact["given_name"]] if contact.get("given_name") else None,
        }
    )
    names = [legal] if len(legal) > 1 else []
    if contact.get("preferred_name"):
        names.append({"use": "usual", "text": contact["preferred_name"]})
    return names


def _telecom(contact: Mapping[str, Any]) -> list[Resource]:
    phone = contact.get("phone_e164") or contact.get("phone")
    ways = (("phone", phone), ("email", contact.get("email")))
    return [{"system": system, "value": value} for system, value in ways if value]


def _address(contact: Mapping[str, Any]) -> list[Resource]:
    state = contact.get("state")
    return [{"use": "home", "state": state, "country": "US"}] if state and len(state) == 2 else []


def given_only(resource: Resource) -> Resource:
    """A resource without empty elements, which FHIR does not allow."""
    return {name: value for name, value in resource.items() if value not in (None, "", [], {})}

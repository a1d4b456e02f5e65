"""What mails say: all three parts, the fixed words, and nothing beyond their context."""

import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from jinja2 import TemplateNotFound, UndefinedError
from jinja2.exceptions import SecurityError

from intake.accounts.emails import (
    FactorNews,
    InvitationMail,
    NewPasswordMail,
    PasswordChangedMail,
    SecondFactorMail,
)
from intake.core import i18n
from intake.notifications import render as rendering
from intake.notifications.outbox import MailContext
from intake.notifications.render import TEMPLATES, Rendered, render
from intake.scheduling.asking import EarlierTimeMail, MissedMail, RebookMail
from intake.scheduling.digest import DigestMail
from intake.scheduling.emails import BookedMail, CancelledMail, ConfirmedMail, MovedMail
from intake.scheduling.reminders import ReminderMail
from intake.submissions.address_tests import AddressTestMail
from intake.submissions.emails import (
    ClosedMail,
    OwnDataMail,
    ReceivedMail,
    ResumeMail,
    WithdrawnMail,
)
from intake.submissions.failures import FailuresMail
from intake.submissions.staff_emails import ChangedMail, OpenedMail, StaffMail

CLINIC: dict[str, Any] = {"clinic_name": "Quiet Clinic", "clinic_phone": "(312) 555-0142"}
TO_PATIENTS: dict[str, MailContext] = {
    "received": ReceivedMail(
        reference="K7M-4QDX", respond_by="Monday, November 23, 5:00 pm Central Time", **CLINIC
    ),
    "booked": BookedMail(
        reference="K7M-4QDX",
        when="Thursday, December 3, 9:30 am Central Time",
        minutes=20,
        channel="phone",
        link="https://clinic.example/appointment/1",
        **CLINIC,
    ),
}
TO_PATIENTS |= dict.fromkeys(
    ("cancelled", "restored", "link_again", "place_changed"), TO_PATIENTS["booked"]
)
TO_PATIENTS["moved"] = MovedMail(
    was="Wednesday, December 2, 9:30 am Central Time",
    **{**asdict(TO_PATIENTS["booked"]), **CLINIC},
)
TO_PATIENTS["rebook"] = RebookMail(
    reference="K7M-4QDX", when="Thursday, December 3, 9:30 am Central Time", **CLINIC
)
TO_PATIENTS["missed"] = MissedMail(
    reference="K7M-4QDX",
    when="Thursday, December 3, 9:30 am Central Time",
    link="https://clinic.example/appointment/1/times",
    until="Thursday, December 17",
    **CLINIC,
)
TO_PATIENTS["cancelled"] = CancelledMail(**asdict(TO_PATIENTS["cancelled"]))
TO_PATIENTS["resume"] = ResumeMail(
    link="https://clinic.example/resume/1", until="Thursday, December 3", **CLINIC
)
TO_PATIENTS["unfinished"] = replace(
    TO_PATIENTS["resume"], unsubscribe="https://clinic.example/stop/1"
)
TO_PATIENTS["reminder"] = ReminderMail(
    **{**asdict(TO_PATIENTS["booked"]), "unsubscribe": "https://clinic.example/stop/1"}
)
TO_PATIENTS["earlier_time"] = EarlierTimeMail(
    booked="Friday, December 4, 9:30 am Central Time",
    until="11:30 am Central Time",
    **{**asdict(TO_PATIENTS["booked"]), **CLINIC},
)
TO_PATIENTS["booked"] = ConfirmedMail(
    asked="Wednesday, December 2, 9:30 am Central Time",
    **{**asdict(TO_PATIENTS["booked"]), **CLINIC},
)
TO_PATIENTS["closed"] = ClosedMail(
    is_unreached=True, link="https://clinic.example/?lang=en", **CLINIC
)
TO_PATIENTS["withdrawn"] = WithdrawnMail(
    reference="K7M-4QDX", link="https://clinic.example/?lang=en", **CLINIC
)
TO_PATIENTS["own_data"] = OwnDataMail(
    reference="K7M-4QDX",
    link="https://clinic.example/my-data/1",
    until="Thursday, December 3",
    **CLINIC,
)
TO_STAFF: dict[str, MailContext] = {
    name: StaffMail(
        reference="K7M-4QDX",
        received_at="Sunday, November 22, 7:41 pm Central Time",
        link="https://staff.example/staff/submissions/1",
        **CLINIC,
    )
    for name in ("new_submission", "urgent", "escalation", "request_withdrawn", "erasure_asked")
}
AGAIN = replace(TO_STAFF["urgent"], is_again=True)  # type: ignore[call-arg]
TO_STAFF["appointment_changed"] = ChangedMail(
    was="Tuesday, November 24, 9:00 am Central Time",
    time="Wednesday, November 25, 9:00 am Central Time",
    **asdict(TO_STAFF["new_submission"]),
)
TO_STAFF["answers_opened"] = OpenedMail(by="Marta Ruiz", **asdict(TO_STAFF["new_submission"]))
TO_USERS: dict[str, MailContext] = {
    "invitation": InvitationMail(
        name="Marta Ruiz", link="https://staff.example/staff/link/1", hours=48, **CLINIC
    ),
    "new_password": NewPasswordMail(
        name="Marta Ruiz", link="https://staff.example/staff/link/1", minutes=30, **CLINIC
    ),
    "password_changed": PasswordChangedMail(name="Marta Ruiz", **CLINIC),
    "second_factor_changed": SecondFactorMail(
        name="Marta Ruiz", news=FactorNews.RESET.value, **CLINIC
    ),
}
DIGEST = DigestMail(
    waiting=3,
    calls=2,
    undelivered=1,
    audit_head="17:9f2c60d1a4b8e377",
    link="https://staff.example/staff/",
    **CLINIC,
)
FAILURES = FailuresMail(undelivered=2, texts=1, link="https://staff.example/staff/emails", **CLINIC)
ADDRESS_TEST = AddressTestMail(
    told_of="a new request, the numbers of the day", link="https://staff.example/staff/", **CLINIC
)
MAILS = TO_PATIENTS | TO_STAFF | TO_USERS
MAILS |= {"digest": DIGEST, "failures": FAILURES, "test_of_address": ADDRESS_TEST}
HELP = "If you have an emergency call 911. For support any time call or text 988."
NEVER = re.compile(
    "ketamine|depress|anxi|suicid|ptsd|trauma|pain|migraine|headache|score|screening|triage|risk|"
    "eligib|diagnos|treatment|therapy|infusion|symptom|positive|!"
)

COLORED = re.compile(r"^([^{}\n]+) \{[^}]*#[0-9a-f]{6}", re.M)
every_mail = pytest.mark.parametrize("name", MAILS)


def made(name: str, /, **changes: Any) -> Rendered:
    return render(name, asdict(replace(MAILS[name], **changes)), "en")


def words(html: str) -> str:
    """What a reader of the HTML part sees, as one line."""
    body = html.partition("<body")[2].partition(">")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split()).replace(" .", ".")


def test_every_template_is_tried_here() -> None:
    assert {path.name.split(".")[0] for path in TEMPLATES.glob("*.*")} == set(MAILS)


@every_mail
def test_a_mail_has_a_subject_a_text_and_an_html_part(name: str) -> None:
    mail = made(name)
    assert mail.subject
    assert mail.text.endswith("\n")
    assert mail.html.startswith("<!doctype html>")
    context = asdict(MAILS[name])
    point = context.get("reference") or context.get("link") or context["name"]
    assert point in mail.text
    assert point in mail.html


@every_mail
def test_a_mail_says_nothing_about_health(name: str) -> None:
    mail = made(name)
    said = "\n".join((mail.subject, mail.text, words(mail.html))).lower()
    assert NEVER.findall(said) == []


@every_mail
def test_no_value_but_the_clinics_name_gets_into_a_subject(name: str) -> None:
    context = asdict(MAILS[name]).items()
    canaries = {key: "canary" for key, value in context if isinstance(value, str)}
    del canaries["clinic_name"]
    assert made(name, **canaries).subject == made(name).subject
    assert made(name).subject.isascii()


@pytest.mark.parametrize("name", TO_PATIENTS)
def test_every_mail_to_patients_names_the_lines_of_help(name: str) -> None:
    mail = made(name)
    assert HELP in mail.text
    assert HELP in words(mail.html)


@pytest.mark.parametrize("name", TO_STAFF)
def test_a_mail_to_staff_holds_a_reference_a_time_and_one_link(name: str) -> None:
    mail = made(name)
    assert re.findall(r"https?://\S+", mail.text) == ["https://staff.example/staff/submissions/1"]
    assert re.findall(r'href="([^"]*)"', mail.html) == ["https://staff.example/staff/submissions/1"]
    assert "Sunday, November 22, 7:41 pm Central Time" in words(mail.html)


def test_an_urgent_mail_looks_and_reads_unlike_an_ordinary_one() -> None:
    assert made("urgent").subject == "Urgent: intake needs review now"
    assert made("new_submission").subject == "New intake to review"
    assert made("appointment_changed").subject == "A patient moved an appointment"
    assert made("appointment_changed", time="").subject == "A patient cancelled an appointment"
    assert made("appointment_changed", was="").subject == "A patient took back a cancellation"
    assert made("escalation").subject == "Urgent and not acknowledged: intake needs review"
    assert 'class="card urgent"' in made("urgent").html
    assert 'class="card urgent"' in made("escalation").html
    assert "card urgent" not in made("new_submission").html


@every_mail
def test_html_is_small_fetches_nothing_and_has_one_look(name: str) -> None:
    html = made(name).html
    assert len(html.encode()) < 20_000
    assert re.findall(r"<(?:img|link|script|iframe|object|base)\b|src=|url\(|@import", html) == []
    assert html.count("<style>") == 1
    assert html.count("style=") == 1  # what inboxes show beside the subject is hidden everywhere
    assert html.count('class="button"') <= 1


def test_every_color_has_another_one_in_the_dark() -> None:
    light, _, dark = made("received").html.partition("@media (prefers-color-scheme: dark)")
    by_day, by_night = (set(", ".join(COLORED.findall(part)).split(", ")) for part in (light, dark))
    assert len(by_day) > 10
    assert by_day == by_night


@every_mail
def test_values_cannot_write_html(name: str) -> None:
    mail = made(name, clinic_name='<b>"&')
    assert "<b>" not in mail.html
    assert "&lt;b&gt;" in mail.html
    assert '<b>"&' in mail.text


@pytest.mark.parametrize(
    ("channel", "sentence"),
    [
        ("phone", "We will call you."),
        ("video", "We meet by video."),
        ("in_person", "We meet at the clinic."),
    ],
)
def test_a_confirmation_says_how_we_meet(channel: str, sentence: str) -> None:
    mail = made("booked", channel=channel)
    assert sentence in mail.text
    assert sentence in words(mail.html)


def test_a_missing_value_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        render("received", CLINIC, "en")


def test_a_context_holds_words_and_numbers_only() -> None:
    with pytest.raises(TypeError):
        render("received", {**asdict(MAILS["received"]), "answers": ["canary"]}, "en")  # type: ignore[dict-item]


@pytest.mark.parametrize("name", ["no_such_mail", "../layouts/patient", "layouts/../../base"])
def test_only_templates_of_mails_are_within_reach(name: str) -> None:
    with pytest.raises(TemplateNotFound):
        render(name, CLINIC, "en")


def test_templates_see_no_globals_but_translations() -> None:
    names = set(rendering._environment("en").globals)
    assert names == {"_", "gettext", "ngettext", "pgettext", "npgettext"}


def test_templates_cannot_climb_out_of_a_value() -> None:
    template = rendering._environment("en").from_string("{{ name.__class__.__mro__ }}")
    with pytest.raises(SecurityError):
        template.render(name="x")


class TestAnotherLanguage:
    def test_a_mail_is_written_in_the_language_of_its_message(self, spanish: Path) -> None:
        mail = render("received", asdict(MAILS["received"]), "es")
        assert mail.subject == "Tenemos su solicitud"
        assert '<html lang="es">' in mail.html

    def test_what_is_not_translated_stays_english(self, spanish: Path) -> None:
        assert HELP in render("received", asdict(MAILS["received"]), "es").text

    @pytest.fixture
    def spanish(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
        catalog = Catalog(locale="es")
        catalog.add("We have your request", "Tenemos su solicitud")
        file = tmp_path / "es" / "LC_MESSAGES" / "messages.mo"
        file.parent.mkdir(parents=True)
        with file.open("wb") as stream:
            write_mo(stream, catalog)
        monkeypatch.setattr(i18n, "TRANSLATIONS", tmp_path)
        for cached in (i18n.catalog, rendering._environment):
            cached.cache_clear()
        yield file
        for cached in (i18n.catalog, rendering._environment):
            cached.cache_clear()


def test_a_time_that_was_never_booked_is_not_said_to_be_cancelled() -> None:
    mail = made("cancelled", is_asked=True)
    assert mail.subject == "About the time you asked for"
    assert "The time you asked for is not booked" in words(mail.html)
    for part in (mail.text, words(mail.html)):
        assert "cancelled" not in part
        assert "calendar" not in part


def test_a_second_alarm_does_not_read_like_the_first_nor_an_acute_one_like_either() -> None:
    first, acute = TO_STAFF["urgent"], replace(AGAIN, is_acute=True)  # type: ignore[call-arg]
    alarms = [render("urgent", asdict(each), "en") for each in (first, AGAIN, acute)]
    assert "again: a new answer" in alarms[1].subject
    assert alarms[2].subject == "Urgent, now acute: call at once"
    for part in ("subject", "text", "html"):
        assert len({getattr(each, part) for each in alarms}) == 3


@pytest.mark.parametrize("name", ["urgent", "escalation"])
def test_an_acute_one_says_to_call_at_once(name: str) -> None:
    mail = made(name, is_acute=True)
    assert mail.subject.startswith("Urgent, acute")
    for part in (mail.subject, mail.text, words(mail.html)):
        assert "all at once" in part

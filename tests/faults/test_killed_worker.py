from email.message import EmailMessage
from typing import Any

from intake.core import clock
from intake.core.db import db
from tests import factories
from tests.faults.outbox import all_are_sent, let_time_pass, states
from tests.processes import Installation, wait_for
from tests.smtp_servers import Inbox, mail_server

DEATHS = 2


def test_a_mail_whose_sender_died_is_sent_again_as_the_same_mail(clinic):
    """The worst moment: the mail server has the mail, and the worker dies before it hears so."""
    with clinic.app.app_context():
        factories.sent(clock.now())
        db.session.remove()
    with mail_server() as (inbox, clinic.smtp_port):
        kill_the_worker_at_each_of_the_first_mails(clinic, inbox)
        for _ in range(DEATHS):
            clinic.start("worker")
            wait_for(lambda: not clinic.running, "the worker to die")
            let_time_pass(clinic)
        clinic.start("worker")
        wait_for(lambda: all_are_sent(clinic), "the mails")
        clinic.kill("worker")
    ids = [mail["Message-ID"] for mail in inbox.mails]
    assert len(ids) == len(states(clinic)) + DEATHS
    assert set(ids) == set(states(clinic))
    assert len({what_is_read(mail) for mail in inbox.mails}) == len(set(ids))


def kill_the_worker_at_each_of_the_first_mails(clinic: Installation, inbox: Inbox) -> None:
    keep = inbox.handle_DATA

    async def keep_and_kill(*conversation: Any) -> str:
        before = len(inbox.raw)
        answer = await keep(*conversation)
        if before < len(inbox.raw) <= DEATHS:  # it was a mail that counts
            clinic.kill("worker")
        return answer

    inbox.handle_DATA = keep_and_kill


def what_is_read(mail: EmailMessage) -> tuple[str, str, str]:
    return mail["To"], mail["Subject"], mail.get_body(("plain",)).get_content()

import random
import time
from concurrent.futures import ThreadPoolExecutor

from flask import Response
from sqlalchemy import create_engine, text

from intake.core.db import db
from tests import postgres
from tests.browse import Browser
from tests.faults.outbox import all_are_sent, let_time_pass
from tests.faults.senders import SPREAD, about_to_send, check_that_all_is_there, send
from tests.processes import installation, wait_for
from tests.web.patient import journey

PATIENTS = 6
CRASHES = 2


def test_a_database_that_crashes_loses_nothing_and_needs_no_restart_of_ours(tmp_path):
    (tmp_path / "instance").mkdir()
    with (
        postgres.own_server() as server,
        installation(tmp_path / "instance", postgres.create_database(server.address)) as clinic,
    ):
        clinic.prepare()
        clinic.start("catcher", "worker", "web")
        browsers = [about_to_send(clinic) for _ in range(PATIENTS)]
        with ThreadPoolExecutor(PATIENTS) as pool:
            sending = [pool.submit(send, browser) for browser in browsers]
            for _ in range(CRASHES):
                time.sleep(random.uniform(0.1, SPREAD / CRASHES))
                server.crash()
            receipts = [each.result() for each in sending]
        clinic.forget_connections()
        let_time_pass(clinic)  # a mail whose end could not be written down waits for its lease
        wait_for(lambda: all_are_sent(clinic), "the mails")
        check_that_all_is_there(clinic, receipts)


def test_a_connection_that_dies_behind_a_page_leaves_the_page_alone(postgresql_server, tmp_path):
    address = postgres.create_database(postgresql_server)
    with installation(tmp_path, address) as clinic:
        clinic.prepare()
        other = create_engine(address)

        @clinic.app.after_request
        def cut(response: Response) -> Response:
            ours = db.session.scalar(text("SELECT pg_backend_pid()"))
            with other.connect() as connection:
                connection.execute(text("SELECT pg_terminate_backend(:ours, 5000)"), {"ours": ours})
            return response

        browser = Browser(clinic.app)
        assert browser.get("/").status == 200
        assert browser.get("/").status == 200
        other.dispose()


def test_a_database_that_was_started_again_serves_the_next_page(tmp_path):
    with (
        postgres.own_server() as server,
        installation(tmp_path, postgres.create_database(server.address)) as clinic,
    ):
        clinic.prepare()
        browser = Browser(clinic.app)
        assert journey.to_contact(browser).status == 200
        server.crash()
        assert browser.get("/request/contact").status == 200

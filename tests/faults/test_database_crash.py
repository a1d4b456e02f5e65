import random
import time
from concurrent.futures import ThreadPoolExecutor

from tests import postgres
from tests.faults.outbox import all_are_sent, let_time_pass
from tests.faults.senders import SPREAD, about_to_send, check_that_all_is_there, send
from tests.processes import installation, wait_for

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

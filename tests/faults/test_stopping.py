"""`python -m intake` leaves nothing behind, whoever stops it, and starts again what dies."""

import random
import signal
import subprocess
import time

from tests.processes import send, wait_for

SOON = 15.0


def test_a_signal_stops_every_process(clinic_on_sqlite):
    clinic_on_sqlite.start("everything")
    supervisor = clinic_on_sqlite.running["everything"]
    assert len(clinic_on_sqlite.processes()) >= 4
    supervisor.terminate()
    assert supervisor.wait(SOON) == 0
    assert clinic_on_sqlite.processes() == []


def test_a_signal_during_the_start_stops_every_process(clinic_on_sqlite):
    supervisor = clinic_on_sqlite.run("-m", "intake", output=subprocess.DEVNULL)
    wait_for(lambda: len(clinic_on_sqlite.processes()) > 1, "the first child")
    time.sleep(random.uniform(0, 2))
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(SOON) == 0
    assert clinic_on_sqlite.processes() == []


def test_what_dies_is_started_again_and_all_end_when_the_supervisor_dies(clinic_on_sqlite):
    clinic_on_sqlite.start("everything")
    supervisor = clinic_on_sqlite.running["everything"]
    children = [pid for pid in clinic_on_sqlite.processes() if pid != supervisor.pid]
    for pid in children:
        send(signal.SIGKILL, pid)
    clinic_on_sqlite.wait_until_usable("everything")
    wait_for(lambda: len(clinic_on_sqlite.processes()) > len(children), "as many as before")
    assert not set(children) & set(clinic_on_sqlite.processes())
    supervisor.kill()
    wait_for(lambda: not clinic_on_sqlite.processes(), "the processes to end", seconds=SOON)

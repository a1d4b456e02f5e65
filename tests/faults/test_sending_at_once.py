from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select

from intake.core.db import db
from intake.submissions.models import Submission
from tests.faults.outbox import looking_at, states
from tests.over_http import Connection
from tests.web.patient import journey

CLICKS = 16


def test_sixteen_clicks_at_once_send_one_request(clinic):
    clinic.start("web")
    browser = clinic.browser()
    fields = journey.to_check(browser).fields()
    start = Barrier(CLICKS)

    def click(_number: int) -> tuple[int, str | None]:
        connection = Connection(clinic.address)
        connection.cookies = dict(browser.client.cookies)
        start.wait()
        answer = connection.open("/request/check", method="POST", data=fields)
        return answer.status_code, answer.headers["Location"]

    with ThreadPoolExecutor(CLICKS) as pool:
        answers = Counter(pool.map(click, range(CLICKS)))
    assert answers == {(303, "/request/done"): CLICKS}
    with looking_at(clinic):
        (sent,) = db.session.scalars(select(Submission)).all()
    assert sent.reference in browser.get("/request/done").text
    assert len(states(clinic)) == 2, "one receipt, one notice to staff"

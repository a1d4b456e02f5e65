"""A visit: the request of one browser, where the person is in it, and where they may go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import abort, request, session, url_for
from flask.typing import ResponseReturnValue

from intake.clinic.clinic import Clinic
from intake.clinic.service import current_clinic
from intake.core import clock, i18n
from intake.core.db import unit_of_work
from intake.patient import journey
from intake.patient.addresses import Elsewhere, see, url_of
from intake.patient.headings import heading
from intake.patient.journey import Step
from intake.patient.leaving import way_back
from intake.patient.limits import count_begun
from intake.screening.catalog import load_catalog
from intake.screening.level import Level
from intake.screening.plan import Plan, plan_for
from intake.submissions import assessment, drafts
from intake.submissions.models import Submission
from intake.submissions.suspicion import TRAP, suspect

TRAP_FIELD = "topic"
"""The field that people neither see nor reach: templates/components/trap.html."""
DRAFT_COOKIE = "draft"
"""Where the browser's session keeps the secret of its draft."""


@dataclass
class Visit:
    """One person's request, and where they are in it."""

    draft: Submission
    clinic: Clinic
    language: str = field(default_factory=i18n.language)

    @cached_property
    def contact(self) -> dict[str, Any]:
        """What was said on the pages about the person, by page."""
        return self.draft.contact or {}

    @cached_property
    def answers(self) -> dict[str, Any]:
        """What was answered, by instrument."""
        return self.draft.answers or {}

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The pages of this person's request; once it is sent, those that ask."""
        if not self.draft.is_draft:
            return journey.asking_steps(self.plan)
        return journey.steps_of(self.plan, short_way=drafts.is_short_way(self.draft))

    @property
    def is_for_other(self) -> bool:
        """Whether they ask for somebody they care for."""
        return bool(self.contact.get("start", {}).get("for_whom") == "someone_else")

    @cached_property
    def plan(self) -> Plan:
        """What this person is asked in the language they read now."""
        return assessment.plan_of(self.draft, self.clinic, language=self.language)

    @cached_property
    def done(self) -> frozenset[str]:
        """The keys of the pages that need nothing more."""
        catalog, contact, answers = load_catalog(), self.contact, self.answers
        unfinished = contact.get(drafts.UNFINISHED, {})
        return frozenset(
            step.key
            for step in self.steps
            if step.key not in unfinished
            and journey.is_done(step, catalog, contact=contact, answers=answers)
        )

    def step(self, key: str) -> Step:
        """The page with this key if it may be opened now; else a redirect to the one that may.

        A page that is not part of this person's request does not exist for them (404). One that
        was left by changing the language leads on, by way of help if it is needed.
        """
        step = next((each for each in self.steps if each.key == key), None)
        if step is None and key in self.plan.not_offered:
            is_urgent = self.draft.level_rank >= Level.URGENT.rank
            raise Elsewhere(url_for("helping.now") if is_urgent else self.next_url())
        if step is None:
            abort(404)
        if self.draft.is_draft and not journey.may_open(step, self.steps, self.done):
            raise Elsewhere(self.next_url())
        return step

    def next_url(self) -> str:
        """The address at which a person goes on: the first page that still needs something."""
        if not self.draft.is_draft:
            return url_for("wizard.done")
        return self.open_url(journey.first_open(self.steps, self.done))

    def open_url(self, step: Step) -> str:
        """The address at which a page's first open question is asked."""
        if self.is_open_further(step):
            return url_for("answering.more", instrument=step.key)
        return url_of(step)

    def open_page(self, step: Step) -> tuple[str, str]:
        """The heading of the page that asks a page's first open question, and its address."""
        return heading(step.key, further=self.is_open_further(step)), self.open_url(step)

    def is_open_further(self, step: Step) -> bool:
        """Whether the first questions of a page are answered, and further ones are not."""
        marks = self.answers.get("skipped", [])
        left_first = journey.unfinished_key(step.key) in marks or (
            not self.draft.is_draft and journey.part_key(step.key) in marks
        )
        return step.key in self.answers and not left_first and not self.was_cut_short(step)

    def has_open_questions(self, step: Step) -> bool:
        """Whether the answers to a page call for questions none of which has been answered yet."""
        given = self.answers.get(step.key, {})
        return step.asked is not None and journey.has_open_questions(
            step.asked, load_catalog(), contact=self.contact, given=given
        )

    def may_wait(self, step: Step) -> bool:
        """Whether a page needs nothing before the short way sends: whoever told of danger is to be
        called soon, and what else is open on the page can be answered later."""
        is_urgent = self.draft.level_rank >= Level.URGENT.rank
        is_part = journey.is_unfinished(step.key, self.answers)
        return step.key in self.done or (
            is_urgent and is_part and not self.has_open_questions(step)
        )

    @property
    def left_open(self) -> list[Step]:
        """The pages whose questions may still be answered after the request was sent."""
        return [step for step in self.steps if self.is_left_open(step)]

    def is_left_open(self, step: Step) -> bool:
        """Whether a page that asks was skipped or never shown, in whole or in part."""
        catalog, contact, answers = load_catalog(), self.contact, self.answers
        return step.asked is not None and journey.is_left_open(
            step.asked, catalog, contact=contact, answers=answers
        )

    def is_in_part(self, step: Step) -> bool:
        """Whether a page is to be asked again, with what was answered of it."""
        return journey.is_unfinished(step.key, self.answers) or self.was_cut_short(step)

    def was_cut_short(self, step: Step) -> bool:
        """Whether a page is to be asked again, since it was only asked in part."""
        return step.asked is not None and journey.was_cut_short(
            step.asked, load_catalog(), self.answers
        )

    def page(self, step: Step, *, further: bool = False) -> dict[str, Any]:
        """What every page of the form shows around its questions."""
        if not self.draft.is_draft:
            return self._page_after_sending()
        place = self.steps.index(step)
        back = url_of(self.steps[place - 1]) if place else url_for("pages.home")
        if further:
            back = url_of(step)
        elif request.args.get("from") == "check":
            back = url_for("wizard.check")
        elif drafts.is_short_way(self.draft):
            back = url_for("call_me.ask")
        asks_safety = self.plan.safety is not None
        # The one page of the short way takes the place of the first two.
        fewer = len(journey.CONTACT_STEPS) - 1 if drafts.is_short_way(self.draft) else 0
        return {
            "number": place + 1 - fewer,
            "total": len(self.steps) - fewer,
            "back": back,
            "asks_safety": asks_safety,
            "for_other": self.is_for_other,
            "is_sent": False,
            "easier": not drafts.is_short_way(self.draft),
            "way_back": way_back(self.draft),
        }

    def _page_after_sending(self) -> dict[str, Any]:
        """The same for a question that is answered late: it stands alone."""
        return {
            "number": 0,
            "total": 0,
            "back": self.next_url(),
            "asks_safety": self.plan.safety is not None,
            "for_other": self.is_for_other,
            "is_sent": True,
            "way_back": "sent",
        }

    def onward(self) -> ResponseReturnValue:
        """Go on after a page: to the first one that still needs something, in the end to check,
        and after sending to the confirmation.

        A change leads to the questions it calls for and then back, never through all pages again.
        """
        return see(self.next_url())

    def saved(self) -> Visit:
        """The visit after something was saved: answers may have added or removed pages."""
        return Visit(self.draft, self.clinic, self.language)


def blank_plan(clinic: Clinic) -> Plan:
    """What everybody is asked, whatever they come for, in the language of the request."""
    return plan_for(
        load_catalog(),
        (),
        language=i18n.language(),
        offers_asq=clinic.offers_asq,
        offers_gad7=clinic.offers_gad7,
    )


def visit(*, even_sent: bool = False) -> Visit:
    """The draft of this browser; whoever has none is sent to the first page.

    A request that was sent already leads to its confirmation, unless `even_sent`.
    """
    draft = drafts.by_cookie(session.get(DRAFT_COOKIE), now=clock.now())
    return _visit_of(draft, even_sent=even_sent)


@contextmanager
def changing_visit(*, even_sent: bool = False) -> Iterator[Visit]:
    """The same to change it, in a unit of work of its own: what the block changes is written at
    its end, with the language the person reads now. `even_sent` also takes one that was sent.
    """
    with unit_of_work(), drafts.changing(session.get(DRAFT_COOKIE), now=clock.now()) as draft:
        here = _visit_of(draft, even_sent=even_sent)
        drafts.speak(here.draft, i18n.language())
        yield here


@contextmanager
def starting_visit(start: Mapping[str, Any]) -> Iterator[Visit]:
    """A visit whose first page is saved with these values: into this browser's draft, or into a
    new one. In a unit of work of its own: what the block changes is written at its end.
    """
    with _own_draft() as known:
        if known is None:
            here = _begun(drafts.begin, start)
        else:
            drafts.save_start(known, start, current_clinic(), now=clock.now())
            here = Visit(known, current_clinic())
        if request.form.get(TRAP_FIELD):
            suspect(here.draft, TRAP)
        yield here


def keep_unfinished_start(values: Mapping[str, Any]) -> None:
    """Keep what was said on a first page that is not finished, likewise; if nothing was, nothing
    begins.
    """
    with _own_draft() as known:
        if known is None:
            if values:
                _begun(drafts.begin_unfinished, values)
            return
        drafts.keep_unfinished(known, "start", values, current_clinic(), now=clock.now())


@contextmanager
def _own_draft() -> Iterator[Submission | None]:
    """This browser's draft to change it, or None; in a unit of work of its own."""
    with unit_of_work(), drafts.changing(session.get(DRAFT_COOKIE), now=clock.now()) as known:
        if known is None or not known.is_draft:
            yield None
            return
        drafts.speak(known, i18n.language())
        yield known


def _begun(begin: Callable[..., tuple[Submission, str]], start: Mapping[str, Any]) -> Visit:
    """A new draft, which belongs to this browser from now on."""
    clinic, now = current_clinic(), clock.now()
    draft, token = begin(start, clinic, language=i18n.language(), now=now)
    count_begun(now=now)
    session[DRAFT_COOKIE] = token
    return Visit(draft, clinic)


def _visit_of(draft: Submission | None, *, even_sent: bool = False) -> Visit:
    if draft is None and request.method == "POST":
        raise Elsewhere(url_for("wizard.start", ended=1))
    if draft is None:
        raise Elsewhere(url_for("wizard.start"))
    if not (draft.is_draft or even_sent):
        raise Elsewhere(url_for("wizard.done"))
    return Visit(draft, current_clinic())

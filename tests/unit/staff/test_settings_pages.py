"""Every setting of the clinic can be changed on a page, but for two."""

from intake.clinic.clinic import EXAMPLE_CLINIC
from intake.clinic.document import write_clinic
from intake.staff.settings_forms_clinic import ClinicForm, RecipientsForm
from intake.staff.settings_forms_times import TimesForm
from intake.staff.settings_pause import PauseForm

ON_THE_SERVER = {"time_zone", "offers_asq"}
"""A change of the first moves promises that were made, of the second asks nobody about danger."""


def test_every_setting_has_one_page_or_is_set_on_the_server() -> None:
    pages = (ClinicForm, RecipientsForm, TimesForm, PauseForm)
    names = [name for page in pages for name in page.settings]
    assert len(names) == len(set(names))
    assert set(names) == set(write_clinic(EXAMPLE_CLINIC)) - ON_THE_SERVER

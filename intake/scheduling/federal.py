"""The federal holidays of the United States (5 U.S.C. 6103).

Apart from the rest, since the package that knows them takes long to load and no server needs it.
"""

from datetime import date

import holidays


def federal_holidays(year: int) -> dict[date, str]:
    """The dates of a year that are holidays or on which one is observed, with their names.

    January 1 counts for the year before when it is observed on December 31.
    """
    found = holidays.country_holidays("US", years=[year, year + 1], observed=True).items()
    return {day: name for day, name in sorted(found) if day.year == year}

"""The words of urgent rules: each has an order, and the order can be said in the past."""

from intake.screening.catalog import load_catalog
from intake.screening.level import Level
from intake.staff.reasons import TO_DO, TO_DO_MEDICAL, WAS_TO_DO


def test_every_order_of_an_urgent_rule_can_be_said_in_the_past() -> None:
    rules = load_catalog().rules.table.values()
    urgent = [rule for rule in rules if rule.level is not None and rule.level >= Level.URGENT]
    assert urgent
    for words in (*(rule.staff_text for rule in urgent), *TO_DO.values(), TO_DO_MEDICAL):
        assert any(order in words for order in WAS_TO_DO), words

"""A clinic that may serve real people: nothing of it is the example's."""

from dataclasses import replace

from intake.clinic.clinic import EXAMPLE_CLINIC, Contact

REAL = replace(
    EXAMPLE_CLINIC,
    phone_number="+13127446000",
    staff_recipients=("desk@quiet-harbor.test",),
    on_call_recipients=("call@quiet-harbor.test",),
    reply_to="desk@quiet-harbor.test",
    safety_contact=Contact(name="Dr. A", phone_number="+13127446001", email="a@quiet-harbor.test"),
    backup_contact=Contact(name="Dr. B", phone_number="+13127446002", email="b@quiet-harbor.test"),
)

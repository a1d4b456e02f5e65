"""QR codes as paths."""

import re

import segno

from intake.web.qr import qr_code

TEXT = "otpauth://totp/Clinic:desk@example.com?secret=JBSWY3DPEHPK3PXP&issuer=Clinic"


def test_the_drawing_has_the_modules_of_the_code_and_a_quiet_zone() -> None:
    size, path = qr_code(TEXT)
    drawn = {
        (int(x) + step, int(y))
        for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", path)
        for step in range(int(width))
    }
    rows = segno.make(TEXT, error="m", micro=False).matrix
    dark = {(x + 4, y + 4) for y, row in enumerate(rows) for x, bit in enumerate(row) if bit}
    assert drawn == dark
    assert size == len(rows) + 8

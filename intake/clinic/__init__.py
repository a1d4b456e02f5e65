"""The clinic itself: name, phone, time zone, hours, crisis lines and recipients."""

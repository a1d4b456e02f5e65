"""Request plumbing shared by the patient and the staff site: forms, fields, errors, headers."""

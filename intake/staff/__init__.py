"""Pages for the clinic: every view names a permission."""

"""How much the patient's way costs, as ratios against a bare application doing the same work."""

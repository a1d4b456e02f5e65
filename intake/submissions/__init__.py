"""What a patient sent: drafts, submissions and their life at the front desk."""

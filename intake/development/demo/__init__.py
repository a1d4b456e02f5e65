"""Many believable, made-up requests for a clinic to develop and measure with."""

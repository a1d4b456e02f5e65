"""What can go wrong in screening; no message ever repeats an answer."""


class ScreeningError(Exception):
    """The base of every error raised by this package."""


class ShapeError(ScreeningError):
    """A JSON value does not have the expected shape; `place` says where, `reason` why."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}" if place else reason)
        self.place = place
        self.reason = reason


class InstrumentError(ScreeningError):
    """A data file is malformed; names the file, the place in it and the reason."""

    def __init__(self, file: str, place: str, reason: str) -> None:
        super().__init__(f"{file}: {place}: {reason}" if place else f"{file}: {reason}")
        self.file = file
        self.place = place
        self.reason = reason


class AnswerError(ScreeningError):
    """An answer is not one its question allows, or belongs to no question."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key}: {reason}")
        self.key = key
        self.reason = reason


class NotScoredError(ScreeningError):
    """The instrument is recorded and shown but has no scoring rule."""


class InputError(ScreeningError):
    """Text given to a command is not usable; one line that says which key is wrong."""

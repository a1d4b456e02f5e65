"""The form for a provider's own video room, and the field of such a link."""

from intake.scheduling.meeting import LONGEST_LINK, is_video_link
from intake.web.fields import TextField
from intake.web.forms import Form


class VideoLinkField(TextField):
    """The address of a video room."""

    type_attribute = "url"
    max_length = LONGEST_LINK

    def check(self) -> None:
        """Refuse what a browser would not open, or not safely."""
        super().check()
        if not is_video_link(self.data):
            self.refuse("Enter a link that begins with https://")


class RoomForm(Form):
    """A provider's own video room."""

    video_link = VideoLinkField(
        "Video link",
        hint="Only calls with them take place there. Empty: the link of the booking rules.",
        optional=True,
    )

"""The exception for a step that cannot be taken; its text is shown to the person who tried."""


class Refused(Exception):
    """The step cannot be taken. ``messages``: why, and what to do, in Dutch, for the person who tried; str() joins them."""

    def __init__(self, *messages: object) -> None:
        super().__init__(*messages)
        self.messages = messages

    def __str__(self) -> str:
        return " ".join(map(str, self.messages))

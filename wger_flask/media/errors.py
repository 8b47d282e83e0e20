"""Why an upload is refused: one class a reason, with the sentence that clients are shown.

The sentences are part of the API. They stand here, together, so that a view has one class to catch
(`RefusedFile`) and the text to put under the name of the field. `NotStored` is no refusal: nothing is
wrong with the file, but with the place where it was to lie.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class NotStored(Exception):
    """The folder of files takes nothing: it is full, not writable, or not there."""

    message = "Files cannot be stored at the moment. Try again later."


@contextmanager
def storing() -> Iterator[None]:
    """Run a block that writes files; what the disk says against it becomes `NotStored`."""
    try:
        yield
    except OSError as wrong:
        raise NotStored(str(wrong)) from wrong


class RefusedFile(ValueError):
    """Base of the reasons; `message` is the sentence to answer with."""

    message = ""

    def __init__(self, message: str | None = None) -> None:
        self.message = message or self.message
        super().__init__(self.message)


class NotSubmitted(RefusedFile):
    """The field is missing."""

    message = "No file was submitted."


class NotAFile(RefusedFile):
    """The field holds text instead of a file."""

    message = "The submitted data was not a file. Check the encoding type on the form."


class EmptyFile(RefusedFile):
    """The file has no bytes."""

    message = "The submitted file is empty."


class InvalidImage(RefusedFile):
    """The content is no picture, or a broken, truncated, oversized or doctored one."""

    message = "Upload a valid image. The file you uploaded was either not an image or a corrupted image."


class InvalidVideo(RefusedFile):
    """The content is a film that is broken or truncated or carries something else along."""

    message = "Upload a valid video. The file you uploaded was either not a video or a corrupted video."


class AnimatedImage(RefusedFile):
    """The picture moves."""

    message = "Animated images are not supported."


class TooLarge(RefusedFile):
    """The file has more bytes than allowed."""

    def __init__(self, limit: str) -> None:
        super().__init__(f"The maximum {limit}.")


class UnsupportedFormat(RefusedFile):
    """The content is of a kind that is known but not taken."""

    def __init__(self, allowed: Iterable[str]) -> None:
        super().__init__(f"File type is not supported. Allowed formats: {', '.join(allowed)}.")


class ExtensionNotAllowed(RefusedFile):
    """The name of the file ends in something that its content is not."""

    def __init__(self, extension: str, allowed: Iterable[str]) -> None:
        known = ", ".join(sorted(allowed))
        super().__init__(f"File extension \u201c{extension}\u201d is not allowed. Allowed extensions are: {known}.")

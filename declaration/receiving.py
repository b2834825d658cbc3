"""Take in uploaded files: never more than the limit, and no trouble with one fails the request.

A request that failed here would lose what was typed beside the files.
"""

import logging
from contextlib import suppress
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from declaration.uploads import MAX_BYTES

logger = logging.getLogger(__name__)

MAX_AT_ONCE = 20
TOO_MANY = f"came after {MAX_AT_ONCE} others. Upload it next: {MAX_AT_ONCE} at once are the limit"
NO_ROOM = "could not be received, because the portal has no room left for files. Tell ecda"


class ReceivedFile(UploadedFile):  # type: ignore[type-arg]  # a base class, bytes throughout
    """A file as it came in; `trouble` says in words, after its name, why it is not all there."""

    def __init__(self, *args: Any, trouble: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trouble = trouble


class BoundedUploadHandler(FileUploadHandler):
    """Writes each file of a request to a nameless temporary one, and stops writing at the limit.

    Its size is what was sent, also when less was written.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.taken = 0
        self.trouble = ""
        self.file: IO[bytes] = BytesIO()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file; nothing of it is written when there are too many already."""
        super().new_file(*args, **kwargs)
        self.taken += 1
        self.file, self.trouble = BytesIO(), ""
        if self.taken > MAX_AT_ONCE:
            self.trouble = TOO_MANY
            return
        try:
            self.file = TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115  the request closes it
        except OSError as error:
            self._give_up(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write what the limit leaves room for."""
        room = MAX_BYTES - start
        if self.trouble or room <= 0:
            return
        try:
            self.file.write(raw_data[:room])
        except OSError as error:
            self._give_up(error)

    def file_complete(self, file_size: int) -> "ReceivedFile":
        """Hand over the file, of the size that was sent."""
        try:
            self.file.seek(0)
        except OSError as error:
            self._give_up(error)
        return ReceivedFile(
            file=self.file,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
            trouble=self.trouble,
        )

    def upload_interrupted(self) -> None:
        """Throw away the file that was coming in when the connection ended."""
        self.file.close()

    def _give_up(self, error: OSError) -> None:
        logger.error("an uploaded file could not be received: %s", error)
        with suppress(OSError):
            self.file.close()
        self.file, self.trouble = BytesIO(), NO_ROOM

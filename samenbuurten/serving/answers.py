"""What the server sends: to HEAD only the head, for a body would be read as the answer to the next request."""

from waitress.task import WSGITask


class Answer(WSGITask):
    @property
    def is_head(self):
        return self.request.command == "HEAD"

    def get_environment(self):
        environ = super().get_environment()
        if self.is_head:
            # What sends a file by itself does not ``write``.
            environ.pop("wsgi.file_wrapper", None)
        return environ

    def write(self, data):
        super().write(b"" if self.is_head else data)
        if self.is_head:
            self.chunked_response = False  # or the end of the pieces is sent

import gc
import os
from importlib import import_module

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samenbuurten.settings")


class Request(WSGIRequest):
    """A request of which the content type cannot be read is a request all the same: of another charset than ours,
    which is refused where everything is (Utf8Middleware)."""

    def _set_content_type_params(self, meta):
        try:
            super()._set_content_type_params(meta)
        except (ValueError, LookupError):
            self.content_type, self.content_params = "", {"charset": "unreadable"}


class Handler(WSGIHandler):
    request_class = Request


# What is loaded now stays: to look for garbage in it takes a quarter of the start, and time ever after.
gc.disable()
django.setup(set_prefix=False)
application = Handler()
import_module(settings.ROOT_URLCONF)  # now, and not while the first visitor waits
gc.freeze()
gc.enable()

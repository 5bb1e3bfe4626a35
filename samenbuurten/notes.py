"""Where a message for the next page waits: in a cookie with the same guard as the others, else in the session."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class NoteCookie(CookieStorage):
    cookie_name = settings.MESSAGE_COOKIE_NAME


class NoteStorage(FallbackStorage):
    storage_classes = (NoteCookie, SessionStorage)

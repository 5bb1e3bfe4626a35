import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samenbuurten.settings")

# What is loaded now stays: to look for garbage in it takes a quarter of the start, and time ever after.
gc.disable()
application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)  # now, and not while the first visitor waits
gc.freeze()
gc.enable()

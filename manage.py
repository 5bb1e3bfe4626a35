#!/usr/bin/env python
import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samenbuurten.settings")
    from django.core.management import execute_from_command_line  # the path to the settings first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

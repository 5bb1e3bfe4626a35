"""What a person who makes a backup or puts one back is told, in words; nothing was changed then."""


class Unusable(Exception):
    """The file, or the place to put it, will not do."""

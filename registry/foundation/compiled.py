"""The former address of ``Prepared``."""

from registry.foundation.cache import Prepared

__all__ = ["Prepared"]

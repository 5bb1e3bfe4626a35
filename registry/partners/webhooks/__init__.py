"""Tell partners that an initiative appeared, changed or went: a queue filled from the traces, signed, tried again.

A message says which initiative and what happened, and no more. The receiver asks the API for the rest, so a
message that waits an hour can give away nothing that was withdrawn meanwhile.
"""

from registry.partners.webhooks.delivery import deliver, is_due, retry, run, send_test, stop
from registry.partners.webhooks.queue import enqueue, start
from registry.partners.webhooks.signing import rotate, secret_of

__all__ = [
    "deliver",
    "enqueue",
    "is_due",
    "retry",
    "rotate",
    "run",
    "secret_of",
    "send_test",
    "start",
    "stop",
]

"""What the scripts of the survey may not lean on: functions younger than the oldest browsers that get them.

Those are Safari 12.1 (iOS 12.2), Chrome 73 and Firefox 78. Younger syntax is turned over by the build (es2018).
"""

import json

# Path of what is younger: the first Safari, Chrome and Firefox that have it.
NEWER = {
    "AbortSignal.timeout": (16, 103, 100),
    "AbortSignal.any": (17.4, 116, 124),
    "AbortSignal.prototype.throwIfAborted": (15.4, 100, 97),
    "Array.prototype.at": (15.4, 92, 90),
    "Array.prototype.findLast": (15.4, 97, 104),
    "Array.prototype.toSorted": (16, 110, 115),
    "Array.fromAsync": (16.4, 121, 115),
    "Blob.prototype.arrayBuffer": (14, 76, 69),
    "Blob.prototype.text": (14, 76, 69),
    "BroadcastChannel": (15.4, 54, 38),
    "CompressionStream": (16.4, 80, 113),
    "Crypto.prototype.randomUUID": (15.4, 92, 95),
    "Element.prototype.replaceChildren": (14, 86, 78),
    "HTMLDialogElement.prototype.showModal": (15.4, 37, 98),
    "HTMLFormElement.prototype.requestSubmit": (16, 76, 75),
    "IDBFactory.prototype.databases": (14, 72, 126),
    "IDBTransaction.prototype.commit": (15, 76, 74),
    "Map.groupBy": (17.4, 117, 119),
    "Navigator.prototype.locks": (15.4, 69, 96),
    "Object.groupBy": (17.4, 117, 119),
    "Object.hasOwn": (15.4, 93, 92),
    "Promise.allSettled": (13, 76, 71),
    "Promise.any": (14, 85, 79),
    "Promise.withResolvers": (17.4, 119, 121),
    "Response.json": (17, 105, 115),
    "ServiceWorkerRegistration.prototype.sync": (None, 49, None),
    "StorageManager.prototype.persist": (15.2, 55, 57),
    "String.prototype.at": (15.4, 92, 90),
    "String.prototype.matchAll": (13, 73, 67),
    "String.prototype.replaceAll": (13.1, 85, 77),
    "SubmitEvent.prototype.submitter": (15.4, 81, 75),
    "URL.canParse": (17, 120, 115),
    "WeakRef": (14.1, 84, 79),
    "scheduler": (None, 94, 142),
    "structuredClone": (15.4, 98, 94),
}
# Used where it is there, with another way where it is not; the tests take these away too.
HAS_ANOTHER_WAY = {
    "HTMLDialogElement.prototype.showModal",
    "ServiceWorkerRegistration.prototype.sync",
    "StorageManager.prototype.persist",
    "SubmitEvent.prototype.submitter",
}
# The same word is an older function of something else (a response, the clients of a worker): only taken away.
SAME_WORD = {"Blob.prototype.arrayBuffer", "Blob.prototype.text", "String.prototype.matchAll"}


def taking_away(*paths):
    """A script that makes this browser as old as one without these."""
    gone = """for (const path of PATHS) {
        const names = path.split("."), last = names.pop();
        let owner = self;
        for (const name of names) owner = owner && owner[name];
        if (owner) delete owner[last];
    }
    """
    return gone.replace("PATHS", json.dumps(paths))


OLD = taking_away(*NEWER)

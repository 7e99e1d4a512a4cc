"""A process that holds a lease and says each time that it would send: `python -m …lease_holder ADDRESS SECONDS`.

It naps after it has said so, then looks again: a test that stops it at once stops it in its nap.
"""

import sys
import time

from fenzu.database import open_database
from fenzu.regroup._running.lease import Leases

ACCOUNT = ("http://127.0.0.1:8060", "wx5eed")
NAP = 0.05

if __name__ == "__main__":
    leases = Leases(open_database(sys.argv[1]), seconds=float(sys.argv[2]))
    lease = leases.take(*ACCOUNT)
    assert lease is not None
    leases.start()
    while lease.holds():
        print("sent", flush=True)
        time.sleep(NAP)
    print("lost", flush=True)

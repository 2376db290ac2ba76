"""The tests.

What is set here has to be set before anything else is imported.
"""

import gc
import os
import signal

# Several processes run the tests side by side, so each computes in one thread: threads of the
# numeric libraries that outnumber the cores spend their time waiting for one another. Processes
# that a test starts inherit it.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Every test leaves thousands of objects in cycles (an application, a database), and millions live
# as long as the process. Looking through all of them as often as Python does by default took a
# third of the tests' time; so rarely it takes little, and some hundred megabytes more.
gc.set_threshold(50_000, 20, 100)

# What a shell starts in the background ignores interrupts, and so does all that it starts in turn.
# Some tests interrupt a process of theirs, which has to heed it wherever the tests run.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

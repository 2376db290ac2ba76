"""The tests.

What is set here has to be set before anything else is imported.
"""

import gc
import os

# Several processes run the tests side by side, so each computes in one thread: threads of the
# numeric libraries that outnumber the cores spend their time waiting for one another. Processes
# that a test starts inherit it.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Every test leaves thousands of objects in cycles (an application, a database), and millions live
# as long as the process. Looking through all of them as often as Python does by default took a
# third of the tests' time; so rarely it takes little, and some hundred megabytes more.
gc.set_threshold(50_000, 20, 100)

"""A batch of the small library in a process of its own, which may kill itself on the way.

`python -m tests.batch.process HOME OUT [COMMITS]`: before so many commits of the run it dies as a
process dies that is killed. It prints what its steps do.
"""

import os
import signal
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, event

from matcher.batch import documents, needs
from matcher.batch.inputs import inputs_of
from matcher.batch.orders import Order, alone, run, start
from matcher.batch.steps import all_steps
from matcher.desk import Desk
from matcher.people import actor_of_program
from matcher.planning import load_settings
from tests.batch.library import opened_library

needs._KEPT_AT_ONCE = 3
documents._AT_ONCE = 4


def main(home: Path, out: Path, commits: int) -> None:
    with closing(opened_library(home)) as matcher, alone(matcher.database, home):
        desk, settings = Desk(matcher, actor_of_program("测试")), load_settings(home)
        inputs = inputs_of(matcher, assignment=settings.as_json())
        order = Order(month=date(2026, 11, 1), out=out, by="测试")
        if commits:
            left = iter(range(commits))

            @event.listens_for(matcher.database.engine, "commit")
            def die(_connection: Connection) -> None:
                if next(left, None) is None:
                    os.kill(os.getpid(), signal.SIGKILL)

        started = start(desk, order, inputs)
        print("began", started.beginning.name, flush=True)
        run(desk, order, started, all_steps(settings, inputs), tell)


def tell(label: str, done: int, total: int) -> None:
    print(label, done, total, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0)

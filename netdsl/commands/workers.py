"""Many jobs at once, by processes: what comes of each is what one process makes of it, in the
order of the jobs.

Processes are forked where that can be done, so that what the first has loaded nobody loads again.
Each has a few jobs in hand, and none waits for another. One that dies takes no more than its job
with it, of which that is said; another takes its place.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from netdsl.records import NamedTuple

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from netdsl.commands.arguments import Options
    from netdsl.commands.work import Work

_AHEAD = 3
"""How many jobs a process has in hand, the one it works on included."""


class _Worker:
    """A process, the way to it, and the numbers of the jobs that it has in hand."""

    def __init__(self, process: BaseProcess, pipe: Connection[Any, Any]) -> None:
        self.process = process
        self.pipe = pipe
        self.in_hand: deque[int] = deque()


class _Raised(NamedTuple):
    """What a job raised, which is a bug of ours."""

    error: Exception


def at_once(
    work: Work, options: Options, jobs: Sequence[Any], count: int, tick: Callable[[], None]
) -> list[Any] | None:
    """What comes of each job, done by `count` processes; `tick` is called after each. None if
    the system allows no process."""
    given = _Given(work, options)
    workers = _started(given, count)
    return _Round(given, jobs, workers, tick).answers() if workers else None


class _Given(NamedTuple):
    """What each process is given once."""

    work: Work
    options: Options


def _started(given: _Given, count: int) -> list[_Worker]:
    """As many processes as there can be."""
    if _forks():
        given.work.warm()
    workers: list[_Worker] = []
    try:
        while len(workers) < count:
            workers.append(_worker(given))
    except OSError:
        pass  # the system allows no more
    return workers


class _Round:
    """Jobs, and the processes that do them."""

    def __init__(
        self,
        given: _Given,
        jobs: Sequence[Any],
        workers: list[_Worker],
        tick: Callable[[], None],
    ) -> None:
        self.given = given
        self.jobs = jobs
        self.workers = workers
        self.tick = tick
        self.waiting = deque(range(len(jobs)))
        self.found: dict[int, Any] = {}

    def answers(self) -> list[Any]:
        from multiprocessing.connection import wait

        try:
            for worker in [*self.workers]:
                self._fill(worker)
            while len(self.found) < len(self.jobs):
                ready = wait([each.pipe for each in self.workers])
                for worker in [each for each in self.workers if each.pipe in ready]:
                    self._hear(worker)
            return [self.found[at] for at in range(len(self.jobs))]
        finally:
            self._end()

    def _hear(self, worker: _Worker) -> None:
        """Takes an answer, or notices that none will come."""
        try:
            answer = worker.pipe.recv()
        except (EOFError, OSError):
            self._replace(worker)
            return
        if isinstance(answer, _Raised):
            raise answer.error
        self._done(worker.in_hand.popleft(), answer)
        self._fill(worker)

    def _fill(self, worker: _Worker) -> None:
        while self.waiting and len(worker.in_hand) < _AHEAD:
            at = self.waiting.popleft()
            worker.in_hand.append(at)
            try:
                worker.pipe.send(self.jobs[at])
            except OSError:
                self._replace(worker)
                return

    def _replace(self, worker: _Worker) -> None:
        """The job that a dead process had begun is lost; the others are still to be done."""
        self.workers.remove(worker)
        worker.process.join()
        worker.pipe.close()
        begun = worker.in_hand.popleft() if worker.in_hand else None
        self.waiting.extendleft(reversed(worker.in_hand))
        if begun is not None:
            self._done(begun, self.given.work.lost(self.jobs[begun], _end_of(worker.process)))
        if not self.waiting:
            return
        try:
            self.workers.append(_worker(self.given))
        except OSError:
            if not self.workers:
                raise
        else:
            self._fill(self.workers[-1])

    def _done(self, at: int, answer: Any) -> None:
        self.found[at] = answer
        self.tick()

    def _end(self) -> None:
        """Ends the processes: what one of them is writing is taken back."""
        for worker in self.workers:
            if worker.in_hand:
                worker.process.terminate()
            with suppress(OSError):
                worker.pipe.send(None)
        for worker in self.workers:
            worker.process.join()
            worker.pipe.close()


# ---- processes --------------------------------------------------------------


def _forks() -> bool:
    """Whether processes begin as copies of this one. On macOS that is not safe."""
    import os

    return hasattr(os, "fork") and sys.platform != "darwin"


def _worker(given: _Given) -> _Worker:
    """
    Raises:
        OSError: there can be no more processes.
    """
    from multiprocessing import get_context

    context: Any = get_context("fork" if _forks() else "spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(given, theirs), daemon=True)
    try:
        process.start()
    except OSError:
        ours.close()
        raise
    finally:
        theirs.close()
    return _Worker(process, ours)


def _serve(given: _Given, pipe: Connection[Any, Any]) -> None:
    """Does jobs as long as they come. An interrupt is for the process that sends them, which then
    ends this one."""
    import signal
    from multiprocessing import parent_process
    from multiprocessing.connection import wait

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    parent = parent_process()
    assert parent is not None
    try:
        while pipe in wait([pipe, parent.sentinel]):
            job = pipe.recv()
            if job is None:
                return
            pipe.send(_answer(given, job))
    except (EOFError, OSError):
        pass  # nobody is there any more


def _leave(*_: object) -> None:
    sys.exit(1)


def _answer(given: _Given, job: Any) -> Any:
    try:
        return given.work.do(given.options, job)
    except Exception as error:
        return _Raised(_as_sent(error))


def _as_sent(error: Exception) -> Exception:
    """An exception as it is, or, if it cannot be sent, another one that says the same."""
    import pickle

    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _end_of(process: BaseProcess) -> str:
    """What a process died of."""
    import signal

    code = process.exitcode or 0
    try:
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    except ValueError:
        how = f"signal {-code}"
    return f"the process that worked on it died ({how})"

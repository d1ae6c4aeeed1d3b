"""Files on their way in, one after the other: read, looked at, imported; and what came of each."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from core.errors import KnownError
from core.model.reconciliations import StatementProvider
from core.services.statements.importing import ImportedStatement, ImportStatement
from core.services.statements.known_lines import Standing
from core.services.statements.looking import Asked, LookedInto
from ui.context import PageContext
from ui.tasks import Progress, Task


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What came of one file: its accounts, or why it was refused."""

    name: str
    accounts: tuple[ImportedStatement, ...] = ()
    refusal: KnownError | None = None


class Intake(QObject):
    """Holds the files that wait; nothing of it blocks the window.

    Signals:
        reading_began(name, again): a file is being read; ``again`` in another way than before.
        reading_moved(done, total): so far is the reading.
        reading_ended: it is read, refused or stopped.
        looked(look): the first file that waits was read.
        refused(error): it could not be read another way; what was read before stays.
        imported(accounts): the first file was taken in; call ``go_on``.
        not_imported(error): it was not.
        import_ended: either way, or after a bug.
        counted(standings): what is new if the chosen providers sent the accounts.
        emptied: no file waits any more; see ``outcomes``.
    """

    reading_began = Signal(str, bool)
    reading_moved = Signal(int, int)
    reading_ended = Signal()
    looked = Signal(object)
    refused = Signal(object)
    imported = Signal(object)
    not_imported = Signal(object)
    import_ended = Signal()
    counted = Signal(object)
    emptied = Signal()

    def __init__(self, context: PageContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._files: deque[Path] = deque()
        self._reading: Task[LookedInto] | None = None
        self._outcomes: list[FileOutcome] = []
        self._pasted: set[Path] = set()

    @property
    def outcomes(self) -> tuple[FileOutcome, ...]:
        """What came of the files so far, since the last ``begin``."""
        return tuple(self._outcomes)

    @property
    def waiting(self) -> int:
        """How many files come after the one looked at."""
        return max(0, len(self._files) - 1)

    @property
    def is_reading(self) -> bool:
        """Tell whether a file is being read."""
        return self._reading is not None

    def expect_files(self) -> None:
        """Have the shop ready for a large file, which takes a moment: somebody may bring one."""
        app, actor = self._context.app, self._context.actor
        self._expecting(lambda: app.statements.expect_files(actor))

    def expect_no_files(self) -> None:
        """Let the shop be as before: nobody can bring a file any more."""
        app = self._context.app
        self._expecting(lambda: app.statements.expect_no_files())  # noqa: PLW0108 - loaded there

    def _expecting(self, say: Callable[[], None]) -> None:
        # Where it fails a statement takes a moment longer: the person need not hear of it.
        self._context.tasks.aside(
            self, lambda _is_unwanted: say(), latest="expecting", on_known_error=lambda _error: None
        )

    def begin(self, paths: Sequence[Path]) -> None:
        """Look into files, one after the other; those that waited before are left."""
        self.stop_reading()
        self._leave_files()
        self._outcomes.clear()
        self._files = deque(paths)
        self.go_on()

    def go_on(self) -> None:
        """Read the next file, or tell that none waits."""
        if self._files:
            self.read(self._files[0], Asked(), again=False)
        else:
            self.emptied.emit()

    def skip(self) -> None:
        """Leave the first file and go on."""
        self.stop_reading()
        self._drop_first()
        self.go_on()

    def leave(self) -> None:
        """Leave all files that wait."""
        self.stop_reading()
        self._leave_files()
        self.emptied.emit()

    def read(self, path: Path, asked: Asked, *, again: bool) -> None:
        """Read a file, or read it again in another way."""
        self.stop_reading()
        app = self._context.app
        self.reading_began.emit(path.name, again)

        def finished() -> None:
            self._reading = None
            self.reading_ended.emit()

        def work(progress: Progress) -> LookedInto:
            return app.statements.look(path, asked, watch=progress)

        self._reading = self._context.tasks.slow(
            self,
            work,
            on_success=self.looked.emit,
            on_known_error=self.refused.emit if again else self._on_refused,
            on_finished=finished,
            on_progress=self.reading_moved.emit,
        )

    def stop_reading(self) -> None:
        """Stop what is being read; its answer is not wanted any more."""
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
            self.reading_ended.emit()

    def count(self, look: LookedInto, providers: Sequence[StatementProvider]) -> None:
        """Count what is new if these providers sent the accounts."""
        app, file = self._context.app, look.file
        if file is None:
            return

        def work() -> tuple[Standing, ...]:
            return app.statements.standing(file, providers)

        self._context.tasks.query(self, work, on_success=self.counted.emit, latest="standing")

    def take_in(self, command: ImportStatement) -> None:
        """Import the file; a write that has begun is not cut off."""
        app, actor = self._context.app, self._context.actor

        def done(accounts: tuple[ImportedStatement, ...]) -> None:
            self._outcomes.append(FileOutcome(command.path.name, accounts))
            self._drop_first()
            self.imported.emit(accounts)

        self._context.tasks.slow(
            self,
            lambda _progress: app.statements.import_file(actor, command),
            on_success=done,
            on_known_error=self.not_imported.emit,
            on_finished=self.import_ended.emit,
        )

    def paste(self, text: str) -> None:
        """Look into pasted messages as into a file."""
        app, actor = self._context.app, self._context.actor
        self._context.tasks.slow(
            self,
            lambda _progress: app.statements.paste(actor, text),
            on_success=self._on_pasted,
            on_known_error=self.refused.emit,
        )

    def _on_pasted(self, path: Path) -> None:
        self._pasted.add(path)
        self.begin([path])

    def _on_refused(self, error: KnownError) -> None:
        path = self._files[0]
        self._outcomes.append(FileOutcome(path.name, refusal=error))
        self._drop_first()
        self.go_on()

    def _drop_first(self) -> None:
        if self._files:
            path = self._files.popleft()
            if path in self._pasted and path not in self._files:
                self._pasted.discard(path)
                self._drop(path)

    def _leave_files(self) -> None:
        while self._files:
            self._drop_first()

    def _drop(self, path: Path) -> None:
        app = self._context.app
        self._context.tasks.operation(self, lambda: app.statements.drop_pasted(path))

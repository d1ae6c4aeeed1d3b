"""What every page is given: the open shop, who is signed in, and how to work off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.app import App
from core.permissions import Actor
from ui.preferences import Preferences
from ui.tasks import TaskRunner


@dataclass(frozen=True, slots=True)
class PageContext:
    """Handed to each page when it is built; a new person signing in gets new pages."""

    app: App
    actor: Actor
    tasks: TaskRunner
    preferences: Preferences = field(default_factory=Preferences)

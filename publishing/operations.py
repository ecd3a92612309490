"""Steps of migrations that Django and pgtrigger do not have."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.compiler import Trigger
from pgtrigger.migrations import AddTrigger


class AddTriggers(Operation):
    """Add triggers to a model in one step.

    After each of pgtrigger's own `AddTrigger`, Django makes all models anew that are related to the
    model, which took a third of the time in which a new database is migrated.
    """

    def __init__(self, model_name: str, triggers: Sequence[Trigger]) -> None:
        self.model_name, self.triggers = model_name, triggers

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        options = state.models[app_label, self.model_name].options
        options["triggers"] = [*options.get("triggers", []), *self.triggers]
        state.reload_model(app_label, self.model_name, delay=True)

    def database_forwards(self, *where: Any) -> None:
        for trigger in self.triggers:
            AddTrigger(self.model_name, trigger).database_forwards(*where)

    def database_backwards(self, *where: Any) -> None:
        for trigger in self.triggers:
            AddTrigger(self.model_name, trigger).database_backwards(*where)

    def describe(self) -> str:
        return f"Create {len(self.triggers)} triggers on model {self.model_name}"


class CreateModels(Operation):
    """Create models, and triggers on them, in one step.

    Django makes all models anew that are related to a new one, and again with each constraint,
    which took most of the time in which a new database is migrated.
    """

    def __init__(self, steps: Sequence[Operation]) -> None:
        self.steps = steps

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        before = set(state.models)
        rendered = state.__dict__.pop("apps", None)
        for step in self.steps:
            step.state_forwards(app_label, state)
        if rendered is not None:
            state.__dict__["apps"] = rendered
            state.reload_models(sorted(set(state.models) - before), delay=False)

    def database_forwards(self, *where: Any) -> None:
        for step in self.steps:
            step.database_forwards(*where)

    def database_backwards(self, *where: Any) -> None:
        for step in reversed(self.steps):
            if isinstance(step, CreateModel):  # with a table go its triggers
                step.database_backwards(*where)

    def describe(self) -> str:
        return "; ".join(step.describe() for step in self.steps)

"""The nodes of a compiled flow: human work with one labelled edge per outcome, and gateways that cost little."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Edge, Node
from viewflow.workflow.nodes.end import EndActivation
from viewflow.workflow.nodes.join import JoinActivation
from viewflow.workflow.nodes.split import SplitActivation
from viewflow.workflow.nodes.start import StartHandleActivation
from viewflow.workflow.nodes.switch import SwitchActivation
from viewflow.workflow.status import PROCESS, STATUS

if TYPE_CHECKING:
    from procedures.definition import StepSpec
    from workflows.models import Dossier
    from workflows.services.act import Act

OUTCOME_LABELS = {
    "forward": _("forward"),
    "send_back": _("send back"),
    "approve": _("approve"),
    "refuse": _("refuse"),
    "agree": _("agree"),
    "disagree": _("disagree"),
}
OUTCOME_PLACES = {"approve": 0, "forward": 1, "send_back": 3, "refuse": 4}


def label_of(spec: StepSpec, outcome: str) -> str:
    """What an outcome is called on buttons and in diagrams."""
    return str(spec.labels.get(outcome) or OUTCOME_LABELS.get(outcome) or outcome.replace("_", " "))


class Gateway:
    """An activation whose row is written without the many-to-many relation of predecessors."""

    process: Dossier
    task: Any

    @classmethod
    def create(
        cls, flow_task: Node, prev_activation: Activation, token: Any, data: Any = None, seed: Any = None
    ) -> Activation:
        """Open the gateway's row; the act in progress knows the instant."""
        act = prev_activation.process.current_act
        task = act.new_gateway(flow_task, token)
        task.save()
        return cls(task)  # type: ignore[call-arg, return-value]

    def save_done(self) -> None:
        """Close the gateway's row at the instant of the act."""
        self.task.finished = self.process.current_act.at
        self.task.save(update_fields=["status", "finished"])


class GatewaySplit(Gateway, SplitActivation):
    """Opens all branches at once."""

    @Activation.status.transition(source=STATUS.NEW, target=STATUS.DONE)
    def complete(self) -> None:
        self.save_done()


class GatewaySwitch(Gateway, SwitchActivation):
    """Chooses one branch by the data of the dossier."""

    @Activation.status.transition(source=STATUS.NEW, target=STATUS.DONE)
    def complete(self) -> None:
        self.save_done()


class GatewayEnd(Gateway, EndActivation):
    """Ends the flow of the dossier."""

    @Activation.status.transition(source=STATUS.NEW)
    def activate(self) -> None:
        act = self.process.current_act
        self.process.status = PROCESS.DONE
        self.process.finished = act.at
        act.changed |= {"status", "finished"}

    @Activation.status.transition(source=STATUS.NEW, target=STATUS.DONE)
    def complete(self) -> None:
        self.save_done()


class GatewayJoin(Gateway, JoinActivation):
    """Waits until no branch of the same split is open: one look-up and one count per arrival."""

    prefix = ""

    @classmethod
    def create(
        cls, flow_task: Node, prev_activation: Activation, token: Any, data: Any = None, seed: Any = None
    ) -> Activation:
        act = prev_activation.process.current_act
        waiting = act.dossier.task_set.filter(flow_task=flow_task, status=STATUS.STARTED).first()
        if waiting is None:
            waiting = act.new_gateway(flow_task, token.get_base_split_token())
            waiting.status, waiting.started = STATUS.STARTED, act.at
            waiting.save()
        waiting.process = act.dossier
        activation = cls(waiting)
        activation.prefix = token.get_common_split_prefix(waiting.token, prev_activation.task.pk)
        return activation

    @Activation.status.transition(source=STATUS.STARTED)
    def activate(self) -> None:
        """Nothing to do: the row was opened as started."""

    @Activation.status.transition(source=STATUS.STARTED, target=STATUS.DONE, conditions=[this.all_arrived])
    def complete(self) -> None:
        self.save_done()

    def all_arrived(self) -> bool:
        """Whether no human step of this split is open any more."""
        return not self.process.task_set.open().filter(token__startswith=self.prefix).exists()


class HumanActivation(Activation):
    """A step waiting for a person; finished by the act, never by Viewflow itself."""

    @classmethod
    def create(
        cls, flow_task: HumanNode, prev_activation: Activation, token: Any, data: Any = None, seed: Any = None
    ) -> HumanActivation:
        act: Act = prev_activation.process.current_act
        return cls(act.open_step(flow_task, token))

    @Activation.status.transition(source=STATUS.NEW)
    def activate(self) -> None:
        """A new step waits."""

    @Activation.status.transition(source=STATUS.STARTED, target=STATUS.DONE)
    def complete(self) -> None:
        """Never reached: a human step has no started state."""

    @Activation.status.transition(source=[STATUS.NEW, STATUS.ASSIGNED], target=STATUS.DONE)
    def finish(self) -> None:
        """The person chose an outcome; the row is saved before the flow goes on."""
        self.task.save(
            update_fields=["status", "owner", "outcome", "note", "finished", "finished_by", "on_behalf_of", "data"]
        )

    @Activation.status.transition(source=STATUS.DONE)
    def create_next(self) -> Iterator[Activation]:
        target = self.flow_task.target_of(self.task.outcome, came_from=self.task.data.get("came_from_key", ""))
        yield target._create(self, self.task.token)

    @Activation.status.transition(source=[STATUS.NEW, STATUS.ASSIGNED], target=STATUS.CANCELED)
    def cancel(self) -> None:
        """The dossier ended before the step was done."""
        self.task.finished = self.process.current_act.at
        self.task.save(update_fields=["status", "finished"])


class HumanNode(Node):
    """Human work: one outgoing edge per outcome of the definition."""

    activation_class = HumanActivation
    task_type = "HUMAN"
    bpmn_element = "userTask"
    shape = {
        "width": 150,
        "height": 64,
        "text-align": "middle",
        "font-size": 12,
        "svg": '<rect class="task" width="150" height="64" rx="6" ry="6"/>',
    }

    def __init__(self, spec: StepSpec, targets: Mapping[str, Any], *, back_to_sender: bool = False) -> None:
        super().__init__()
        self.spec = spec
        self.task_title = spec.title
        self._targets: dict[str, Any] = dict(targets)
        self._back_to_sender = back_to_sender

    def _resolve(self, instance: Any) -> None:
        self._targets = {outcome: this.resolve(instance, target) for outcome, target in self._targets.items()}

    def _outgoing(self) -> Iterator[Edge]:
        for outcome, target in self._targets.items():
            label = label_of(self.spec, outcome.split(":")[0])
            yield Edge(src=self, dst=target, edge_class="next", label="" if len(self._targets) == 1 else str(label))

    @property
    def outcomes(self) -> list[str]:
        """What a person may choose: the way on first, the ways back and out last."""
        names = dict.fromkeys(outcome.split(":")[0] for outcome in self._targets)
        if self._back_to_sender:
            return list(names)
        return sorted(names, key=lambda name: OUTCOME_PLACES.get(name, 2))

    @property
    def main_outcome(self) -> str:
        """The way on: what the primary button does."""
        return self.outcomes[0]

    def target_of(self, outcome: str, *, came_from: str = "") -> Node:
        """The node an outcome leads to; a refusal that is sent back returns to the step that proposed it."""
        if self._back_to_sender and outcome == "send_back":
            return self._targets[f"send_back:{came_from}"]
        return self._targets[outcome]


class Start(flow.StartHandle):
    """The start of a flow."""

    activation_class = StartHandleActivation
    task_title = _("Start")


class Split(flow.Split):
    """Parallel steps open here."""

    activation_class = GatewaySplit


class Join(flow.Join):
    """Parallel steps come together here."""

    activation_class = GatewayJoin


class Switch(flow.Switch):
    """A branch by the dossier's data."""

    activation_class = GatewaySwitch


class End(flow.End):
    """The end of a flow."""

    activation_class = GatewayEnd
    task_title = _("End")

"""Operators, and what conditions say of sizes."""

from __future__ import annotations

from typing import Any

from netdsl.checking import operators
from netdsl.checking.evaluate.names import NameEvaluation
from netdsl.checking.frame import Frame
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import (
    UNKNOWN,
    Value,
    joined,
)
from netdsl.shapes.dimension import Dimension
from netdsl.syntax import tree


class ConditionEvaluation(NameEvaluation):
    """Operators and conditions."""

    def truth(self, value: Value) -> bool | None:
        """Whether a value counts as true, if that is known."""
        return operators.truth(value, self.sizes)

    def condition(self, node: tree.Node, frame: Frame) -> bool | None:
        """Whether a condition holds, if that is known."""
        found = self.value(node, frame)
        try:
            return operators.asked(found, self.sizes)
        except Mismatch as wrong:
            self.report(wrong, node.span)
            return None

    def binary(self, op: str, one: Value, other: Value) -> Value:
        """What an operator between two values gives."""
        return operators.binary(op, one, other, self.sizes)

    def _compare(self, first: tree.Node, rest: tuple[tuple[str, Any], ...], frame: Frame) -> Value:
        left = self.value(first, frame)
        result: Value = True
        for op, operand in rest:
            right = self.value(operand, frame)
            found = operators.compared(op, left, right, self.sizes)
            if found is not True:
                if found is False:
                    return False
                result = found if len(rest) == 1 else UNKNOWN
                if len(rest) > 1 and operand is not rest[-1][1]:
                    operators.asked(found, self.sizes)
            left = right
        return result

    def _logical(self, op: str, left: tree.Node, right: tree.Node, frame: Frame) -> Value:
        one = self.value(left, frame)
        known = operators.asked(one, self.sizes)
        if known is None:
            asked = frame.inner()
            other = self.value(right, asked)
            frame.join(frame.variables, asked.variables)
            decided = self.truth(other)
            return decided if decided is (op == "or") else UNKNOWN
        return self.value(right, frame) if known == (op == "and") else one

    def _ternary(
        self, condition: tree.Node, then: tree.Node, otherwise: tree.Node, frame: Frame
    ) -> Value:
        known = self.condition(condition, frame)
        if known is not None:
            return self.value(then if known else otherwise, frame)
        facts = self.sizes.facts
        taken, left = frame.inner(), frame.inner()
        self.assume(condition, True, frame)
        one = self.value(then, taken)
        self.sizes.leave(facts)
        facts = self.sizes.facts
        self.assume(condition, False, frame)
        other = self.value(otherwise, left)
        self.sizes.leave(facts)
        frame.join(taken.variables, left.variables)
        return joined(one, other)

    def assume(self, condition: tree.Node, outcome: bool, frame: Frame) -> None:
        """Takes what a condition says of sizes as a fact."""
        match condition:
            case tree.Compare(first, ((op, second),)):
                one, other = self.value(first, frame), self.value(second, frame)
                if isinstance(one, Dimension) and isinstance(other, Dimension):
                    operators.assume(op, one, other, outcome, self.sizes)
            case tree.Unary("not", operand):
                self.assume(operand, not outcome, frame)
            case tree.Logical("and", left, right) if outcome:
                self.assume(left, True, frame)
                self.assume(right, True, frame)
            case tree.Logical("or", left, right) if not outcome:
                self.assume(left, False, frame)
                self.assume(right, False, frame)

"""Bodies of modules: declarations in order, rules at the end, methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import islice

from netdsl import torchlib
from netdsl.analysis import program as ir
from netdsl.analysis import types
from netdsl.analysis.declared import Declared
from netdsl.analysis.functions import DefResolver
from netdsl.analysis.guards import check_guards
from netdsl.analysis.item_names import same_each_time
from netdsl.analysis.learn import Learnt
from netdsl.analysis.members import Members
from netdsl.analysis.names import check_attribute, check_child_name
from netdsl.analysis.presence import may_be_none, path_of
from netdsl.analysis.surroundings import Files
from netdsl.analysis.walk import walk
from netdsl.records import replace
from netdsl.source import Span
from netdsl.syntax import tree


class Body(Declared):
    """Resolves the declarations of one module, each in the scope that those before it made."""

    def declarations(
        self, nodes: Sequence[tree.Declaration]
    ) -> tuple[list[ir.Declaration], list[ir.Rule]]:
        """Declarations, and the rules among them, which run at the end."""
        found: list[ir.Declaration] = []
        rules: list[ir.Rule] = []
        for node in nodes:
            match node:
                case tree.InitRule():
                    rules.extend(self.rules(node))
                case tree.DeclFor():
                    loop, looped = self._loop(node)
                    found.extend(loop)
                    rules.extend(looped)
                case tree.DeclIf():
                    choice, chosen = self._choice(node)
                    found.extend(choice)
                    rules.extend(chosen)
                case tree.Def():
                    if not self.top_level:
                        self.diagnostics.error(
                            "def-in-block",
                            "a `def` stands in the module's body itself, not in `if` or `for`",
                            node.name.span,
                            hint="move the `def` out, and test the condition inside it.",
                        )
                case _:
                    found.extend(self._declaration(node))
        return found, rules

    def _loop(self, node: tree.DeclFor) -> tuple[list[ir.Declaration], list[ir.Rule]]:
        iterable = self.iterable(node.iterable)
        self.open_scope()
        target = self.bind_target(node.target, iterable)
        before = set(self.declared)
        body, rules = self._nested(node.body)
        for name in self.declared:
            if name not in before:
                same_each_time(self, name, self.declared[name])
        self._keep_children()
        lets = _lets_of(rules, body)
        loop: list[ir.Declaration] = []
        if body:
            loop.append(ir.BodyFor(target, iterable, tuple(body), span=node.span))
        looped: list[ir.Rule] = []
        if rules:
            looped.append(ir.BodyFor(target, iterable, (*lets, *rules), span=node.span))
        return loop, looped

    def _nested(
        self, nodes: Sequence[tree.Declaration]
    ) -> tuple[list[ir.Declaration], list[ir.Rule]]:
        top, self.top_level = self.top_level, False
        found = self.declarations(nodes)
        self.top_level = top
        return found

    def _choice(self, node: tree.DeclIf) -> tuple[list[ir.Declaration], list[ir.Rule]]:
        before = dict(self.declared)
        branches: list[tuple[ir.Expr, tuple[ir.Declaration, ...]]] = []
        ruled: list[tuple[ir.Expr, tuple[ir.Rule, ...]]] = []
        per_branch: list[dict[str, Span]] = []

        def branch(
            nodes: Sequence[tree.Declaration],
        ) -> tuple[tuple[ir.Declaration, ...], tuple[ir.Rule, ...]]:
            self.declared = dict(before)
            self.open_scope()
            body, rules = self._nested(nodes)
            self._keep_children()
            per_branch.append(dict(islice(self.declared.items(), len(before), None)))
            return tuple(body), tuple(rules)

        with ExitStack() as earlier:
            for condition, nodes in node.branches:
                resolved = self.expr(condition)
                with self.assuming(resolved, True):
                    body, rules = branch(nodes)
                branches.append((resolved, body))
                ruled.append((resolved, rules))
                earlier.enter_context(self.assuming(resolved, False))
            otherwise, other_rules = branch(node.otherwise)
        self.declared = before
        union: dict[str, Span] = {}
        for each in per_branch:
            union.update(each)
        absent = tuple(tuple(name for name in union if name not in each) for each in per_branch)
        self._together(per_branch)
        for name, span in union.items():
            self.declared[name] = span
            if any(name in missing for missing in absent):
                self._optional(name)
                self._implied(name, branches, absent)
        found: list[ir.Declaration] = []
        if any(body for _, body in branches) or otherwise:
            found.append(ir.BodyIf(tuple(branches), otherwise, absent, span=node.span))
        rules_found: list[ir.Rule] = []
        if any(rules for _, rules in ruled) or other_rules:
            rules_found.append(ir.BodyIf(tuple(ruled), other_rules, span=node.span))
        return found, rules_found

    def _keep_children(self) -> None:
        """Closes a scope; children stay known, since they are attributes."""
        inner = self.scope.names
        self.close_scope()
        for name, binding in inner.items():
            if name.startswith("self."):
                self.scope.names[name] = binding

    def _together(self, per_branch: Sequence[Mapping[str, Span]]) -> None:
        """A child of some branches is there with all that each of these branches declares."""
        for name in {name for each in per_branch for name in each}:
            own = [each for each in per_branch if name in each]
            beside = [
                f"child {other}"
                for other in own[0]
                if all(other in each for each in own)
                and not may_be_none(self.members.children.get(other, types.UNKNOWN))
            ]
            self.members.implied.setdefault(f"child {name}", set()).update(beside)

    def _implied(
        self,
        name: str,
        branches: Sequence[tuple[ir.Expr, tuple[ir.Declaration, ...]]],
        absent: Sequence[Sequence[str]],
    ) -> None:
        """An optional child that is there wherever the first condition holds, or wherever the only
        one does not."""
        condition = branches[0][0]
        holds = name not in absent[0]
        if isinstance(condition, tree.Unary) and condition.op == "not":
            condition, holds = condition.operand, not holds
        path = path_of(condition)
        if path is not None and (name not in absent[0] or len(branches) == 1):
            key = path.rpartition(" ")[2]
            key = key if holds else f"not {key}"
            self.members.implied.setdefault(key, set()).add(f"child {name}")

    def _optional(self, name: str) -> None:
        known = types.optional(self.members.children[name])
        self.members.children[name] = known
        binding = self.scope.names[f"self.{name}"]
        self.scope.names[f"self.{name}"] = replace(binding, type=known)


def _lets_of(
    rules: Sequence[ir.Rule], body: Sequence[ir.Declaration]
) -> tuple[ir.Declaration, ...]:
    """The values of a loop's body that its rules use: rules run in a loop of their own."""
    found: list[ir.Declaration] = []
    used = _named(tuple(rules))
    for each in reversed(body):
        names = _defined(each)
        if names & used:
            found.append(each)
            used |= _named(each)
    return tuple(reversed(found))


def _defined(node: ir.Declaration) -> set[str]:
    match node:
        case ir.LetValue(names=names):
            return set(names)
        case ir.LetFunction(name=name):
            return {name}
        case _:
            return set()


def _named(root: object) -> set[str]:
    return {
        node.name
        for node in walk(root)
        if isinstance(node, ir.Ref) and node.kind in ("let", "function")
    }


def resolve_methods(
    nodes: Sequence[tree.Declaration], files: Files, members: Members, learnt: Learnt
) -> tuple[ir.Function, ...]:
    """The `def`s of a module, once everything that they can name is known."""
    defs = [node for node in nodes if isinstance(node, tree.Def)]
    resolvers = [DefResolver(node, files, members, learnt) for node in defs]
    seen: dict[str, Span] = {}
    for node, resolver in zip(defs, resolvers, strict=True):
        name = node.name.id
        if name in seen or name in members.children:
            files.diagnostics.error(
                "duplicate-name",
                f"module `{members.name}` has two members called `{name}`",
                node.name.span,
                hint="give each member a name of its own.",
            )
        seen[name] = node.name.span
        check_attribute(name, node.name.span, files.diagnostics)
        if name != "forward":
            reserved = torchlib.reserved_names(members.base)
            check_child_name(name, reserved, members.base, node.name.span, files.diagnostics)
        files.chosen(name)
        members.methods[name] = resolver.target()
    functions = tuple(resolver.resolve() for resolver in resolvers)
    for function in functions:
        check_guards(function, members.implied, files.diagnostics)
    return functions
